"""Using a page by keyboard alone."""

from playwright.sync_api import Locator, Page

MAX_PRESSES = 150  # of Tab; more than any page needs


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(MAX_PRESSES):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach the target by Tab and press a key on it."""
    tab_to(page, target)
    page.keyboard.press(key)
