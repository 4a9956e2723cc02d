import json
import re
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, TextField, Value
from django.db.models.functions import Concat, Lower, Now
from django.db.models.lookups import Exact

PATH_SEPARATOR = " > "
# PostgreSQL's own 'english' and 'simple', but they ignore accents (`migrations/text_search.sql`).
SEARCH_CONFIG, CODE_CONFIG = "english_unaccent", "simple_unaccent"
# What search matches while OpenSearch is unavailable. PostgreSQL uses the index below for exactly
# this expression.
SEARCH_VECTOR = SearchVector("name", "brand", "sku", "description", config=SEARCH_CONFIG)
# The words of SKU and name without their punctuation, so that a code matches as people type it:
# 'dv71211ea' finds 'dv7-1211ea'.
_BETWEEN_WORDS, _INSIDE_WORDS = '(),;"', "-./_#+:*'"
_BARE_WORDS = Func(
    Lower(Concat("sku", Value(" "), "name")),
    Value(_BETWEEN_WORDS + _INSIDE_WORDS),
    Value(" " * len(_BETWEEN_WORDS)),
    function="translate",
    output_field=TextField(),
)
CODE_VECTOR = SearchVector(_BARE_WORDS, config=CODE_CONFIG)


class Category(models.Model):
    """A node of the category tree.

    `path` is the names from the root down, joined by ' > '. Triggers write it
    (`migrations/category_path.sql`), so a rename or a move reaches the whole subtree, raw SQL
    included. Refresh it from the database after a save.
    """

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=500, unique=True, editable=False)

    class Meta:
        ordering = ("path",)
        verbose_name_plural = "categories"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(name__contains=">"),
                name="products_category_name_fits_path",
                violation_error_message="A category's name is not empty and has no '>' in it.",
            ),
        ]

    def __str__(self) -> str:
        return self.path or self.name

    def clean(self) -> None:
        """Refuse what the database would: a path that exists or is too long, and a cycle."""
        path = f"{self.parent.path}{PATH_SEPARATOR}{self.name}" if self.parent else self.name
        if self.pk and f"{path}{PATH_SEPARATOR}".startswith(f"{self.path}{PATH_SEPARATOR}") and path != self.path:
            raise ValidationError({"parent": "A category cannot be moved below itself."})
        if len(path) > (Category.path.field.max_length or 0):
            raise ValidationError({"name": "The path from the root to this category would be too long."})
        if Category.objects.filter(path=path).exclude(pk=self.pk).exists():
            raise ValidationError({"name": f"There is a category {path!r} already."})


def validate_flat(attributes: object) -> None:
    """Raise ValidationError unless they are names with plain values that PostgreSQL can store."""
    if not isinstance(attributes, dict) or any(isinstance(value, dict | list) for value in attributes.values()):
        raise ValidationError('Attributes are flat names and values, such as {"colour": "Red"}.')
    # PostgreSQL is stricter about JSON than Python.
    storable = not any("\0" in str(part) for pair in attributes.items() for part in pair)
    try:
        json.dumps(attributes, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        storable = False
    if not storable:
        raise ValidationError("Attributes are finite numbers, true, false, null, or text without null characters.")


class ProductQuerySet(models.QuerySet["Product"]):
    def searchable(self) -> "ProductQuerySet":
        """Products that shoppers may find and buy. Sync, reindex, check and search all use this."""
        return self.filter(active=True)

    def matching(self, text: str) -> "ProductQuerySet":
        """For staff, hidden products too: that SKU, or a word for each prefix in the text."""
        words = " & ".join(f"{word}:*" for word in re.findall(r"\w+", text))
        by_words = SearchVectorExact(SEARCH_VECTOR, SearchQuery(words, config=SEARCH_CONFIG, search_type="raw"))
        return self.filter(models.Q(sku__in=(text, text.upper())) | models.Q(by_words))


class Product(models.Model):
    """A product for sale. Its stock is per store: see `stores.Inventory`."""

    sku = models.CharField("SKU", max_length=64, unique=True)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=100, blank=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="products")
    price = models.DecimalField(max_digits=12, decimal_places=2)
    attributes = models.JSONField(
        default=dict, blank=True, validators=[validate_flat], help_text='Flat names and values: {"colour": "Red"}.'
    )
    active = models.BooleanField(default=True, help_text="Inactive products can be neither found nor ordered.")
    released = models.DateField(null=True, blank=True)
    popularity = models.PositiveIntegerField(
        default=0, editable=False, help_text="Units sold in the last 30 days; a task updates it."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes: ClassVar = [
            models.Index(fields=["name", "id"], name="products_product_by_name"),
            GinIndex(SEARCH_VECTOR, name="products_product_by_words"),
            GinIndex(CODE_VECTOR, name="products_product_by_codes"),
        ]
        constraints: ClassVar = [
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
                condition=Exact(models.Func("attributes", function="jsonb_typeof"), models.Value("object")),
                name="products_product_attributes_are_an_object",
                violation_error_message="Attributes are names and values.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def clean(self) -> None:
        if self.attributes is None:  # left empty in a form
            self.attributes = {}
