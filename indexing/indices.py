"""Physical indices and aliases in OpenSearch. `PhysicalIndex` in PostgreSQL says what they are for."""

import hashlib
from typing import Any

import orjson
from django.conf import settings
from opensearchpy import NotFoundError

from indexing.client import engine_errors, sync_client
from indexing.documents import mapping
from indexing.names import index_alias, write_alias
from language.analysis import index_settings

# While it loads, nobody searches an index, and what a crash loses is found by the comparison before it serves.
LOADING = {"refresh_interval": "-1", "number_of_replicas": 0, "translog.durability": "async"}
# How long OpenSearch remembers the version of a deletion, beyond a restart of it: the longest that a write may be late.
REMEMBER_DELETIONS = "1h"
REPLICA_WAIT = 30  # s


def body() -> dict[str, Any]:
    """Settings and mapping of a new index."""
    return {
        "settings": {
            "index": index_settings(replicas=settings.INDEX_REPLICAS, refresh_interval=settings.INDEX_REFRESH_INTERVAL)
            | {"gc_deletes": REMEMBER_DELETIONS}
        },
        "mappings": mapping(),
    }


def fingerprint() -> str:
    """Changes when an index made now would differ from one made before in how it understands documents."""
    made = body()
    shape = {"mappings": made["mappings"], "analysis": made["settings"]["index"].get("analysis")}
    return hashlib.sha256(orjson.dumps(shape, option=orjson.OPT_SORT_KEYS)).hexdigest()


def create_for_loading(name: str) -> None:
    made = body()
    made["settings"]["index"] |= LOADING
    with engine_errors():
        sync_client().indices.create(index=name, body=made | {"aliases": {write_alias(name): {}}})


def finish_loading(name: str) -> None:
    """Give a loaded index the settings that it serves with, and make all of it visible."""
    made = body()["settings"]["index"]
    serving = {"refresh_interval": made["refresh_interval"], "number_of_replicas": made["number_of_replicas"]}
    with engine_errors():
        client = sync_client()
        client.indices.put_settings(index=name, body={"index": serving | {"translog.durability": "request"}})
        client.indices.flush(index=name)
        client.indices.refresh(index=name)
        # Green is better but not needed: a replica that finds no node must not keep a good index from serving.
        client.cluster.health(
            index=name,
            params={"wait_for_no_initializing_shards": "true", "timeout": f"{REPLICA_WAIT}s"},
            request_timeout=REPLICA_WAIT + 5,
        )


def refresh(name: str) -> None:
    """Let searches see all that was written."""
    with engine_errors():
        sync_client().indices.refresh(index=name)


def exists(name: str) -> bool:
    """Whether there is an index of this very name; an alias is none."""
    with engine_errors():
        try:
            return name in sync_client().indices.get(index=name, params={"filter_path": "*.aliases"})
        except NotFoundError:
            return False


def unknown_fields(name: str) -> list[str]:
    """The fields of the documents of now that this index has no mapping for, and therefore refuses."""
    with engine_errors():
        found = sync_client().indices.get_mapping(index=name)[name]["mappings"]
    return sorted(mapping()["properties"].keys() - found.get("properties", {}).keys())


def delete(name: str) -> None:
    with engine_errors():
        sync_client().indices.delete(index=name, params={"ignore_unavailable": "true"})


def holding(alias: str) -> set[str]:
    """The indices that an alias points at."""
    with engine_errors():
        try:
            return set(sync_client().indices.get_alias(name=alias))
        except NotFoundError:
            return set()


def point_searches_at(name: str) -> None:
    """Make searches use this index and no other, in one atomic step.

    An index that has the name of the alias, made by hand or by a stray write, is deleted in the same step.
    """
    alias = index_alias()
    actions: list[dict[str, Any]] = [
        {"remove": {"index": other, "alias": alias}} for other in sorted(holding(alias) - {name})
    ]
    if exists(alias):
        actions.append({"remove_index": {"index": alias}})
    actions.append({"add": {"index": name, "alias": alias}})
    actions.append({"add": {"index": name, "alias": write_alias(name)}})
    with engine_errors():
        sync_client().indices.update_aliases(body={"actions": actions})


def count(name: str) -> int:
    """Documents that searches see."""
    with engine_errors():
        return int(sync_client().count(index=name)["count"])
