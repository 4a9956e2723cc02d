"""One bulk request with external versions, and the result of every write in it.

OpenSearch refuses a write with an older version than the one it has, so requests may arrive in any order.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson
from opensearchpy import RequestError, TransportError

from indexing.client import UNAVAILABLE, sync_client
from indexing.names import write_alias
from indexing.snapshot import Write

REQUEST_BYTES = 8 * 1024 * 1024  # of one bulk request; OpenSearch's own limit is 100 MB
ACTION_BYTES = 150  # the action line of a write, about
TOO_LARGE = 413
CONFLICT = 409
NOT_FOUND = 404


class Result(Enum):
    DONE = "done"
    SUPERSEDED = "superseded"  # the index has a newer version
    BUSY = "busy"  # try again
    REFUSED = "refused"  # trying again will not help
    NO_INDEX = "no index"  # the index does not exist


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one write in one index; `error` for BUSY, REFUSED and NO_INDEX."""

    product_id: int
    version: int
    index: str
    result: Result
    error: str = ""


def send(writes: Iterable[Write], indices: Sequence[str], with_vectors: Collection[str] = frozenset()) -> list[Outcome]:
    """Send the writes to every index; one outcome per write and index. The indices `with_vectors` get those too.

    Raises EngineUnavailableError when OpenSearch did not answer. The writes may have been applied or not.
    """
    return [outcome for part in _parts(writes, len(indices)) for outcome in _send_part(part, indices, with_vectors)]


def _parts(writes: Iterable[Write], copies: int) -> Iterator[list[Write]]:
    """Split the writes into requests of at most REQUEST_BYTES, with at least one write in each."""
    part: list[Write] = []
    size = 0
    for write in writes:
        cost = (len(write.source or b"") + len(write.vector) + ACTION_BYTES) * copies
        if part and size + cost > REQUEST_BYTES:
            yield part
            part, size = [], 0
        part.append(write)
        size += cost
    if part:
        yield part


def _send_part(writes: list[Write], indices: Sequence[str], with_vectors: Collection[str]) -> list[Outcome]:
    try:
        answer = sync_client().bulk(
            body=_body(writes, indices, with_vectors),
            params={"filter_path": "items.*.status,items.*.result,items.*.error.type,items.*.error.reason"},
        )
    except TransportError as error:
        if error.status_code == TOO_LARGE and len(writes) > 1:
            middle = len(writes) // 2
            halves = writes[:middle], writes[middle:]
            return [outcome for half in halves for outcome in _send_part(half, indices, with_vectors)]
        if isinstance(error, RequestError) or error.status_code == TOO_LARGE:
            return [Outcome(w.product_id, w.version, i, Result.REFUSED, str(error)) for w in writes for i in indices]
        raise
    items = [next(iter(item.values())) for item in answer["items"]]
    sent = [(write, index) for write in writes for index in indices]
    return [_outcome(write, index, item) for (write, index), item in zip(sent, items, strict=True)]


def _body(writes: list[Write], indices: Sequence[str], with_vectors: Collection[str]) -> bytes:
    """Two lines of JSON per write, one per deletion. The target is a write alias, so no write creates an index."""
    lines: list[bytes] = []
    aliases = [(write_alias(index), index in with_vectors) for index in indices]
    for write in writes:
        for alias, with_vector in aliases:
            target: dict[str, Any] = {"_index": alias, "_id": str(write.product_id), "require_alias": True}
            target |= {"version": write.version, "version_type": "external"}
            document = write.document(with_vector=with_vector)
            if document is None:
                lines.append(orjson.dumps({"delete": target}))
            else:
                lines += (orjson.dumps({"index": target}), document)
    return b"\n".join([*lines, b""])


def _outcome(write: Write, index: str, item: dict[str, Any]) -> Outcome:
    status, error = item["status"], item.get("error", {})
    blocked = error.get("type") == "cluster_block_exception"  # a full disk, or a block set by an operator
    if status < 300 or item.get("result") == "not_found":  # noqa: PLR2004 - HTTP's own range of success
        result = Result.DONE
    elif status == CONFLICT:
        return Outcome(write.product_id, write.version, index, Result.SUPERSEDED)
    elif status == NOT_FOUND:
        result = Result.NO_INDEX
    else:
        result = Result.BUSY if blocked or status in UNAVAILABLE else Result.REFUSED
    text = f"{error.get('type')}: {error.get('reason')}" if error else ""
    return Outcome(write.product_id, write.version, index, result, text)
