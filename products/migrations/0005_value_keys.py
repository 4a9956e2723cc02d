"""Functions that compare values as facets do (`value_keys.sql`)."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).with_name("value_keys.sql").read_text(encoding="utf-8")
DROP_FUNCTIONS = "DROP FUNCTION products_has_value, products_number, products_value_key"


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0004_sort_key"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
