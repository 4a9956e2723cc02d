-- A product that gets a new version gets new terms in PostgreSQL too (stored_terms.py).

CREATE OR REPLACE FUNCTION indexing_give_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH noted AS (
        DELETE FROM indexing_change WHERE transaction = pg_current_xact_id()::text::bigint RETURNING product_id
    ), stale AS (
        INSERT INTO indexing_staleterms (product_id) SELECT product_id FROM noted WHERE product_id <> 0 ORDER BY product_id
    )
    INSERT INTO indexing_syncstate AS state
        (product_id, version, indexed_version, changed_at, due_at, attempts, error)
    SELECT product_id, nextval('indexing_version'), 0, clock_timestamp(), clock_timestamp(), 0, ''
    FROM noted WHERE product_id <> 0 ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET
        version = nextval('indexing_version'),
        changed_at = CASE WHEN state.version > state.indexed_version THEN state.changed_at
                          ELSE excluded.changed_at END,
        due_at = CASE WHEN state.due_at IS NULL OR state.error <> '' OR state.version = state.indexed_version
                      THEN excluded.due_at ELSE state.due_at END;
    PERFORM set_config('indexing.noted', '', true);
    RETURN NULL;
END
$$;

INSERT INTO indexing_staleterms (product_id) SELECT id FROM products_product ORDER BY id;
