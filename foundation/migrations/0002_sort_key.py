from pathlib import Path

from django.db import migrations

SORT_KEY = Path(__file__).with_name("sort_key.sql").read_text(encoding="utf-8")
# The first comes with PostgreSQL 17, the second with servers that are built with ICU, the last with those on glibc.
LETTERS = ("pg_c_utf8", "und-x-icu", "C.utf8")


def function_for(letters: str) -> str:
    return SORT_KEY.replace("{letters}", f'pg_catalog."{letters}"')


def create_sort_key(apps, schema_editor) -> None:  # noqa: ANN001, ARG001 - Django's
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT collname FROM pg_collation WHERE collname = ANY(%s)", [list(LETTERS)])
        present = {name for (name,) in cursor.fetchall()}
        letters = next((name for name in LETTERS if name in present), None)
        if letters is None:
            raise RuntimeError(
                f"PostgreSQL has none of the collations {', '.join(LETTERS)}, which sorting names needs."
            )
        cursor.execute(function_for(letters))


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [
        migrations.RunPython(
            create_sort_key,
            lambda _, schema_editor: schema_editor.execute("DROP FUNCTION foundation_sort_key(text)"),
        ),
    ]
