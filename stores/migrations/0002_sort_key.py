from django.conf import settings
from django.db import migrations, models

import foundation.sort_key


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0002_sort_key"),
        ("stores", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="store",
            options={"ordering": ("sort_key", "id")},
        ),
        migrations.RemoveIndex(
            model_name="store",
            name="stores_store_by_name",
        ),
        migrations.AddField(
            model_name="store",
            name="sort_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=foundation.sort_key.SortKey("name"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="store",
            index=models.Index(fields=["sort_key", "id"], name="stores_store_by_sort_key"),
        ),
    ]
