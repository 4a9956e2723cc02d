"""Where the focus is, and what is announced, after a reply has removed the control that was used."""

import re

from playwright.sync_api import Page, expect

from tests.browser.chips import filter_chips
from tests.browser.conftest import Visit
from tests.browser.keyboard import press
from tests.browser.shop import Shop


def add(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Add to basket: {name}").click()
    expect(page.locator("#toast")).to_contain_text(name)


def test_removed_line_of_the_basket(shop: Shop, visit: Visit) -> None:
    page = visit(f"/search/?q=paper&store_id={shop.main.pk}")
    for product in shop.paper[:2]:
        add(page, product.name)
    page.goto("/basket/")
    announced, basket = page.locator("#announcer"), page.get_by_role("region", name="Basket")
    expect(announced).to_have_text("")
    press(page, page.get_by_role("button", name="Remove Paper lantern 1"))
    expect(announced).to_have_text(re.compile(r"^\s*1 item in your basket, total \$5\.50\.\s*$"))
    expect(basket).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Paper lantern 2")).to_be_focused()
    quantity = page.get_by_label("Quantity of Paper lantern 2")
    quantity.fill("13")
    quantity.press("Enter")
    expect(announced).to_contain_text("13 items in your basket, total $71.50. Main Street does not have all of this.")
    expect(quantity).to_be_focused()
    press(page, page.get_by_role("button", name="Remove Paper lantern 2"))
    expect(announced).to_contain_text("Your basket is empty.")
    expect(basket).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go shopping")).to_be_focused()


def test_removed_chip(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/?q=lantern&brand=Acme&in_stock=true")
    press(page, filter_chips(page).first)
    expect(filter_chips(page)).to_have_count(1)
    expect(page.get_by_role("region", name="Results")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Sort by")).to_be_focused()
