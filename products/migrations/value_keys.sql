-- The key of a value, as `products.attribute_values.value_key` makes it: the same for any case, width and white space.
CREATE FUNCTION products_value_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(btrim(regexp_replace(normalize(value, NFKC), '\s+', ' ', 'g')))
$$;

-- Whether a product has one of these keys under a code. A value is plain, or a list of plain ones.
CREATE FUNCTION products_has_value(attributes jsonb, code text, keys text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM jsonb_array_elements_text(
            CASE jsonb_typeof(attributes -> code) WHEN 'array' THEN attributes -> code
                 ELSE jsonb_build_array(attributes -> code) END
        ) AS item
        WHERE products_value_key(item) = ANY(keys)
    )
$$;

-- The number of a product under a code; null when it has none.
CREATE FUNCTION products_number(attributes jsonb, code text) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE jsonb_typeof(attributes -> code) WHEN 'number' THEN (attributes ->> code)::double precision END
$$;
