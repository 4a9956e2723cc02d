"""Origins (RFC 6454) as browsers send them, and as settings and API keys name them.

A name may begin its host with `*.`, for every host below that one.
"""

import functools
import re
from collections.abc import Iterable

# Lower case, no path, and the port only where it is not the scheme's own.
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\*\.)?([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9]\d{0,4})?")
DEFAULT_PORT = re.compile(r"(http:.*:80|https:.*:443)")
EXAMPLES = (
    "origins as browsers send them, such as https://shop.example, http://localhost:5173 or https://*.example.com "
    "(no path, no slash at the end, lower case)"
)
CACHED_PATTERNS = 1_000


def is_name(text: str) -> bool:
    return bool(ORIGIN.fullmatch(text)) and not DEFAULT_PORT.fullmatch(text)


@functools.lru_cache(CACHED_PATTERNS)
def pattern(name: str) -> str:
    """A regular expression of the origins that this name means, to the end of the text."""
    return rf"{re.escape(name).replace(re.escape('*.'), '([a-z0-9-]+[.])+')}\Z"


def allows(names: Iterable[str], origin: str) -> bool:
    return any(re.match(pattern(name), origin) for name in names)
