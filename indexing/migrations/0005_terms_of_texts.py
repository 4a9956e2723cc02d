"""A change of stock leaves the terms of a product alone."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent
CAPTURE = (HERE / "terms_of_texts.sql").read_text(encoding="utf-8")
_FIRST = (HERE / "capture.sql").read_text(encoding="utf-8")
_TERMS = (HERE / "stored_terms.sql").read_text(encoding="utf-8")
_VECTORS = (HERE / "vectors.sql").read_text(encoding="utf-8")


def _function(sql: str, name: str) -> str:
    """The statement that replaces a function by the one in the file."""
    begin = sql.index(f"FUNCTION {name}(")
    return "CREATE OR REPLACE " + sql[begin : sql.index("$$;", begin) + 3] + "\n"


# As at the beginning: a version was not given for terms alone.
VERSIONS = _function(_FIRST, "indexing_give_versions")
BEFORE = "".join(
    [
        _function(_TERMS, "indexing_give_versions"),
        *(
            _function(_FIRST, f"indexing_{name}")
            for name in ("note", "on_inventory", "on_category_path", "on_truncate")
        ),
        _function(_VECTORS, "indexing_on_vector"),
        "DROP FUNCTION indexing_note_document(bigint);",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("indexing", "0004_stored_terms")]

    operations = [migrations.RunSQL(CAPTURE + VERSIONS, BEFORE)]
