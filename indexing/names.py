"""Index and alias names in OpenSearch. All start with INDEX_PREFIX."""

import secrets
from datetime import UTC, datetime

from django.conf import settings


def index_alias() -> str:
    """The alias that searches use; it points at the serving physical index."""
    return f"{settings.INDEX_PREFIX}products"


def new_index_name() -> str:
    return f"{index_alias()}-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"


def write_alias(index: str) -> str:
    """The alias that sync writes a physical index through: a write to a missing alias creates no index."""
    return f"{index}-write"
