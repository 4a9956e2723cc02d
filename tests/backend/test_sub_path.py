"""The shop under a path of its host, through the real server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.factories import make_product, make_stock, make_store
from tests.orders.web import web_server
from tools.devstack.state import CHECKOUT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.xdist_group("sub-path")]

SHOP = "/shop"
JSON = "application/json"
PAGES = ["/", "/search/?q=lamp", "/store/", "/basket/", "/sign-in/", "/docs/", "/admin/login/"]
ADDRESS = re.compile(r"""\s(?:href|src|action|hx-get|hx-post|endpoint|data-url|product-url)="([^"]*)\"""")


class Browser:
    """One client with cookies, which follows no redirect."""

    def __init__(self, url: str) -> None:
        self._host, self._cookies = urlsplit(url).netloc, dict[str, str]()

    def get(self, path: str, *, accept: str = "text/html") -> tuple[HTTPResponse, str]:
        return self._request("GET", path, None, {"Accept": accept})

    def post(self, path: str, form: dict[str, Any]) -> tuple[HTTPResponse, str]:
        token = {"csrfmiddlewaretoken": self._cookies["csrftoken"]}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        return self._request("POST", path, urlencode(form | token), headers)

    def post_json(self, path: str, body: object) -> tuple[HTTPResponse, str]:
        return self._request("POST", path, json.dumps(body), {"Content-Type": "application/json"})

    def _request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[HTTPResponse, str]:
        with closing(HTTPConnection(self._host, timeout=30)) as connection:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            connection.request(method, path, body, headers | ({"Cookie": cookies} if cookies else {}))
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                assert name not in {"sessionid", "csrftoken"} or f"; Path={SHOP}/" in cookie
                self._cookies[name] = value
            return response, response.read().decode(errors="replace")


@pytest.fixture(scope="module")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Collected for the path: style sheets name their pictures and fonts by it."""
    folder = str(tmp_path_factory.mktemp("static"))
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    environment = os.environ | {"STATIC_ROOT": folder, "SCRIPT_NAME": SHOP}
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True)
    return folder


@pytest.fixture
def browser(static_root: str) -> Iterator[Browser]:
    uploads = {"MEDIA_ROOT": str(settings.MEDIA_ROOT), "SERVE_MEDIA": "true"}
    with web_server(processes=1, STATIC_ROOT=static_root, SCRIPT_NAME=SHOP, **uploads) as web:
        assert web.url.endswith(f"{SHOP}/")
        yield Browser(web.url)


def test_the_whole_shop_works_under_a_path(browser: Browser) -> None:
    name = default_storage.save("lamp.svg", ContentFile(b"<svg/>"))
    store, product = make_store(), make_product("Lamp", images=[{"url": name, "alt": ""}])
    make_stock(store, product, 5)
    files = set()
    for page in PAGES:
        response, text = browser.get(f"{SHOP}{page}")
        assert response.status == 200, page
        addresses = [address for address in ADDRESS.findall(text) if address.startswith("/")]
        assert [address for address in addresses if not address.startswith(f"{SHOP}/")] == [], page
        files |= {address for address in addresses if address.startswith(f"{SHOP}/static/")}
    assert {browser.get(file)[0].status for file in files} == {200}
    redirects_stay_below_the_path(browser, store.pk)
    order_of_a_guest_is_private(browser, store.pk, product.pk)
    api_names_addresses_below_the_path(browser)
    uploaded_pictures_are_below_the_path(browser, product.pk)


def uploaded_pictures_are_below_the_path(browser: Browser, product: int) -> None:
    address = urlsplit(json.loads(browser.get(f"{SHOP}/products/{product}/", accept=JSON)[1])["images"][0]["url"]).path
    assert address.startswith(f"{SHOP}/media/lamp")
    assert f'src="{address}"' in browser.get(f"{SHOP}/product/{product}/")[1]
    assert browser.get(address)[1] == "<svg/>"


def redirects_stay_below_the_path(browser: Browser, store: int) -> None:
    for page, target in {
        f"/staff/{store}/inventory/": f"{SHOP}/sign-in/?next={SHOP}/staff/{store}/inventory/",
        "/admin/": f"{SHOP}/admin/login/?next={SHOP}/admin/",
        "/basket": f"{SHOP}/basket/",
    }.items():
        assert browser.get(f"{SHOP}{page}")[0].headers["Location"] == target
    assert browser.get(f"{SHOP}/favicon.ico")[0].headers["Location"].startswith(f"{SHOP}/static/")


def order_of_a_guest_is_private(browser: Browser, store: int, product: int) -> None:
    body = {"store_id": store, "items": [{"product_id": product, "quantity": 1}]}
    placed, text = browser.post_json(f"{SHOP}/orders/", body)
    assert placed.status == 201, text
    assert placed.headers["Cache-Control"] == "private, no-store"
    read = browser.get(f"{SHOP}/orders/{json.loads(text)['id']}/", accept="application/json")[0]
    assert read.headers["Cache-Control"] == "private, no-store"
    browser.get(f"{SHOP}/sign-in/")  # for the token of forms
    added = browser.post(f"{SHOP}/basket/add/", {"product_id": product, "quantity": 1})[0]
    assert added.headers["Location"] == f"{SHOP}/basket/"
    assert "Lamp" in browser.get(f"{SHOP}/basket/")[1]


def api_names_addresses_below_the_path(browser: Browser) -> None:
    response, text = browser.get(f"{SHOP}/orders/none/", accept="application/json")
    assert (response.status, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(text)["instance"] == f"{SHOP}/orders/none/"
    schema = json.loads(browser.get(f"{SHOP}/schema/?format=json", accept="application/json")[1])
    assert schema["servers"] == [{"url": SHOP}]
    assert "/orders/" in schema["paths"]
    assert browser.get(f"{SHOP}/health/live")[0].status == 200
