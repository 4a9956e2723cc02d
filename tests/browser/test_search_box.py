"""`<searchlight-box>` in the shop, and in a page of somebody else with a strict Content-Security-Policy."""

import gzip
import re

from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Locator, Page, expect

from api_keys.models import ApiKey
from api_keys.services import make_key
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.test_completion import requested_texts

SCRIPT = "storefront/searchlight-box.js"
MAX_BYTES = 12_000  # compressed
COMPOSING = 100  # ms; a request without a debounce would have been sent
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'"
RECORD_EVENTS = """() => {
    window.events = [];
    for (const name of ["suggest", "select", "error"]) {
        document.addEventListener(`searchlight:${name}`, (event) => {
            window.events.push({ name, ...event.detail });
            if (name === "select" && window.prevented) event.preventDefault();
        });
    }
}"""
STORED = {
    "nothing": "",
    "wrong": 'localStorage.setItem("searchlight-box:recent", \'{"a": [1]}\')',
    "blocked": 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied") } })',
}
FORM = '<form action="/search/"><label for="words">Find</label><input type="search" id="words" name="q"></form>'


def open_page(page: Page, box: str) -> None:
    """A page of nothing but this box, under a policy that allows no inline script or style."""
    body = f'<!doctype html><html lang="en"><title>Own page</title><main><h1>Own page</h1>{box}</main>'
    body += f'<script src="/static/{SCRIPT}"></script></html>'
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
    page.unroute("**/own-page/")
    page.route("**/own-page/", lambda route: route.fulfill(body=body, headers=headers))
    page.goto("/own-page/")
    page.evaluate(RECORD_EVENTS)


def options_of(page: Page) -> Locator:
    return page.get_by_role("listbox").get_by_role("option")


def test_script_is_small_and_loads_nothing() -> None:
    source = finders.find(SCRIPT)
    assert isinstance(source, str)
    with open(source, "rb") as file:  # noqa: PTH123 - a finder answers with a string
        script = file.read()
    assert len(gzip.compress(script)) < MAX_BYTES
    assert re.search(rb"^\s*(?:import|export)\b|import\(|importScripts|eval\(|innerHTML", script, re.MULTILINE) is None


