from decimal import Decimal
from pathlib import Path

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import UnaccentExtension
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models import Func, TextField, Value
from django.db.models.functions import Concat, Lower, Now
from django.db.models.lookups import Exact

import products.models

CATEGORY_PATH = Path(__file__).with_name("category_path.sql").read_text(encoding="utf-8")
DROP_CATEGORY_PATH = """
DROP FUNCTION products_category_set_path() CASCADE;
DROP FUNCTION products_category_carry_path() CASCADE;
"""
TEXT_SEARCH = Path(__file__).with_name("text_search.sql").read_text(encoding="utf-8")
DROP_TEXT_SEARCH = """
DROP TEXT SEARCH CONFIGURATION english_unaccent;
DROP TEXT SEARCH CONFIGURATION simple_unaccent;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(TEXT_SEARCH, DROP_TEXT_SEARCH),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("path", models.CharField(editable=False, max_length=500, unique=True)),
                (
                    "parent",
                    models.ForeignKey(
                        "products.Category", models.PROTECT, blank=True, null=True, related_name="children"
                    ),
                ),
            ],
            options={
                "ordering": ("path",),
                "verbose_name_plural": "categories",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(name="") & ~models.Q(name__contains=">"),
                        name="products_category_name_fits_path",
                        violation_error_message="A category's name is not empty and has no '>' in it.",
                    )
                ],
            },
        ),
        migrations.RunSQL(CATEGORY_PATH, DROP_CATEGORY_PATH),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64, unique=True, verbose_name="SKU")),
                ("name", models.CharField(max_length=300)),
                ("description", models.TextField(blank=True)),
                ("brand", models.CharField(blank=True, max_length=100)),
                ("price", models.DecimalField(decimal_places=2, max_digits=12)),
                (
                    "attributes",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='Flat names and values: {"colour": "Red"}.',
                        validators=[products.models.validate_flat],
                    ),
                ),
                (
                    "active",
                    models.BooleanField(default=True, help_text="Inactive products can be neither found nor ordered."),
                ),
                ("released", models.DateField(blank=True, null=True)),
                (
                    "popularity",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="Units sold in the last 30 days; a task updates it."
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "category",
                    models.ForeignKey(
                        "products.Category", models.SET_NULL, blank=True, null=True, related_name="products"
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [
                    models.Index(fields=["name", "id"], name="products_product_by_name"),
                    GinIndex(
                        SearchVector("name", "brand", "sku", "description", config="english_unaccent"),
                        name="products_product_by_words",
                    ),
                    GinIndex(
                        SearchVector(
                            Func(
                                Lower(Concat("sku", Value(" "), "name")),
                                Value("(),;\"-./_#+:*'"),
                                Value("     "),
                                function="translate",
                                output_field=TextField(),
                            ),
                            config="simple_unaccent",
                        ),
                        name="products_product_by_codes",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(price__gte=Decimal(0)),
                        name="products_product_price_not_negative",
                        violation_error_message="A price is not negative.",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(sku="") & ~models.Q(name=""),
                        name="products_product_sku_and_name_not_empty",
                        violation_error_message="A product has a SKU and a name.",
                    ),
                    models.CheckConstraint(
                        condition=Exact(Func("attributes", function="jsonb_typeof"), Value("object")),
                        name="products_product_attributes_are_an_object",
                        violation_error_message="Attributes are names and values.",
                    ),
                ],
            },
        ),
    ]
