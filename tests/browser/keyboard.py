"""How people without a mouse get about."""

from playwright.sync_api import Locator, Page

FAR = 150  # presses of Tab; more than any page needs


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody does who has the keyboard alone."""
    for _ in range(FAR):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach the target by Tab and press a key on it."""
    tab_to(page, target)
    page.keyboard.press(key)
