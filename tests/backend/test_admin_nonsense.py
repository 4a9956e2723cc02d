"""Query strings and bodies that make no sense are refused by the admin, on every list, and are no server error."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.handlers.exception import convert_exception_to_response
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from products.models import Product
from storefront.sessions import SessionStore
from tests.factories import make_category, make_product

# Outside a transaction, as in production: a statement that PostgreSQL refuses would end it.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]

MODELS = sorted(admin.site._registry, key=str)  # noqa: SLF001 - `is_registered` one at a time says less
VALUES = ["\0", "0", "-1", "99999999999999999999", "x" * 5000, "[" * 5000, "None", "2026-13-45", "\ud800", "{}"]
LOOKUPS = ["", "__exact", "__in", "__year", "__gte", "__isnull", "__contains", "__regex", "__nonsense"]
PARAMETERS = ["q", "p", "o", "all", "e", "created_at__year", "created_at__month", "created_at__day", "_facets"]


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def encoded(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"))


def queries_of(model: type[Model]) -> Iterator[str]:
    """Every field with every lookup, and a value that changes from one to the next."""
    fields = [f"{field.name}{lookup}" for field in model._meta.fields for lookup in LOOKUPS]  # noqa: SLF001 - documented API
    for number, name in enumerate(fields + PARAMETERS):
        yield f"{name}={encoded(VALUES[number % len(VALUES)])}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_query_string_of_a_list_is_a_server_error(model: type[Model], rf: RequestFactory) -> None:
    """Without the middlewares, which would take half of the time."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # noqa: SLF001 - documented API
    view: Any = convert_exception_to_response(resolve(path).func)
    user = User.objects.create_superuser("root")

    def status(query: str) -> int:
        request = rf.get(f"{path}?{query}")
        request.user, request.session = user, SessionStore()
        return int(view(request).status_code)

    statuses = {query[:100]: status(query) for query in queries_of(model)}
    assert [query for query, code in statuses.items() if code >= 500] == []
    assert {200, 302, 400} & set(statuses.values())


def test_no_value_is_a_server_error(root: Client) -> None:
    root.raise_request_exception = False
    make_product()
    names = ("created_at__year", "category__id__exact", "active__exact", "sku", "price__gte", "q")
    queries = [f"{name}={encoded(value)}" for name in names for value in VALUES]
    assert [query for query in queries if root.get(f"/admin/products/product/?{query}").status_code >= 500] == []


@pytest.mark.parametrize("path", ["products/product/%00/change/", "search_api/popularquery/%00/change/", "%00/"])
def test_path_with_a_character_that_no_text_has_is_refused(root: Client, path: str) -> None:
    assert root.get(f"/admin/{path}").status_code in {400, 404}


def test_json_that_is_nested_too_deeply_is_refused(root: Client) -> None:
    """A field of the form may say what is wrong instead."""
    product = make_product(category="Home")
    category = make_category("Home").pk
    data = {"sku": product.sku, "name": "n", "price": "1", "category": category, "attributes": "[" * 100_000}
    assert root.post(f"/admin/products/product/{product.pk}/change/", data).status_code in {200, 400}
    assert Product.objects.get().name == product.name


def test_error_that_no_query_string_caused_stays_an_error(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a mistake in the code")

    monkeypatch.setattr(admin.site._registry[Product], "get_queryset", broken)  # noqa: SLF001
    with pytest.raises(ValueError, match="a mistake in the code"):
        root.get("/admin/products/product/")
