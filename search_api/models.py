"""Synonyms, the search log and the popular queries that are counted in it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from language.synonyms import check_rule
from products.models import Product


class Synonym(models.Model):
    """A rule such as 'tv, television' or 'pc => desktop, computer'. Edits work at once."""

    rule = models.CharField(
        max_length=300, unique=True, help_text="'tv, television' both ways; 'pc => desktop, computer' one way only."
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("rule",)

    def __str__(self) -> str:
        return self.rule

    def clean(self) -> None:
        try:
            check_rule(self.rule)
        except ValueError as error:
            raise ValidationError({"rule": str(error)}) from error


class TermVectors(models.Model):
    """The words and pairs of words in the names of the catalogue, with their vectors by one model."""

    model = models.CharField(max_length=20, primary_key=True)
    terms = models.TextField(help_text="One a line.")
    vectors = models.BinaryField(help_text="Of the terms in the same order, signed bytes.")
    complete = models.BooleanField(default=False, help_text="Every term has its vector.")
    products = models.PositiveIntegerField(help_text="In the catalogue when the terms were read.")
    generation = models.CharField(max_length=32, blank=True, default="", help_text="Of the index at that time.")
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "vectors of terms"

    def __str__(self) -> str:
        return f"{self.terms.count(chr(10)) + 1} terms by {self.model}"


class SearchLogEntry(models.Model):
    """One search. Anonymous: no user, address or session is stored."""

    q = models.CharField("query", max_length=200)
    count = models.PositiveIntegerField("hits")
    relaxed = models.BooleanField(
        default=False, help_text="Hits were found only after the query or its filters were changed."
    )
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
    """A hit that a shopper opened. Anonymous, as the searches are."""

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
    """A frequent query with hits, offered as a suggestion. A task counts them once an hour."""

    q = models.CharField("query", max_length=200, primary_key=True)
    searches = models.PositiveIntegerField()

    class Meta:
        ordering = ("-searches", "q")
        verbose_name_plural = "popular queries"

    def __str__(self) -> str:
        return f"{self.q} ({self.searches})"
