"""The code in docs/headless.md, run as it stands there, from another origin."""

from collections.abc import Callable

from django.contrib.auth.models import User
from playwright.sync_api import expect

from orders.models import Order
from tests.browser.front_end import HEADLESS_SHOP, FrontEnd, code_of_headless_page
from tests.browser.shop import Shop


def test_program_without_a_library(open_front_end: Callable[..., FrontEnd], shop: Shop) -> None:
    User.objects.create_user("ada", password="correct horse")
    page = open_front_end("/box/").page
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    program = "\n".join(code_of_headless_page("js")).replace(HEADLESS_SHOP, shop.url)
    page.add_script_tag(content=f"{program}\nwindow.finished = true;", type="module")
    page.wait_for_function("window.finished")
    said = [text for text in said if "the server responded with a status of 4" not in text]
    assert said == [
        "Brass lantern 00 5 Garden",
        "[200, 200, 200, 400] Glow",
        "read 31",
        "USD 100 true 5 3 2",
        "CONFIRMED true 20.00",
        "401",
        "400 [price_min, sort]",
        "409 1",
    ]
    assert Order.objects.filter(status="CONFIRMED").count() == 1
    assert Order.objects.filter(status="CANCELLED", customer__username="ada").count() == 1


def test_page_of_ten_minutes(open_front_end: Callable[..., FrontEnd], shop: Shop) -> None:
    opened = open_front_end("/headless/")
    page = opened.page
    expect(page.locator(".ais-Hits-item")).to_have_count(20)
    page.get_by_placeholder("Name, brand or SKU").fill("whistling")
    expect(page.locator(".ais-Hits-item h2")).to_have_text([shop.kettle.name])
    expect(page.locator(".ais-Hits-item mark")).to_have_text(["Whistling"])
