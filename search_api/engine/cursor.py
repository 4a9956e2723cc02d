"""Cursors for deep paging: where the last page ended, signed, valid for the same search only."""

import dataclasses
import hashlib
from typing import Any

import orjson
from django.core import signing

from search_api.contracts import SearchRequest
from search_api.errors import BadCursorError

KEEP_ALIVE = 300  # s between two pages
ENGINE_KEEP_ALIVE = f"{KEEP_ALIVE}s"
_signer = signing.TimestampSigner(salt="search_api.engine.cursor")


@dataclasses.dataclass(frozen=True, slots=True)
class Position:
    """The hit before the next page: in the index, in a view of it, or, when degraded, only its number."""

    point_in_time: str = ""  # none before the second page
    after: tuple[Any, ...] = ()  # the hit's sort values; () for the first page
    offset: int = 0  # hits before the page
    slot: str = ""  # of the caller's budget, while there is a view

    @property
    def is_degraded(self) -> bool:
        """Whether PostgreSQL made the pages before this one."""
        return bool(self.offset) and not self.after


def encode(position: Position, request: SearchRequest) -> str:
    state = [position.point_in_time, position.after, position.offset, position.slot, _fingerprint(request)]
    return _signer.sign_object(state, serializer=_Serializer, compress=True)


def decode(cursor: str, request: SearchRequest) -> Position:
    """Where the next page starts; BadCursorError when the cursor is not valid for this search."""
    try:
        state = _signer.unsign_object(cursor, serializer=_Serializer, max_age=KEEP_ALIVE)
        point_in_time, after, offset, slot, fingerprint = state
    except signing.SignatureExpired as error:
        raise BadCursorError(f"The cursor has expired: it is valid for {KEEP_ALIVE} s. Start again.") from error
    except (signing.BadSignature, ValueError) as error:
        raise BadCursorError("This is not a cursor that a search answered.") from error
    if fingerprint != _fingerprint(request):
        raise BadCursorError("The cursor belongs to another search: only page_size and what hits show may change.")
    return Position(point_in_time, tuple(after), offset, slot)


def _fingerprint(request: SearchRequest) -> str:
    """A digest of what in the request decides which hits there are, and their order."""
    same = dataclasses.replace(
        request, cursor=None, page=1, page_size=1, facets=None, attributes_to_retrieve=(), highlight=True
    )
    state = dataclasses.asdict(same)
    return hashlib.blake2b(orjson.dumps(state, default=str), digest_size=12).hexdigest()


class _Serializer:
    def dumps(self, obj: Any) -> bytes:
        return orjson.dumps(obj)

    def loads(self, data: bytes) -> Any:
        return orjson.loads(data)
