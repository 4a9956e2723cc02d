"""The chips above the results."""

import re

from playwright.sync_api import Locator, Page


def filter_chips(page: Page) -> Locator:
    """Those of filters: not 'Clear all', and not what the words were read as, 'Lanterns first'."""
    return page.locator(".chip:not(.chip-clear)").filter(has_not_text=re.compile(r"\bfirst\b"))
