"""What search keeps of its own: synonyms, and what was searched for and clicked on."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from language.synonyms import parse_rule
from products.models import Product


class Synonym(models.Model):
    """One rule: 'tv, television' works both ways, 'pc => desktop, computer' from left to right. Works at once."""

    rule = models.CharField(
        max_length=300, unique=True, help_text="'tv, television' both ways; 'pc => desktop, computer' one way only."
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("rule",)

    def __str__(self) -> str:
        return self.rule

    def clean(self) -> None:
        """Refuse a rule that cannot be understood, in the words of `parse_rule`."""
        try:
            parse_rule(self.rule)
        except ValueError as error:
            raise ValidationError({"rule": str(error)}) from error


class SearchLogEntry(models.Model):
    """One search, by nobody in particular: no user, address or session is kept."""

    q = models.CharField("query", max_length=200)
    count = models.PositiveIntegerField("hits")
    relaxed = models.BooleanField(default=False, help_text="Hits were found only after something was changed.")
    degraded = models.BooleanField(default=False)
    took_ms = models.FloatField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "search"
        verbose_name_plural = "searches"
        indexes: ClassVar = [models.Index(fields=["created_at"], name="search_log_by_age")]

    def __str__(self) -> str:
        return f"{self.q} ({self.count})"


class SearchClick(models.Model):
    """A hit that somebody opened, likewise by nobody in particular."""

    q = models.CharField("query", max_length=200)
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField(help_text="1 for the first hit.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-created_at",)
        indexes: ClassVar = [models.Index(fields=["created_at"], name="search_click_by_age")]

    def __str__(self) -> str:
        return f"{self.q}: product {self.product_id} at {self.position}"


class PopularQuery(models.Model):
    """A query that many made and that found something, offered as a suggestion. Kept by a task."""

    q = models.CharField("query", max_length=200, primary_key=True)
    searches = models.PositiveIntegerField()

    class Meta:
        ordering = ("-searches", "q")
        verbose_name_plural = "popular queries"

    def __str__(self) -> str:
        return f"{self.q} ({self.searches})"
