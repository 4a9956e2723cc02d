"""One bulk request with external versions, and what became of every write in it.

The version is the product's own: OpenSearch refuses what is older than what it has, so that the order in which requests
arrive does not matter.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson
from opensearchpy import RequestError, TransportError

from indexing.client import UNAVAILABLE, engine_errors, sync_client
from indexing.names import write_alias
from indexing.snapshot import Write

REQUEST_BYTES = 8 * 1024 * 1024  # of one bulk request; OpenSearch's own limit is 100 MB
TOO_LARGE = 413
CONFLICT = 409
NOT_FOUND = 404


class Result(Enum):
    """What OpenSearch made of one write."""

    DONE = "done"
    SUPERSEDED = "superseded"  # it has a newer version already
    BUSY = "busy"  # it cannot now: try again
    REFUSED = "refused"  # it never will
    NO_INDEX = "no index"  # the index is not there


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write in one index; `error` for BUSY, REFUSED and NO_INDEX."""

    product_id: int
    version: int
    index: str
    result: Result
    error: str = ""


def send(writes: Iterable[Write], indices: Sequence[str]) -> list[Outcome]:
    """Write to every one of the indices; one outcome for each write and index.

    Raises EngineUnavailableError when OpenSearch gave no answer: anything may have become of the writes then.
    """
    return [outcome for part in _parts(writes, len(indices)) for outcome in _send_part(part, indices)]


def _parts(writes: Iterable[Write], copies: int) -> Iterator[list[Write]]:
    """Runs of writes that stay below REQUEST_BYTES, one at least in each."""
    part: list[Write] = []
    size = 0
    for write in writes:
        cost = (len(write.source or b"") + 150) * copies
        if part and size + cost > REQUEST_BYTES:
            yield part
            part, size = [], 0
        part.append(write)
        size += cost
    if part:
        yield part


def _send_part(writes: list[Write], indices: Sequence[str]) -> list[Outcome]:
    try:
        with engine_errors():
            items = _request(_body(writes, indices))
    except TransportError as error:
        if error.status_code == TOO_LARGE and len(writes) > 1:
            middle = len(writes) // 2
            return _send_part(writes[:middle], indices) + _send_part(writes[middle:], indices)
        if isinstance(error, RequestError) or error.status_code == TOO_LARGE:
            return [Outcome(w.product_id, w.version, i, Result.REFUSED, str(error)) for w in writes for i in indices]
        raise
    sent = [(write, index) for write in writes for index in indices]
    return [_outcome(write, index, item) for (write, index), item in zip(sent, items, strict=True)]


def _body(writes: list[Write], indices: Sequence[str]) -> bytes:
    """The writes as lines of JSON. A write alias is named, never an index, which a write would make if it is gone."""
    aliases = [write_alias(index) for index in indices]
    lines: list[bytes] = []
    for write in writes:
        for alias in aliases:
            lines.extend(_lines(write, alias))
    lines.append(b"")
    return b"\n".join(lines)


def _lines(write: Write, alias: str) -> tuple[bytes, ...]:
    target = {"_index": alias, "_id": str(write.product_id), "version": write.version, "version_type": "external"}
    if write.source is None:
        return (orjson.dumps({"delete": target | {"require_alias": True}}),)
    return orjson.dumps({"index": target | {"require_alias": True}}), write.source


def _request(body: bytes) -> list[dict[str, Any]]:
    answer = sync_client().bulk(
        body=body, params={"filter_path": "items.*.status,items.*.result,items.*.error.type,items.*.error.reason"}
    )
    return [next(iter(item.values())) for item in answer["items"]]


def _outcome(write: Write, index: str, item: dict[str, Any]) -> Outcome:
    result = _result(item)
    error = item.get("error", {})
    text = f"{error.get('type')}: {error.get('reason')}" if error and result is not Result.SUPERSEDED else ""
    return Outcome(write.product_id, write.version, index, result, text)


def _result(item: dict[str, Any]) -> Result:
    status = item["status"]
    if status < 300 or item.get("result") == "not_found":  # noqa: PLR2004 - HTTP's own range of success
        return Result.DONE
    if status == CONFLICT:
        return Result.SUPERSEDED
    if status == NOT_FOUND:
        return Result.NO_INDEX
    blocked = item.get("error", {}).get("type") == "cluster_block_exception"  # a full disk, or an operator's hand
    return Result.BUSY if blocked or status in UNAVAILABLE else Result.REFUSED
