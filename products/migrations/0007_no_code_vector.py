"""Search without OpenSearch reads stored terms now, and the index of codes is not used any more."""

from django.db import migrations

DROP = "DROP TEXT SEARCH CONFIGURATION simple_unaccent"
CREATE = """
    CREATE TEXT SEARCH CONFIGURATION simple_unaccent (COPY = pg_catalog.simple);
    ALTER TEXT SEARCH CONFIGURATION simple_unaccent
        ALTER MAPPING FOR word, hword, hword_part, numword, numhword, hword_numpart, file, host WITH unaccent, simple;
"""


class Migration(migrations.Migration):
    dependencies = [("products", "0006_sku_in_any_case")]

    operations = [
        migrations.RemoveIndex(model_name="product", name="products_product_by_codes"),
        migrations.RunSQL(DROP, CREATE),
    ]
