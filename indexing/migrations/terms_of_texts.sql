-- Only what can change a product's texts makes its terms stale (stored_terms.py). Stock, the busiest input of a
-- document, cannot: its changes note the product alone.

CREATE OR REPLACE FUNCTION indexing_note(product bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note_document(product);
    IF product <> 0 THEN
        INSERT INTO indexing_staleterms (product_id) VALUES (product);
    END IF;
END
$$;

CREATE FUNCTION indexing_note_document(product bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indexing_change (transaction, product_id, first)
    VALUES (pg_current_xact_id()::text::bigint, product, indexing_is_first_note())
    ON CONFLICT DO NOTHING;
END
$$;

CREATE OR REPLACE FUNCTION indexing_on_inventory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        PERFORM indexing_note_document(NEW.product_id);
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.product_id <> NEW.product_id) THEN
        PERFORM indexing_note_document(OLD.product_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION indexing_on_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note_document(OLD.product_id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION indexing_on_category_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note(0);
    INSERT INTO indexing_change (transaction, product_id, first)
    SELECT pg_current_xact_id()::text::bigint, id, false FROM products_product WHERE category_id = NEW.id
    ON CONFLICT DO NOTHING;
    INSERT INTO indexing_staleterms (product_id) SELECT id FROM products_product WHERE category_id = NEW.id ORDER BY id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION indexing_on_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note(0);
    INSERT INTO indexing_change (transaction, product_id, first)
    SELECT pg_current_xact_id()::text::bigint, product_id, false FROM indexing_syncstate
    ON CONFLICT DO NOTHING;
    IF TG_TABLE_NAME = 'products_product' THEN
        INSERT INTO indexing_staleterms (product_id) SELECT product_id FROM indexing_syncstate ORDER BY product_id;
    END IF;
    RETURN NULL;
END
$$;
