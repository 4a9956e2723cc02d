-- Change capture for vectors: a product whose missing vector was made gets a new version, with the triggers of
-- capture.sql.

CREATE FUNCTION indexing_on_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM indexing_note(OLD.product_id);
    RETURN NULL;
END
$$;

CREATE TRIGGER indexing_vector_made AFTER DELETE ON indexing_missingvector
    FOR EACH ROW EXECUTE FUNCTION indexing_on_vector();

-- The digest of the text that a product's vector is made of: of what decides that text, and nothing else.
CREATE FUNCTION indexing_text_digest(name text, brand text, path text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN substr(sha256(convert_to(name || E'\n' || brand || E'\n' || coalesce(path, ''), 'UTF8')), 1, 16);
