"""Lists of words, written as text."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def pairs(text: str) -> dict[str, str]:
    """'mice mouse, feet foot' -> {'mice': 'mouse', 'feet': 'foot'}."""
    return dict(map(str.split, text.split(",")))
