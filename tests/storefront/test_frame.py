"""Every page: a strict content policy, no files of other sites, error pages."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.service, pytest.mark.django_db]
PAGES = ("/", "/search/", "/store/", "/basket/", "/account/", "/sign-in/", "/nothing-here/")


@pytest.mark.parametrize("address", PAGES)
def test_no_inline_code_and_nothing_from_other_sites(shop: Shop, client: Client, address: str) -> None:
    make_product("Kettle")
    shop.refresh()
    page = client.get(address, headers={"Accept": "text/html"})
    text = page.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert set(re.findall(r'(?:src|href|action)="(?:https?:)?//([^/"]+)', text)) == set()
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [("/nothing-here/", 404, "Page not found"), ("/product/99999999/", 404, "no longer be sold")],
)
def test_errors_are_friendly_pages(client: Client, address: str, status: int, text: str) -> None:
    page = client.get(address, headers={"Accept": "text/html"})
    assert page.status_code == status
    assert text in page.content.decode()


def test_server_error_page_needs_no_database_and_shows_no_details() -> None:
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF="tests.storefront.broken_urls"):
        page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()
    assert "secret detail" not in page.content.decode()


def test_collected_files_are_hashed_and_none_is_missing(tmp_path: Path) -> None:
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": storage}, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0, ignore=["admin", "drf_spectacular_sidecar"])
        paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
        page = Client().get("/sign-in/").content.decode()
    wanted = set(re.findall(r'"/static/([^"#]+)', page))
    assert wanted <= set(paths.values())
    style = (tmp_path / paths["storefront/shop.css"]).read_text()
    assert re.findall(r'url\("(.*?)"\)', style)
    assert all(re.search(r"\.[0-9a-f]{12}\.woff2", address) for address in re.findall(r'url\("(.*?)"\)', style))


def test_long_pages_are_compressed(shop: Shop, client: Client) -> None:
    for number in range(5):
        make_product(f"Kettle {number}")
    shop.refresh()
    for address in ("/", "/search/?q=kettle"):
        assert client.get(address, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_personal_pages_are_not_cached(shop: Shop, client: Client) -> None:
    del shop
    for address in ("/basket/", "/account/", "/search/"):
        assert "no-store" in client.get(address)["Cache-Control"], address
