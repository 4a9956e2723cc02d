from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_staff


def test_change_after_the_session_ended_leads_to_signing_in_and_the_inventory(shop: Shop, visit: Visit) -> None:
    make_staff(shop.main, "stan")
    inventory = f"/staff/{shop.main.pk}/inventory/"
    page = visit(inventory)

    def sign_in() -> None:
        page.get_by_label("Username").fill("stan")
        page.get_by_label("Password").fill("password")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{inventory}")

    def add(units: int) -> None:
        page.get_by_label("Units of Brass lantern 00").fill(str(units))
        page.get_by_role("button", name="Save Brass lantern 00").click()

    sign_in()
    page.context.clear_cookies(name="sessionid")
    add(5)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in()
    add(5)
    expect(page.locator(f"#stock-{shop.lanterns[0].pk} .badge")).to_have_text("17")
    assert shop.stock(shop.lanterns[0]) == 17
