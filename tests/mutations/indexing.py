"""What keeps the index right."""

from tests.mutations.mutation import Edit, Mutation

CAPTURE = "tests/indexing/test_capture.py"
LOCKS = "tests/indexing/test_capture_locks.py"
GENERATION = "tests/indexing/test_generation.py"
SYNC = "tests/indexing/test_sync.py"
PACE = "tests/indexing/test_sync_pace.py"
DOCUMENT = "tests/indexing/test_document.py"
ORDER = "tests/indexing/test_sync_order.py"
WORKERS = "tests/indexing/test_workers.py"
REINDEX = "tests/indexing/test_reindex.py"
FORKS = "tests/indexing/test_forks.py"
CHECK = "tests/indexing/test_check_index.py"
REPAIR = "tests/indexing/test_repair.py"
ATTRIBUTES = "tests/indexing/test_attribute_changes.py"
VECTORS = "tests/indexing/test_vectors.py"
TRIGGERS = "indexing/migrations/capture.sql"
ATTRIBUTE_TRIGGERS = "indexing/migrations/attribute_capture.sql"

MUTATIONS = [
    Mutation(
        "capture-stock",
        Edit(TRIGGERS, "WHEN ((OLD.quantity > 0) <>", "WHEN (false AND (OLD.quantity > 0) <>"),
        tests=[CAPTURE],
    ),
    Mutation(
        "capture-category",
        Edit(TRIGGERS, "WHEN (OLD.path IS DISTINCT", "WHEN (false AND OLD.path IS DISTINCT"),
        tests=[CAPTURE],
    ),
    Mutation(
        "capture-product",
        Edit(ATTRIBUTE_TRIGGERS, "ELSIF ROW(OLD.id,", "ELSIF false AND ROW(OLD.id,"),
        tests=[CAPTURE],
    ),
    Mutation(
        "category-makes-terms-stale",
        Edit(
            "indexing/migrations/terms_of_texts.sql",
            "SELECT id FROM products_product WHERE category_id = NEW.id ORDER BY id;",
            "SELECT id FROM products_product WHERE false;",
        ),
        tests=["tests/indexing/test_stored_terms.py"],
    ),
    Mutation(
        "product-whose-terms-are-refused-stops-no-other",
        Edit("indexing/stored_terms.py", "_store, _OF_A_ROW)", "_store, ())"),
        tests=["tests/indexing/test_stored_terms.py"],
    ),
    Mutation(
        "terms-fit-into-a-vector",
        Edit("indexing/stored_terms.py", "if size > MAX_SIZE:", "if size > 9 * MAX_SIZE:"),
        tests=["tests/indexing/test_stored_terms.py::test_product_with_too_much_text_is_found_by_its_first_words"],
    ),
    Mutation(
        "attribute-makes-terms-stale",
        Edit(
            "indexing/attribute_changes.py",
            "SELECT id FROM affected ORDER BY id",
            "SELECT id FROM affected WHERE false",
        ),
        tests=["tests/indexing/test_stored_terms.py"],
    ),
    Mutation(
        "capture-attribute",
        Edit(ATTRIBUTE_TRIGGERS, "start_after bigint := 0;", "start_after bigint := after_all;"),
        tests=[ATTRIBUTES],
    ),
    Mutation(
        "rebuild-has-changed-attributes",
        Edit("indexing/reindex.py", "        attribute_changes.note_all()", "        pass"),
        tests=[f"{REINDEX}::test_the_first_index_of_an_empty_cluster_leaves_sync_nothing_to_do"],
    ),
    Mutation(
        "attribute-step-restarts",
        Edit(
            ATTRIBUTE_TRIGGERS, "SET done_to = least(change.done_to, excluded.done_to)", "SET done_to = change.done_to"
        ),
        tests=[ATTRIBUTES],
    ),
    Mutation(
        "capture-deferred",
        Edit(TRIGGERS, "DEFERRABLE INITIALLY DEFERRED", "DEFERRABLE INITIALLY IMMEDIATE"),
        tests=[LOCKS],
    ),
    Mutation(
        "capture-in-two-parts",
        Edit(TRIGGERS, "    PERFORM set_config('indexing.noted', '', true);\n", ""),
        tests=[CAPTURE],
    ),
    Mutation(
        "external-version",
        Edit("indexing/bulk.py", '            target |= {"version": write.version, "version_type": "external"}\n', ""),
        tests=[ORDER],
    ),
    Mutation(
        "conflict-is-success",
        Edit("indexing/bulk.py", "index, Result.SUPERSEDED)", "index, Result.REFUSED)"),
        tests=[ORDER],
    ),
    Mutation(
        "lock-ends-with-its-block",
        Edit("foundation/advisory_locks.py", "        if acquired:\n", "        if False:\n"),
        tests=["tests/foundation/test_advisory_locks.py"],
    ),
    Mutation(
        "batch-too-large-for-a-request-is-halved",
        Edit("indexing/bulk.py", "if error.status_code == TOO_LARGE and len(writes) > 1:", "if False:"),
        tests=["tests/indexing/test_request_size.py"],
    ),
    Mutation(
        "product-too-large-for-a-request-is-parked",
        Edit("indexing/bulk.py", " or error.status_code == TOO_LARGE:", ":"),
        tests=["tests/indexing/test_request_size.py"],
    ),
    Mutation(
        "no-index-by-a-write",
        Edit(
            "indexing/bulk.py", '"_id": str(write.product_id), "require_alias": True}', '"_id": str(write.product_id)}'
        ),
        tests=[SYNC],
    ),
    Mutation(
        "lease",
        Edit("indexing/claims.py", "SET due_at = clock_timestamp() + %(lease)s * interval '1 second', ", "SET "),
        tests=[ORDER],
    ),
    Mutation(
        "no-sending-after-the-lease",
        Edit("indexing/sync.py", "if monotonic() > claim.deadline:", "if monotonic() < 0:"),
        tests=[ORDER],
    ),
    Mutation(
        "write-back-guard",
        Edit(
            "indexing/claims.py",
            "            WHEN new.accepted AND new.version < state.indexed_version THEN clock_timestamp()\n",
            "",
        ),
        tests=[ORDER],
    ),
    Mutation(
        "late-writer-of-a-dead-worker",
        Edit("indexing/claims.py", "            WHEN new.retaken THEN", "            WHEN false AND new.retaken THEN"),
        tests=[ORDER],
    ),
    Mutation(
        "change-during-a-sync",
        Edit(
            "indexing/claims.py",
            "            WHEN state.version > greatest(state.indexed_version, new.version) THEN clock_timestamp()\n",
            "",
        ),
        tests=[SYNC, WORKERS],
    ),
    Mutation(
        "one-moment",
        Edit("foundation/transactions.py", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", "SELECT 1"),
        tests=[SYNC],
    ),
    Mutation(
        "delete-what-is-not-searchable",
        Edit(
            "indexing/snapshot.py",
            "if product_id in versions and product_id not in failed",
            "if product_id in sources and product_id not in failed",
        ),
        tests=[SYNC],
    ),
    Mutation(
        "newest-first-too",
        Edit("indexing/claims.py", "ORDER BY due_at DESC LIMIT", "ORDER BY due_at LIMIT"),
        tests=[SYNC],
    ),
    Mutation("lost-generation", Edit("indexing/sync.py", "    generation.bump_if_lost()\n", ""), tests=[GENERATION]),
    Mutation("cache-generation", Edit("indexing/sync.py", "    generation.bump()\n", ""), tests=[SYNC]),
    Mutation(
        "cache-generation-after-the-refresh",
        Edit(
            "indexing/sync.py",
            "    indices.refresh(index)\n    generation.bump()\n",
            "    generation.bump()\n    indices.refresh(index)\n",
        ),
        tests=[SYNC],
    ),
    Mutation(
        "streams-gather",
        Edit("indexing/sync.py", "if totals.synced >= STREAM:", "if totals.synced < 0:"),
        tests=[PACE],
    ),
    Mutation(
        "slow-batches-delay-nothing",
        Edit("indexing/sync.py", "max(self._next, began + STREAM_PERIOD)", "monotonic() + STREAM_PERIOD"),
        tests=[PACE],
    ),
    Mutation(
        "cached-texts-by-language",
        Edit("indexing/documents.py", "tuple(values.codes), current().code)", 'tuple(values.codes), "")'),
        tests=[DOCUMENT],
    ),
    Mutation(
        "dual-write",
        Edit(
            "indexing/snapshot.py",
            "LIVE_STATES = (PhysicalIndex.State.SERVING, PhysicalIndex.State.BUILDING)",
            "LIVE_STATES = (PhysicalIndex.State.SERVING,)",
        ),
        tests=[REINDEX],
    ),
    Mutation(
        "comparison-before-the-swap",
        Edit("indexing/reindex.py", "left_out = _repair(target, plan, progress)", "left_out = ()"),
        tests=[REINDEX],
    ),
    Mutation(
        "one-rebuild-at-a-time",
        Edit("indexing/reindex.py", "if not cursor.fetchone()[0]:", "if cursor.fetchone() is None:"),
        tests=[REINDEX],
    ),
    Mutation(
        "checked-again",
        Edit("indexing/compare.py", "if product_id in pending:", "if product_id == 0:"),
        tests=[CHECK],
    ),
    Mutation(
        "new-index-is-merged",
        Edit("indexing/reindex.py", "    indices.merge_small(target.name)", "    #"),
        tests=[REINDEX],
    ),
    Mutation(
        "processes-end-with-the-load",
        Edit("indexing/forks.py", "        ours.close()\n", ""),
        tests=[FORKS],
    ),
    Mutation(
        "process-leaves-the-parents-session",
        Edit("indexing/forks.py", "connection.connection = None", "connection.close()"),
        tests=[FORKS],
    ),
    Mutation(
        "roll-back-needs-the-fields",
        Edit("indexing/reindex.py", "if unknown := indices.unknown_fields(target.name):", "if unknown := []:"),
        tests=[REINDEX],
    ),
    Mutation(
        "vector-makes-due",
        Edit(
            "indexing/migrations/terms_of_texts.sql",
            "indexing_on_vector() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
            "    PERFORM indexing_note_document(OLD.product_id);\n",
            "indexing_on_vector() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n",
        ),
        tests=[VECTORS],
    ),
    Mutation(
        "vectors-only-where-mapped",
        Edit("indexing/snapshot.py", "if model and its_model == model)", "if model)"),
        tests=[VECTORS],
    ),
    Mutation(
        "vectors-only-when-complete",
        Edit("indexing/vectors.py", "complete = products > 0 and not missing and", "complete = products > 0 and"),
        tests=[VECTORS],
    ),
    Mutation(
        "no-version-twice",
        Edit("indexing/repair.py", " WHERE last_value <= %s", ""),
        Edit("indexing/repair.py", "[highest + ROOM, highest]", "[highest + ROOM]"),
        tests=[REPAIR],
    ),
]
