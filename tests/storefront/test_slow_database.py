"""Pages while OpenSearch is unavailable and PostgreSQL takes too long to replace it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.factories import make_product
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.faults, pytest.mark.usefixtures("engine_away", "products_locked")]

HTML = {"Accept": "text/html"}


@pytest.fixture
def products_locked(transactional_db: None) -> Iterator[None]:
    """Another connection holds a lock that makes every read of products wait."""
    del transactional_db
    make_product("Kettle")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE products_product")
    yield
    other.rollback()
    other.close()


def test_home_page_still_has_its_search_box(client: Client) -> None:
    page = client.get("/", headers=HTML)
    assert page.status_code == 503
    text = text_of(page)
    assert "What are you looking for?" in text
    assert "The most popular products cannot be shown at the moment." in text
    assert 'name="q"' in page.content.decode()


def test_results_page_says_that_trying_again_helps(client: Client) -> None:
    client.raise_request_exception = False
    page = client.get("/search/?q=kettle", headers=HTML)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "The shop cannot answer at the moment Please try again in a few seconds." in text_of(page)
