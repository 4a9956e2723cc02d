"""The body of an event: small, versioned, and the same bytes in every attempt."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings

from foundation import money

VERSION = 1  # a new one when a member changes its meaning or goes; new members may come at any time
AMOUNTS = frozenset({"total", "unit_price", "line_total", "price", "list_price"})
WITHOUT_AMOUNTS = ("stock.", "webhook.")  # kinds that begin so


def body_of(kind: str, created_at: datetime, data: dict[str, Any]) -> bytes:
    content = _with_amounts(data)
    if not kind.startswith(WITHOUT_AMOUNTS):
        content["currency"] = settings.CURRENCY
    return orjson.dumps(
        {"type": kind, "timestamp": created_at, "version": VERSION, "data": content}, option=orjson.OPT_SORT_KEYS
    )


def _with_amounts(value: Any) -> Any:
    """The value with all amounts in the digits of the currency, which the database does not enforce."""
    if isinstance(value, list):
        return [_with_amounts(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: str(money.exact(Decimal(one))) if name in AMOUNTS and one is not None else _with_amounts(one)
        for name, one in value.items()
    }
