import json
import re
from contextlib import suppress
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorExact
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, TextField, Value
from django.db.models.functions import Now, Upper
from django.db.models.lookups import Exact, Regex

from foundation.model_fields import MoneyField
from foundation.sort_key import sort_key
from products import gtin
from products.attribute_values import (
    MAX_CODE_LENGTH,
    MAX_LABEL_LENGTH,
    MAX_UNIT_LENGTH,
    AttributeKind,
    AttributeType,
    canonical_attributes,
    is_code,
)
from products.images import Image, canonical_images

PATH_SEPARATOR = " > "
PRICE_DIGITS = 10  # before the decimal mark
# PostgreSQL's own 'english', but it ignores accents (`migrations/text_search.sql`).
SEARCH_CONFIG = "english_unaccent"
# What staff find products by. PostgreSQL uses the index below for exactly this expression.
SEARCH_VECTOR = SearchVector("name", "brand", "sku", "description", config=SEARCH_CONFIG)


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


def validate_code(code: str) -> None:
    if not is_code(code):
        raise ValidationError("A code is words of lower-case letters and digits, joined by '_' or '-'.")


class AttributeQuerySet(models.QuerySet["Attribute"]):
    def kinds(self) -> dict[str, AttributeKind]:
        """Type and unit by code."""
        rows = self.values_list("code", "type", "unit").order_by()
        return {code: AttributeKind(AttributeType(kind), unit) for code, kind, unit in rows}


class Attribute(models.Model):
    """A property that products have values of: `Product.attributes` has them by code.

    The code never changes. Neither does the type, except by a service that converts all values.
    """

    class Type(models.TextChoices):
        TEXT = AttributeType.TEXT.value, "text"
        NUMBER = AttributeType.NUMBER.value, "number"
        BOOLEAN = AttributeType.BOOLEAN.value, "yes or no"

    code = models.CharField(max_length=MAX_CODE_LENGTH, unique=True, validators=[validate_code])
    label = models.CharField(max_length=MAX_LABEL_LENGTH)
    type = models.CharField(max_length=10, choices=Type.choices)
    unit = models.CharField(max_length=MAX_UNIT_LENGTH, blank=True, help_text="Shown behind every value, such as GB.")
    position = models.PositiveIntegerField(default=0, help_text="Of specifications: lower ones come first.")
    searchable = models.BooleanField(default=True, help_text="Its values are found by search.")
    filterable = models.BooleanField(default=True, help_text="Search results can be filtered by it.")
    shown = models.BooleanField(default=True, help_text="Shown on the product page.")

    objects = AttributeQuerySet.as_manager()

    class Meta:
        ordering = ("position", "label", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[^\s=.,:;/\\\"'<>&?#%A-Z]+$"),
                name="products_attribute_code_is_a_code",
                violation_error_message="A code is words of lower-case letters and digits, joined by '_' or '-'.",
            ),
            models.CheckConstraint(
                condition=~models.Q(label=""),
                name="products_attribute_label_not_empty",
                violation_error_message="An attribute has a label.",
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=[kind.value for kind in AttributeType]),
                name="products_attribute_type_is_known",
                violation_error_message="The type of an attribute is text, number or boolean.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.code})"


