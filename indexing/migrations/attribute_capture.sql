-- What a document shows of a product since attributes are typed, and changes of the attributes themselves.

CREATE OR REPLACE FUNCTION indexing_on_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM indexing_note(NEW.id);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM indexing_note(OLD.id);
    -- The columns that a document shows. Compared here and not in a WHEN clause: PostgreSQL parses that again
    -- for every statement, which costs twice as much for a list of this length.
    ELSIF ROW(OLD.id, OLD.sku, OLD.name, OLD.description, OLD.brand, OLD.category_id, OLD.price, OLD.list_price,
              OLD.attributes, OLD.gtins, OLD.images, OLD.active, OLD.popularity, OLD.created_at)
          IS DISTINCT FROM
          ROW(NEW.id, NEW.sku, NEW.name, NEW.description, NEW.brand, NEW.category_id, NEW.price, NEW.list_price,
              NEW.attributes, NEW.gtins, NEW.images, NEW.active, NEW.popularity, NEW.created_at) THEN
        PERFORM indexing_note(NEW.id);
        IF OLD.id <> NEW.id THEN
            PERFORM indexing_note(OLD.id);
        END IF;
    END IF;
    RETURN NULL;
END
$$;

-- An attribute may be in the documents of all products, too many for the transaction that edits it. It is only
-- recorded here; sync notes its products in steps (attribute_changes.py), in order of their ids after done_to.
-- A change that no document shows, such as a label, has no product left to note.
CREATE FUNCTION indexing_on_attribute() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    after_all CONSTANT bigint := 9223372036854775807;
    start_after bigint := 0;
BEGIN
    IF TG_OP = 'UPDATE' AND ROW(OLD.code, OLD.type, OLD.unit, OLD.searchable, OLD.filterable)
       IS NOT DISTINCT FROM ROW(NEW.code, NEW.type, NEW.unit, NEW.searchable, NEW.filterable) THEN
        start_after := after_all;
    END IF;
    INSERT INTO indexing_attributechange AS change (code, done_to)
    SELECT DISTINCT code, start_after
    FROM unnest(ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.code END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.code END])
         AS changed(code)
    WHERE code IS NOT NULL ORDER BY code
    ON CONFLICT (code) DO UPDATE SET done_to = least(change.done_to, excluded.done_to);
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_attribute AFTER INSERT OR DELETE ON products_attribute
    FOR EACH ROW EXECUTE FUNCTION indexing_on_attribute();

CREATE TRIGGER indexing_attribute_changed AFTER UPDATE ON products_attribute
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION indexing_on_attribute();

CREATE FUNCTION indexing_on_attributes_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO indexing_attributechange (code, done_to) SELECT code, 0 FROM products_attribute ORDER BY code
    ON CONFLICT (code) DO UPDATE SET done_to = 0;
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_attributes_truncated BEFORE TRUNCATE ON products_attribute
    FOR EACH STATEMENT EXECUTE FUNCTION indexing_on_attributes_truncated();
