"""A real Chromium, a real shop: pages from a live server, products in the real index, nothing stubbed."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from opensearchpy import OpenSearch
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from indexing.reindex import Plan, reindex
from tests.browser.shop import Shop

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "These tests drive a real browser and found none. Install Chromium ('apt install chromium', 'brew install --cask "
    "chromium', or 'python -m playwright install chromium'), or name one in the variable CHROMIUM."
)
PATIENCE = 10_000  # ms for one step, on a busy machine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="write the pictures in docs/pictures/ anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _executable(bundled: str) -> str | None:
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return named or (bundled if Path(bundled).exists() else None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. A machine without one is told what to install; CI has no excuse."""
    # Playwright's own event loop runs in this thread, and Django would take it for an asynchronous program.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        executable = _executable(playwright.chromium.executable_path)
        if executable is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def shop(live_server: Any) -> Iterator[Shop]:
    """A shop with a catalogue of its own, indexed."""
    cache.clear()
    engine = OpenSearch(settings.OPENSEARCH_HOSTS, timeout=60)
    engine.indices.delete(index=f"{settings.INDEX_PREFIX}*")
    opened = Shop(live_server.url)
    reindex(Plan())
    yield opened
    engine.indices.delete(index=f"{settings.INDEX_PREFIX}*")
    engine.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, shop: Shop) -> Iterator[Visit]:
    """Opens a page of a fresh visitor; at the end, none may have logged an error or asked another site."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(base_url=shop.url, **{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        _watch(page, shop.url, wrong)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _watch(page: Page, home: str, wrong: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 4" in message.text  # tests ask for such pages on purpose
        if message.type in {"error", "warning"} and not expected:
            wrong.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((home, "data:")):
            wrong.append(f"request to another site: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    page.on("request", on_request)