def validate_flat(attributes: object) -> None:
    """Raise ValidationError unless they are names with values that PostgreSQL can store.

    A value is plain, or a list of plain ones.
    """
    values = attributes.values() if isinstance(attributes, dict) else [{}]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    if any(isinstance(item, dict | list) for item in items):
        raise ValidationError('Attributes are flat names and values, such as {"colour": "Red"}.')
    # PostgreSQL is stricter about JSON than Python.
    names = attributes if isinstance(attributes, dict) else ()
    storable = not any("\0" in str(text) for text in (*names, *items))
    try:
        json.dumps(attributes, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        storable = False
    if not storable:
        raise ValidationError("Attributes are finite numbers, true, false, null, or text without null characters.")


def validate_gtin(text: str) -> None:
    try:
        gtin.normalise(text)
    except ValueError as error:
        raise ValidationError(f"{error}.") from None


def validate_images(images: object) -> None:
    try:
        canonical_images(images)
    except ValueError as error:
        raise ValidationError(f"{error}.") from None


class ProductQuerySet(models.QuerySet["Product"]):
    def searchable(self) -> "ProductQuerySet":
        """Products that shoppers may find and buy. Sync, reindex, check and search all use this."""
        return self.filter(active=True)

    def matching(self, text: str) -> "ProductQuerySet":
        """Products with that SKU or GTIN, or with a word for each prefix in the text; for staff, so hidden ones too."""
        words = " & ".join(f"{word}:*" for word in re.findall(r"\w+", text))
        by_words = SearchVectorExact(SEARCH_VECTOR, SearchQuery(words, config=SEARCH_CONFIG, search_type="raw"))
        by_code = models.Q(sku__in=(text, text.upper())) | models.Q(gtins__overlap=gtin.search_forms(text))
        return self.filter(by_code | models.Q(by_words))


class Product(models.Model):
    """A product for sale. Its stock is per store: see `stores.Inventory`."""

    sku = models.CharField("SKU", max_length=64, unique=True)
    name = models.CharField(max_length=300)
    sort_key = sort_key("name")
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=100, blank=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="products")
    price = MoneyField(whole_digits=PRICE_DIGITS)
    attributes = models.JSONField(
        default=dict, blank=True, validators=[validate_flat], help_text='Flat names and values: {"colour": "Red"}.'
    )
    list_price = MoneyField(  # type: ignore[misc]  # the stubs know it only without null
        whole_digits=PRICE_DIGITS,
        null=True,
        blank=True,
        help_text="What it usually costs. On sale when this is above the price.",
    )
    gtins: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=gtin.STORED_LENGTH, validators=[validate_gtin]),
        verbose_name="GTINs",
        default=list,
        db_default=Value("{}"),
        blank=True,
        help_text="Numbers of its barcodes, stored with 14 digits.",
    )
    images: "models.JSONField[list[Image], list[Image]]" = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        validators=[validate_images],
        help_text='Pictures, the main one first: [{"url": "https://...", "alt": "Front"}].',
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
        ordering = ("sort_key", "id")
        indexes: ClassVar = [
            models.Index(fields=["sort_key", "id"], name="products_product_by_sort_key"),
            GinIndex(SEARCH_VECTOR, name="products_product_by_words"),
            GinIndex(fields=["gtins"], name="products_product_by_gtins"),
            models.Index(Upper("sku"), name="products_product_sku_any_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(price__gte=Decimal(0)),
                name="products_product_price_not_negative",
                violation_error_message="A price is not negative.",
            ),
            models.CheckConstraint(
                condition=models.Q(price__lt=Decimal(10) ** PRICE_DIGITS),
                name="products_product_price_has_ten_digits",
                violation_error_message="A price has at most ten digits before its decimals.",
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
            models.CheckConstraint(
                condition=models.Q(list_price__isnull=True) | models.Q(list_price__gte=Decimal(0)),
                name="products_product_list_price_not_negative",
                violation_error_message="A list price is not negative.",
            ),
            models.CheckConstraint(
                condition=Regex(
                    Func("gtins", Value(","), function="array_to_string", output_field=TextField()),
                    Value(r"^(\d{14}(,\d{14})*)?$"),
                ),
                name="products_product_gtins_have_14_digits",
                violation_error_message="A GTIN has 14 digits.",
            ),
            models.CheckConstraint(
                condition=Exact(models.Func("images", function="jsonb_typeof"), models.Value("array")),
                name="products_product_images_are_a_list",
                violation_error_message="Pictures are a list.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def clean(self) -> None:
        if self.attributes is None:  # left empty in a form
            self.attributes = {}
        if self.images is None:
            self.images = []
        with suppress(ValueError):  # reported for the fields
            self.gtins = list(dict.fromkeys(map(gtin.normalise, self.gtins or [])))
            self.images = canonical_images(self.images)
        # Values get their canonical form. An attribute that is new gets its type from its value.
        try:
            validate_flat(self.attributes)
        except ValidationError:
            return  # reported for the field
        if wrong := [code for code in self.attributes if not is_code(code)]:
            raise ValidationError({"attributes": [f"{code!r} is not a code such as 'screen_size'." for code in wrong]})
        kinds = Attribute.objects.filter(code__in=self.attributes).kinds()
        self.attributes, bad = canonical_attributes(self.attributes, kinds)
        if bad:
            raise ValidationError({"attributes": [f"{error}." for error in bad]})
