"""Queries that name a person or an order: typed or pasted into the search box by mistake."""

import re

from language.normalisation import clean

_ADDRESS = r"[^\s@]+@[^\s@]+"
_ORDER = r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"
# Of a sign-in; of a guest's order and of an API key, which are 32 random bytes in base64.
_TOKEN = r"[0-9a-f]{64}|(?<![\w-])(?:pub_|srv_)?[\w-]{43}(?![\w-])"  # noqa: S105 - their form
_PRIVATE = re.compile(f"{_ADDRESS}|{_ORDER}|{_TOKEN}", re.IGNORECASE)


def is_private(text: str) -> bool:
    """Whether it is neither logged nor cached: it has an e-mail address, an order's id or a token."""
    return bool(_PRIVATE.search(clean(text)))
