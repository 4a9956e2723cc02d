"""The search that shoppers get, to be scored: never from the cache, never degraded, and not logged."""

from search_api import services
from search_api.contracts import SearchRequest, SearchResponse
from search_api.engine import pages


def search(request: SearchRequest) -> SearchResponse:
    """As `services.search`: words of price and order are read, and named values come first; EngineUnavailableError."""
    reading = services.read_words(request)
    return pages.search(reading.request, services.named_values(reading.request))
