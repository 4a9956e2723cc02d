from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0002_sort_key"),
    ]

    operations = [
        migrations.AlterField(
            model_name="idempotencyrecord",
            name="caller",
            field=models.CharField(help_text="Who sent it: a user's id, or guest.", max_length=100),
        ),
        migrations.AlterField(
            model_name="idempotencyrecord",
            name="key",
            field=models.CharField(help_text="A guest's is a digest.", max_length=255),
        ),
    ]
