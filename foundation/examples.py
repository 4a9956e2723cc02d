"""Examples in the API's schema."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def answer(name: str, value: Any, status: int = 200) -> OpenApiExample:
    """An example of the body with which a request of this status is answered."""
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])
