"""Answers in the caches of browsers and proxies.

An answer is used there for SEARCH_MAX_AGE seconds, and shown for STALE_SECONDS more while it is
fetched again. Then the cache asks with its ETag. The ETag says under which generation of the index
the answer was made, for which request, and when; while it still holds, the response is 304, and
neither OpenSearch nor PostgreSQL is asked.

Words that searches correct to, and names of stores, may change without a new generation: an ETag
holds for CONFIRMED_SECONDS. Answers that no generation describes are not stored anywhere: see
`Freshness`.
"""

import hashlib
import re
import time

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from foundation import callers
from foundation.shared_caches import VARY, cache_control
from indexing import generation
from search_api import release
from search_api.contracts import Freshness
from search_api.query import synonym_table

CONFIRMED_SECONDS = 300
ETAG = re.compile(r'W/"(?P<digest>[0-9a-f]{32})\.(?P<made_at>\d{1,12})"')
# What an answer shows or finds, beside the request and the index.
SETTINGS = (
    "CURRENCY",
    "INDEX_PREFIX",
    "LOCALE",
    "MEDIA_URL",
    "OPENSEARCH_URL",
    "SEARCH_LANGUAGE",
    "SEMANTIC_MODEL_PATH",
)


def headers(request: Request | HttpRequest, freshness: Freshness | None) -> dict[str, str]:
    """How long the answer may be used. That of a named caller or to a POST is private: `PrivateResponses` says so."""
    if callers.is_named(request) or request.method not in SAFE_METHODS:
        return {}
    if freshness is None:
        return {"Cache-Control": "no-store"}
    # Weak: equal answers differ in `took_ms`.
    return _reusable(f'W/"{_digest(request, freshness.generation)}.{int(freshness.made_at)}"')


def headers_if_current(request: Request | HttpRequest) -> dict[str, str] | None:
    """Those of 304, when the client has an answer that still holds; else None."""
    sent = request.META.get("HTTP_IF_NONE_MATCH")
    if not sent or callers.is_named(request) or request.method not in SAFE_METHODS:
        return None
    current = generation.read()
    if current is None:
        return None
    digest, now = _digest(request, current), time.time()
    for etag in ETAG.finditer(sent):
        if etag["digest"] == digest and now - int(etag["made_at"]) < CONFIRMED_SECONDS:
            return _reusable(etag[0])
    return None


def _reusable(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": cache_control(), "Vary": ", ".join(VARY)}


def _digest(request: Request | HttpRequest, index_generation: str) -> str:
    parts = (
        index_generation,
        str(synonym_table.generation()),
        release.digest(),
        request.path,
        request.META.get("QUERY_STRING", ""),
        *(str(getattr(settings, name)) for name in SETTINGS),
    )
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
