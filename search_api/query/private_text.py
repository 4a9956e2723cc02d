"""Queries that name a person or an order: typed or pasted into the search box by mistake."""

import re

from language.normalisation import clean

_ADDRESS = r"[^\s@]+@[^\s@]+"
_ORDER = r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"
# Of a sign-in; of a guest's order and of an API key, which are 32 random bytes in base64.
_TOKEN = r"[0-9a-f]{64}|(?<![\w-])(?:pub_|srv_)?[\w-]{43}(?![\w-])"  # noqa: S105 - their form
# Digits, perhaps in groups. A GTIN has 14 at most, a card's number 15 or more.
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){14,}")
CARD_LENGTHS, MOST_GROUPS = range(15, 20), 5  # ISO/IEC 7812; 4 digits in a group
_PRIVATE = re.compile(f"{_ADDRESS}|{_ORDER}|{_TOKEN}", re.IGNORECASE)


def is_private(text: str) -> bool:
    """Whether it is neither logged nor cached: it has an e-mail address, an order's id, a token or a card's number."""
    cleaned = clean(text)
    return bool(_PRIVATE.search(cleaned)) or any(map(_has_card, _LONG_NUMBER.findall(cleaned)))


def _has_card(number: str) -> bool:
    """Whether some neighbouring groups of digits are a payment card's number: a date may follow it."""
    groups = re.split("[ -]", number)
    parts = (
        "".join(groups[start:end]) for start in range(len(groups)) for end in range(start + 1, start + MOST_GROUPS + 1)
    )
    return any(len(part) in CARD_LENGTHS and _passes_luhn(part) for part in parts)


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
