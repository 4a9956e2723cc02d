"""The terms of products in PostgreSQL, which search without OpenSearch reads."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

HERE = Path(__file__).parent
CAPTURE = (HERE / "stored_terms.sql").read_text(encoding="utf-8")
FIRST = (HERE / "capture.sql").read_text(encoding="utf-8")
_BEGIN, _END = "FUNCTION indexing_give_versions()", "CREATE CONSTRAINT TRIGGER indexing_give_versions"
BEFORE = "CREATE OR REPLACE " + FIRST[FIRST.index(_BEGIN) : FIRST.index(_END)]


class Migration(migrations.Migration):
    dependencies = [
        ("indexing", "0003_text_vectors"),
        ("products", "0004_sort_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaleTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product_id", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ProductTerms",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="terms",
                        serialize=False,
                        to="products.product",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
                ("name_words", models.TextField(help_text="The folded words of the name, for completions.")),
                ("name_length", models.PositiveSmallIntegerField(help_text="How many of these are no stop words.")),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="indexing_productterms_vector")
                ],
            },
        ),
        migrations.RunSQL(CAPTURE, BEFORE),
    ]
