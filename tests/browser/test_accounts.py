"""A shopper creates an account, forgets its password and chooses a new one, by keyboard and links alone."""

from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.core import mail
from playwright.sync_api import expect
from pytest_django import Settings

from backend import accounts
from tests.browser.conftest import Visit


def test_shopper_registers_and_gets_a_new_password(visit: Visit, settings: Settings) -> None:
    settings.PASSWORD_RESET_URL = "https://shop.example.com/new-password/?code={code}"  # noqa: S105 - an address
    page = visit("/sign-in/?next=/basket/")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill("ada")
    page.keyboard.press("Enter")
    password = page.get_by_label("Password")
    expect(page.locator("#id_password_error").first).to_be_visible()
    expect(password).to_have_attribute("aria-invalid", "true")
    password.fill("a long secret")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Basket", exact=True)).to_be_visible()
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()

    page.goto("/sign-in/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_text("a mail is on its way")).to_be_visible()
    accounts.send_reset_code(User.objects.get(username="ada").pk)  # as the worker does
    link = urlsplit(next(part for part in str(mail.outbox[-1].body).split() if part.startswith("https://shop")))
    page.goto(f"{link.path}?{link.query}")
    page.get_by_label("New password").fill("another long secret")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("another long secret")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Account of ada")).to_be_visible()
