"""Cells of prices: those with the same first two digits. A bound with two digits parts no cell."""

from decimal import ROUND_FLOOR, Decimal

DIGITS = 2


def cell(price: Decimal) -> str:
    """The lowest price of the cell, as plain digits: '1200' for 1299.00, '0.99' for 0.99, '0' for 0."""
    if not price:
        return "0"
    step = Decimal(1).scaleb(price.adjusted() - DIGITS + 1)
    lowest = price.quantize(step, rounding=ROUND_FLOOR) if step < 1 else price // step * step
    return f"{lowest.normalize():f}"
