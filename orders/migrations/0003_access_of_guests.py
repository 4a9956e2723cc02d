from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_amounts_of_any_currency")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="access_digest",
            field=models.CharField(
                blank=True,
                db_default="",
                editable=False,
                help_text="SHA-256 of a guest's access token.",
                max_length=64,
            ),
        ),
    ]
