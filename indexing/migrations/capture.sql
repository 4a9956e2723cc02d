-- Change capture: a product gets a new version when its document would change.
--
-- Row triggers on products, categories and inventory note the product in indexing_change. One deferred
-- trigger turns the notes of a transaction into versions when it commits, in product order. The locks that
-- it takes on indexing_syncstate are the last ones of the transaction and are taken in the same order by
-- every transaction, so they cannot deadlock and an order never waits for an import.
-- Figures: docs/decisions/change-capture.md.

-- No table owns it: TRUNCATE ... RESTART IDENTITY must not start the versions again.
CREATE SEQUENCE indexing_version CACHE 1;

-- A row lives no longer than its transaction, so the table needs no write-ahead log.
ALTER TABLE indexing_change SET UNLOGGED;

-- Free space in every page keeps another change of a waiting row a heap-only update.
ALTER TABLE indexing_syncstate SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- Whether this is the first note of the transaction. The deferred trigger fires for that row alone. The
-- setting ends with the transaction, and a rolled back savepoint restores it together with the row.
CREATE FUNCTION indexing_is_first_note() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('indexing.noted', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        PERFORM set_config('indexing.noted', pg_current_xact_id()::text, true);
        RETURN true;
    END IF;
    RETURN false;
END
$$;

CREATE FUNCTION indexing_note(product bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indexing_change (transaction, product_id, first)
    VALUES (pg_current_xact_id()::text::bigint, product, indexing_is_first_note())
    ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION indexing_on_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM indexing_note(NEW.id);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM indexing_note(OLD.id);
    -- The columns that a document shows. Compared here and not in a WHEN clause: PostgreSQL parses that again
    -- for every statement, which costs twice as much for a list of this length.
    ELSIF ROW(OLD.id, OLD.sku, OLD.name, OLD.description, OLD.brand, OLD.category_id, OLD.price,
              OLD.attributes, OLD.active, OLD.popularity, OLD.created_at)
          IS DISTINCT FROM
          ROW(NEW.id, NEW.sku, NEW.name, NEW.description, NEW.brand, NEW.category_id, NEW.price,
              NEW.attributes, NEW.active, NEW.popularity, NEW.created_at) THEN
        PERFORM indexing_note(NEW.id);
        IF OLD.id <> NEW.id THEN
            PERFORM indexing_note(OLD.id);
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_product AFTER INSERT OR UPDATE OR DELETE ON products_product
    FOR EACH ROW EXECUTE FUNCTION indexing_on_product();

-- A category's path is in the documents of its products. Product 0 is the first note when it is not known
-- whether any product will be noted.
CREATE FUNCTION indexing_on_category_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note(0);
    INSERT INTO indexing_change (transaction, product_id, first)
    SELECT pg_current_xact_id()::text::bigint, id, false FROM products_product WHERE category_id = NEW.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_category_path AFTER UPDATE ON products_category
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION indexing_on_category_path();

-- A document holds the stores where the product is available, not how many there are, so only the change
-- between none and some is noted.
CREATE FUNCTION indexing_on_inventory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        PERFORM indexing_note(NEW.product_id);
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.product_id <> NEW.product_id) THEN
        PERFORM indexing_note(OLD.product_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_stock_added AFTER INSERT ON stores_inventory
    FOR EACH ROW WHEN (NEW.quantity > 0) EXECUTE FUNCTION indexing_on_inventory();

CREATE TRIGGER indexing_stock_removed AFTER DELETE ON stores_inventory
    FOR EACH ROW WHEN (OLD.quantity > 0) EXECUTE FUNCTION indexing_on_inventory();

-- The busiest trigger: every sale evaluates its short WHEN clause.
CREATE TRIGGER indexing_stock_changed AFTER UPDATE OF quantity ON stores_inventory
    FOR EACH ROW WHEN ((OLD.quantity > 0) <> (NEW.quantity > 0)) EXECUTE FUNCTION indexing_on_inventory();

CREATE TRIGGER indexing_stock_moved AFTER UPDATE OF store_id, product_id ON stores_inventory
    FOR EACH ROW WHEN ((OLD.quantity > 0 OR NEW.quantity > 0)
                       AND (OLD.store_id <> NEW.store_id OR OLD.product_id <> NEW.product_id))
    EXECUTE FUNCTION indexing_on_inventory();

CREATE FUNCTION indexing_on_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note(0);
    INSERT INTO indexing_change (transaction, product_id, first)
    SELECT pg_current_xact_id()::text::bigint, product_id, false FROM indexing_syncstate
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_products_truncated AFTER TRUNCATE ON products_product
    FOR EACH STATEMENT EXECUTE FUNCTION indexing_on_truncate();

CREATE TRIGGER indexing_inventory_truncated AFTER TRUNCATE ON stores_inventory
    FOR EACH STATEMENT EXECUTE FUNCTION indexing_on_truncate();

-- Gives every noted product its version. A product that already waits keeps its place in the queue, unless it
-- waits because OpenSearch refused it: the change may have corrected it.
CREATE FUNCTION indexing_give_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH noted AS (
        DELETE FROM indexing_change WHERE transaction = pg_current_xact_id()::text::bigint RETURNING product_id
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

CREATE CONSTRAINT TRIGGER indexing_give_versions AFTER INSERT ON indexing_change
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.first) EXECUTE FUNCTION indexing_give_versions();
