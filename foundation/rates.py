"""Rates such as 60/minute, of settings and of keys."""

from limits import RateLimitItem, parse_many

LONGEST = 366 * 24 * 3600  # s of a window: Redis refuses far longer ones after it has counted


def read_rate(text: str) -> RateLimitItem:
    """ValueError unless it is one rate, above 0, whose window is at most a year."""
    (rate,) = parse_many(text)
    if rate.amount < 1 or rate.get_expiry() > LONGEST:
        raise ValueError(text)
    return rate
