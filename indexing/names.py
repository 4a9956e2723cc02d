"""The names in OpenSearch, all below INDEX_PREFIX."""

import secrets
from datetime import UTC, datetime

from indexing.documents import index_alias

__all__ = ["index_alias", "new_index_name", "write_alias"]


def new_index_name() -> str:
    """A name for a physical index that none had before."""
    return f"{index_alias()}-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"


def write_alias(index: str) -> str:
    """The alias that writes to a physical index name, so that none is ever made by a write."""
    return f"{index}-write"
