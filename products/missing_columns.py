"""What to say about a file that lacks a column which its rows need."""

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from products.catalogue_files.columns import folded
from products.catalogue_files.known_headers import as_toml, known_names

LONGEST_LIST = 500  # characters
MOST_CANDIDATES = 3
_SIMILAR = 0.75
_SHORTEST_PART = 4  # letters of a name that is a part of a header: 'Bezeichnung' of 'Langbezeichnung'


def without_key(key: str, rows: str, *, where: str, headers: Collection[str], advice: str) -> str:
    return f"no column is the {key} of {rows} ({where}: {_listed(headers)}); {advice}"


def advice_for_key(key: str, proposal: dict[str, str], headers: Sequence[str]) -> str:
    """What a dry run says: which columns it may be, and what the others are."""
    others = f"; the others may be:\n\n{as_toml(proposal)}" if proposal else ""
    return f"say which one is, in a file for --mapping: [columns] {_as_line(key, headers)}{others}"


def without_required(missing: Sequence[str], headers: Sequence[str]) -> str:
    """The reason for all the new rows of a file that has no column of these fields."""
    lines = " ".join(_as_line(field, headers) for field in missing)
    needed = f"no column is the {' or the '.join(missing)} that a new one needs"
    advice = f"say which one is, in a file for --mapping: [columns] {lines}"
    return f"{needed} (the columns are {_listed(headers)}); {advice}"


def nearest(field: str, headers: Sequence[str]) -> list[str]:
    """The headers that are most like known names of the field, the best first."""
    scores = {
        header: max((_likeness(folded(header), name) for name in known_names(field)), default=0) for header in headers
    }
    likely = [header for header in headers if scores[header] >= _SIMILAR]
    return sorted(likely, key=lambda header: -scores[header])[:MOST_CANDIDATES]


def _likeness(header: str, name: str) -> float:
    is_part = len(name) >= _SHORTEST_PART and name in header
    return 1 if is_part else SequenceMatcher(None, header, name).ratio()


def _as_line(field: str, headers: Sequence[str]) -> str:
    likely = nearest(field, headers)
    others = f" (or {', '.join(map(repr, likely[1:]))})" if likely[1:] else ""
    return f'"{likely[0] if likely else "Header"}" = "{field}"{others}'


def _listed(headers: Collection[str]) -> str:
    return ", ".join(headers)[:LONGEST_LIST]
