"""Vectors of the products' texts, and the products that wait for theirs."""

from pathlib import Path

from django.db import migrations, models

CAPTURE = Path(__file__).with_name("vectors.sql").read_text(encoding="utf-8")
DROP_CAPTURE = """
    DROP FUNCTION indexing_on_vector CASCADE;
    DROP FUNCTION indexing_text_digest;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("indexing", "0002_capture_attributes"),
    ]

    operations = [
        migrations.CreateModel(
            name="MissingVector",
            fields=[
                ("product_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="TextVector",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "text", "model", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.BinaryField(help_text="indexing_text_digest of the text.", max_length=16)),
                ("model", models.CharField(max_length=20)),
                ("vector", models.BinaryField(help_text="Signed bytes.")),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="physicalindex",
            name="vectors",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Model of its vectors; empty without vectors.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="physicalindex",
            name="vectors_complete",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Nearly every document has its vector, so searches use them.",
            ),
        ),
        migrations.RunSQL(CAPTURE, DROP_CAPTURE),
    ]
