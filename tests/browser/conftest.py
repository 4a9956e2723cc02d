"""A real Chromium on pages of a live server, with products in a real index; nothing is stubbed."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from opensearchpy import OpenSearch
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django import Settings

from indexing.reindex import Plan, reindex
from tests.browser import front_end
from tests.browser.front_end import FrontEnd
from tests.browser.shop import Shop
from tests.factories import make_attribute
from tests.node import require_node

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
    "These tests need a browser and found none. Install Chromium ('apt install chromium', 'brew install --cask "
    "chromium', or 'python -m playwright install chromium'), or set the variable CHROMIUM to the path of one."
)
PATIENCE = 10_000  # ms for one step, on a busy machine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="take the pictures in docs/pictures/ again")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def _patient_searches(settings: Settings) -> None:
    """A busy machine answers later than a shopper waits, and these tests are not about speed."""
    settings.SEARCH_TIMEOUT = 8.0


def _executable(bundled: str) -> str | None:
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return named or (bundled if Path(bundled).exists() else None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Without one the tests are skipped with a hint what to install, and fail in CI."""
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
    """A shop with its own catalogue, indexed."""
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
    """Opens a page as a new visitor. No page may log an error or send a request to another site."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(base_url=shop.url, **{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch(page, (shop.url,), problems)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def watch(page: Page, homes: tuple[str, ...], problems: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 4" in message.text  # tests request such pages on purpose
        if message.type in {"error", "warning"} and not expected:
            problems.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((*homes, "data:")):
            problems.append(f"request to another site: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
    page.on("request", on_request)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_node()
    return front_end.build(tmp_path_factory.mktemp("front-end"))


@pytest.fixture
def open_front_end(chromium: Browser, built: Path, shop: Shop) -> Iterator[Callable[..., FrontEnd]]:
    """Opens an example in a new browser. No page may log an error or send a request to another site."""
    make_attribute("colour")
    reindex(Plan())
    problems: list[str] = []
    closing: list[Callable[[], object]] = []

    def open_page(path: str, *, attribute: str = "colour", **options: Any) -> FrontEnd:
        serving = front_end.served(built, shop=shop.url, attribute=attribute)
        origin = serving.__enter__()
        allowed = override_settings(CORS_ALLOWED_ORIGINS=[origin])
        allowed.enable()
        context = chromium.new_context(base_url=origin, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watch(page, (origin, shop.url), problems)
        closing.extend([lambda: serving.__exit__(None, None, None), allowed.disable, context.close])
        opened = FrontEnd(page, shop.url)
        page.goto(path)
        return opened

    yield open_page
    for close in reversed(closing):
        close()
    assert problems == []
