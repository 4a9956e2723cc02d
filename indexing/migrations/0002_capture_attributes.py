"""Changes of attributes, and of the product's newer columns, reach the index (`attribute_capture.sql`)."""

from pathlib import Path

from django.db import migrations, models

CAPTURE = Path(__file__).with_name("attribute_capture.sql").read_text(encoding="utf-8")
# The function on products stays as it is: it only compares columns that are there.
DROP_CAPTURE = "DROP FUNCTION indexing_on_attribute, indexing_on_attributes_truncated CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("indexing", "0001_initial"),
        ("products", "0002_attributes_prices_gtins_images"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttributeChange",
            fields=[
                ("code", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("done_to", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RunSQL(CAPTURE, DROP_CAPTURE),
    ]
