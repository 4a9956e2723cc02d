"""Physical indices and aliases in OpenSearch. Their roles are recorded in `PhysicalIndex`."""

import hashlib
from typing import Any

import orjson
from django.conf import settings
from opensearchpy import NotFoundError

from indexing import vectors
from indexing.client import sync_client
from indexing.documents import mapping
from indexing.names import index_alias, write_alias
from language import terms
from language.analysis import index_settings

# Merges retain replaced documents until the next flush, and searches pass over them. By default OpenSearch flushes
# after 512 MB: 250,000 changes, which in a small catalogue are several times its documents.
FLUSH_AFTER = "64mb"
# No search uses an index while it loads, and the comparison before it serves finds what a crash lost.
LOADING = {
    "refresh_interval": "-1",
    "number_of_replicas": 0,
    "translog.durability": "async",
    "translog.flush_threshold_size": "512mb",
}
# How long OpenSearch remembers the version of a deletion, unless it restarts: the longest delay of a write.
REMEMBER_DELETIONS = "1h"
REPLICA_WAIT = 30  # s
LARGEST_MERGED = 500_000_000  # bytes of a shard; 20,000 products take 30,000,000


def body(vector_model: str = "") -> dict[str, Any]:
    """Settings and mapping of a new index; with a model, it maps that model's vectors."""
    index = index_settings(
        shards=settings.SEARCH_SHARDS,
        replicas=settings.SEARCH_REPLICAS,
        refresh_interval=settings.INDEX_REFRESH_INTERVAL,
    )
    index |= {
        "gc_deletes": REMEMBER_DELETIONS,
        "translog.durability": "request",
        "translog.flush_threshold_size": FLUSH_AFTER,
    }
    mappings = mapping() | {"_meta": {"language": settings.SEARCH_LANGUAGE, "terms": terms.FORM}}
    if vector_model:
        index |= {"knn": True}
        mappings["properties"][vectors.FIELD] = vectors.MAPPING
    return {"settings": {"index": index}, "mappings": mappings}


def fingerprint(vector_model: str = "") -> str:
    """Changes when a new index would analyse or map documents differently."""
    new = body(vector_model)
    shape = {"mappings": new["mappings"], "analysis": new["settings"]["index"].get("analysis"), "model": vector_model}
    return hashlib.sha256(orjson.dumps(shape, option=orjson.OPT_SORT_KEYS)).hexdigest()


def create_for_loading(name: str, vector_model: str = "") -> None:
    new = body(vector_model)
    new["settings"]["index"] |= LOADING
    sync_client().indices.create(index=name, body=new | {"aliases": {write_alias(name): {}}})


def finish_loading(name: str) -> None:
    """Give a loaded index its serving settings, and make all documents visible."""
    new = body()["settings"]["index"]
    client = sync_client()
    client.indices.put_settings(index=name, body={"index": {setting: new[setting] for setting in LOADING}})
    client.indices.flush(index=name)
    client.indices.refresh(index=name)
    # Green is better but not required: a replica without a node must not keep a good index from serving.
    client.cluster.health(
        index=name,
        params={"wait_for_no_initializing_shards": "true", "timeout": f"{REPLICA_WAIT}s"},
        request_timeout=REPLICA_WAIT + 5,
    )


def merge_small(name: str) -> None:
    """Begin to merge a new index: a search then reads one segment, instead of several one after the other.

    A large one stays as it is. Its merge would take minutes, and the segment would be too large to be merged again.
    """
    client = sync_client()
    size = client.indices.stats(index=name, metric="store")["_all"]["primaries"]["store"]["size_in_bytes"]
    if size <= LARGEST_MERGED * settings.SEARCH_SHARDS:
        client.indices.forcemerge(index=name, params={"max_num_segments": 1, "wait_for_completion": "false"})


def refresh(name: str) -> None:
    sync_client().indices.refresh(index=name)


def exists(name: str) -> bool:
    """Whether an index has this name; an alias does not count."""
    try:
        return name in sync_client().indices.get(index=name, params={"filter_path": "*.aliases"})
    except NotFoundError:
        return False


def unknown_fields(name: str) -> list[str]:
    """Fields of today's documents that this index does not map. It would refuse such documents."""
    found = sync_client().indices.get_mapping(index=name)[name]["mappings"]
    return sorted(mapping()["properties"].keys() - found.get("properties", {}).keys())


def delete(name: str) -> None:
    sync_client().indices.delete(index=name, params={"ignore_unavailable": "true"})


def alias_targets(alias: str) -> set[str]:
    try:
        return set(sync_client().indices.get_alias(name=alias))
    except NotFoundError:
        return set()


def point_searches_at(name: str) -> None:
    """Point the search alias at this index alone, in one atomic step.

    An index that has the name of the alias, created by hand or by a stray write, is deleted in the same step.
    """
    alias = index_alias()
    actions: list[dict[str, Any]] = [
        {"remove": {"index": other, "alias": alias}} for other in sorted(alias_targets(alias) - {name})
    ]
    if exists(alias):
        actions.append({"remove_index": {"index": alias}})
    actions.append({"add": {"index": name, "alias": alias}})
    actions.append({"add": {"index": name, "alias": write_alias(name)}})
    sync_client().indices.update_aliases(body={"actions": actions})


def count(name: str) -> int:
    return int(sync_client().count(index=name)["count"])
