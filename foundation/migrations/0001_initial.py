from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(help_text="What the request changes: orders or stock.", max_length=20)),
                (
                    "caller",
                    models.CharField(help_text="Who sent it: a user's id, or a guest's address.", max_length=100),
                ),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(help_text="SHA-256 of the request body.", max_length=64)),
                ("answer", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="foundation_idempotency_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "caller", "key"), name="foundation_idempotency_once")
                ],
            },
        ),
    ]