def test_recent_searches_are_offered_used_and_removed(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/")
    for words in ("kettle", "paper lantern", "Kettle"):
        page.get_by_label("Search products").fill(words)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/search/?q={words.replace(' ', '+')}")
    box = page.get_by_label("Search products")
    box.fill("")
    expect(options_of(page)).to_have_text(["Kettle", "paper lantern", "Clear recent searches"])
    expect(page.get_by_role("group", name="Recent searches")).to_be_visible()
    box.press_sequentially("pa")
    expect(options_of(page)).to_have_text(["paper lantern", "Clear recent searches"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=paper+lantern")
    box.fill("")
    expect(options_of(page)).to_have_text(["paper lantern", "Kettle", "Clear recent searches"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Delete")
    expect(options_of(page)).to_have_text(["Kettle", "Clear recent searches"])
    expect(page.locator("searchlight-box").get_by_role("status")).to_have_text("Removed: paper lantern")
    options_of(page).filter(has_text="Clear").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_in_a_page_of_ones_own(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/store/")
    for works in (
        keys_of_the_combobox_pattern,
        nothing_is_searched_while_a_word_is_composed,
        list_looks_as_the_page_says,
        refused_and_broken_answers_close_the_list,
        keys_before_the_answer_are_about_the_text,
        text_that_cannot_be_encoded_is_searched_for,
        box_that_is_moved_and_removed,
    ):
        works(page)
    for stored in STORED:
        recent_searches_are_shown_whatever_the_storage_holds(visit("/store/"), stored)


def recent_searches_are_shown_whatever_the_storage_holds(page: Page, stored: str) -> None:
    page.add_init_script(STORED[stored])
    open_page(page, f"<searchlight-box{' recent=off' if stored == 'nothing' else ''}>{FORM}</searchlight-box>")
    box = page.get_by_label("Find")
    page.evaluate("document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())")
    box.fill("kettle")
    page.keyboard.press("Enter")
    box.fill("")
    if stored == "nothing":
        box.click()
        expect(page.get_by_role("listbox")).to_be_hidden()
        assert page.evaluate("Object.keys(localStorage)") == []
    else:
        expect(options_of(page)).to_have_text(["kettle", "Clear recent searches"])
    box.fill("whist")
    expect(options_of(page)).to_have_text(["Whistling kettle"])


def keys_of_the_combobox_pattern(page: Page) -> None:
    open_page(page, f"<searchlight-box>{FORM}</searchlight-box>")
    box = page.get_by_label("Find")
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("paper lant")
    expect(options_of(page)).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-controls", page.get_by_role("listbox").get_attribute("id") or "")
    for key, active in (
        ("ArrowDown", 0),
        ("ArrowUp", None),
        ("ArrowUp", 2),
        ("ArrowDown", None),
        ("ArrowDown", 0),
        ("ArrowDown", 1),
        ("End", None),
        ("ArrowUp", 2),
        ("Home", None),
    ):
        page.keyboard.press(key)
        _check_active(page, box, active)
    assert box.evaluate("input => input.selectionStart") == 0
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    _check_active(page, box, 0)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("paper lant")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=paper+lant")


def _check_active(page: Page, box: Locator, index: int | None) -> None:
    selected = page.get_by_role("option", selected=True)
    if index is None:
        expect(selected).to_have_count(0)
        expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    else:
        expect(selected).to_have_text([options_of(page).nth(index).inner_text()])
        expect(box).to_have_attribute("aria-activedescendant", selected.get_attribute("id") or "")


def nothing_is_searched_while_a_word_is_composed(page: Page) -> None:
    open_page(page, f"<searchlight-box debounce=0>{FORM}</searchlight-box>")
    page.get_by_label("Find").focus()
    texts = requested_texts(page)
    keyboard = page.context.new_cdp_session(page)
    for text in ("pap", "pape", "paper"):
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(COMPOSING)
    assert texts == []
    with page.expect_request("**/search/suggest/?q=paper"):
        keyboard.send("Input.insertText", {"text": "paper"})
    expect(options_of(page)).to_have_count(3)
    assert texts == ["paper"]


def test_box_without_a_form_in_another_language_and_its_events(shop: Shop, visit: Visit) -> None:
    page = visit("/store/")
    _, key = make_key(name="Own page", kind=ApiKey.Kind.PUBLISHABLE)
    open_page(
        page,
        """<searchlight-box lang="de" action="/search/" product-url="/product/{id}/" min-length="2" limit="5" grouped
             api-key="KEY" store-id="STORE" placeholder="Was darf es sein?" label-search="Suchen"
             label-list="Vorschläge" label-products="Produkte" label-categories="Kategorien"
             label-count-one="{count} Vorschlag" label-count-other="{count} Vorschläge" label-none="Kein Vorschlag">
           </searchlight-box>""".replace("STORE", str(shop.main.pk)).replace("KEY", key),
    )
    box = page.get_by_role("combobox", name="Suchen")
    expect(box).to_have_attribute("placeholder", "Was darf es sein?")
    with page.expect_request("**/search/suggest/**") as asked:
        box.fill("lante")
    assert asked.value.url.endswith(f"?q=lante&store_id={shop.main.pk}&limit=5")
    assert asked.value.headers["x-api-key"] == key
    expect(page.get_by_role("listbox", name="Vorschläge")).to_be_visible()
    expect(page.get_by_role("group", name="Produkte").get_by_role("option")).not_to_have_count(0)
    expect(page.get_by_role("group", name="Kategorien").get_by_role("option")).to_have_text(["Lanterns"])
    expect(page.get_by_role("status")).to_have_text("5 Vorschläge")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [rule["id"] for rule in found] == []
    page.evaluate("window.prevented = true")
    page.get_by_role("group", name="Kategorien").get_by_role("option").click()
    suggested, selected = page.evaluate("window.events")
    assert (suggested["name"], len(suggested["suggestions"]), suggested["degraded"]) == ("suggest", 5, False)
    assert (selected["text"], selected["id"], selected["query"]) == ("Lanterns", "Garden > Lanterns", "lante")
    assert selected["url"].endswith("/search/?category=Garden+%3E+Lanterns")
    expect(box).to_have_value("Lanterns")
    box.fill("whist")
    expect(page.get_by_role("status")).to_have_text("1 Vorschlag")
    page.evaluate("window.prevented = false")
    options_of(page).click()
    page.wait_for_url(f"**/product/{shop.kettle.pk}/")


def list_looks_as_the_page_says(page: Page) -> None:
    open_page(page, f"<searchlight-box>{FORM}</searchlight-box>")
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`searchlight-box { --searchlight-background: rgb(1, 2, 3) }
                searchlight-box::part(panel) { border-width: 7px }
                searchlight-box [part~="option"] { min-height: 99px }`);
            document.adoptedStyleSheets.unshift(sheet);
        }"""
    )
    page.get_by_label("Find").fill("whist")
    expect(options_of(page)).to_have_css("min-height", "99px")
    expect(options_of(page)).to_have_css("display", "flex")
    panel = page.locator("searchlight-box [part=panel]")
    expect(panel).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(panel).to_have_css("border-top-width", "7px")


def refused_and_broken_answers_close_the_list(page: Page) -> None:
    open_page(page, f"<searchlight-box debounce=0>{FORM}</searchlight-box>")
    box = page.get_by_label("Find")
    box.fill("whist")
    expect(options_of(page)).to_have_count(1)
    for answer in (lambda route: route.fulfill(status=429, body="no"), lambda route: route.fulfill(body="{}")):
        page.route("**/search/suggest/**", answer)
        with page.expect_response("**/search/suggest/**"):
            box.press_sequentially("l")
        expect(page.get_by_role("listbox")).to_be_hidden()
        page.unroute("**/search/suggest/**")
        with page.expect_response("**/search/suggest/**"):
            page.keyboard.press("Backspace")
        expect(options_of(page)).to_have_count(1)
    assert [event["name"] for event in page.evaluate("window.events")] == [
        "suggest", "error", "suggest", "error", "suggest",
    ]  # fmt: skip


def keys_before_the_answer_are_about_the_text(page: Page) -> None:
    open_page(page, f"<searchlight-box debounce=0>{FORM}</searchlight-box>")
    box = page.get_by_label("Find")
    box.fill("lan")
    expect(options_of(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.route("**/search/suggest/**", lambda _: None)
    with page.expect_request("**/search/suggest/?q=lant"):
        box.press_sequentially("t")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lant")
    open_page(page, f"<searchlight-box debounce=0>{FORM}</searchlight-box>")
    with page.expect_request("**/search/suggest/?q=whist"):
        box.fill("whist")
    with page.expect_event("requestfailed"):
        page.keyboard.press("Escape")
    expect(box).to_have_value("")
    page.unroute("**/search/suggest/**")


def text_that_cannot_be_encoded_is_searched_for(page: Page) -> None:
    open_page(
        page, '<searchlight-box query-url="/search/?q={text}"><input type="search" aria-label="Find"></searchlight-box>'
    )
    page.get_by_label("Find").evaluate(r"input => { input.value = 'lamp \ud83d'; input.focus(); }")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lamp%20%EF%BF%BD")


def box_that_is_moved_and_removed(page: Page) -> None:
    open_page(page, f"<searchlight-box>{FORM}</searchlight-box><p id=other></p>")
    page.evaluate("document.querySelector('#other').append(document.querySelector('searchlight-box'))")
    page.get_by_label("Find").fill("whist")
    expect(options_of(page)).to_have_text(["Whistling kettle"])
    assert [event["name"] for event in page.evaluate("window.events")] == ["suggest"]
    page.evaluate("document.querySelector('searchlight-box').remove()")
    expect(page.get_by_role("listbox")).to_have_count(0)
