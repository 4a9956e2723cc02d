from django.db import migrations, models

import foundation.sort_key


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0002_sort_key"),
        ("products", "0003_amounts_of_any_currency"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="product",
            options={"ordering": ("sort_key", "id")},
        ),
        migrations.RemoveIndex(
            model_name="product",
            name="products_product_by_name",
        ),
        migrations.AddField(
            model_name="product",
            name="sort_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=foundation.sort_key.SortKey("name"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["sort_key", "id"], name="products_product_by_sort_key"),
        ),
    ]
