-- The sort key of a name: compared byte by byte, it gives one order in PostgreSQL and in OpenSearch, whose documents hold
-- it. ICU collations sort as well, but not every PostgreSQL has them, and they give no key to store elsewhere.
--
-- Case and accents are ignored. Punctuation parts words like a space, so that leading punctuation does not count. A number
-- is preceded by how many digits it has: '2 m' goes before '10 m', and digits go before letters.
--
-- {letters} is a collation that knows the case of every letter, whatever the locale of the database is.
CREATE FUNCTION foundation_sort_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    WITH folded AS (
        SELECT lower(
            translate(
                replace(replace(replace(replace(replace(replace(replace(
                    normalize(
                        regexp_replace(normalize(name, NFKD), '[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]+', '', 'g'),
                        NFC
                    ), 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th'), 'Þ', 'th'),
                'øØłŁđĐðÐħĦıŧŦ', 'oollddddhhitt'
            ) COLLATE {letters}
        ) AS text
    ), numbers AS (
        -- 1,000 is a thousand. Another sign between digits is a decimal one, for now the ligature ff: a letter to every
        -- collation, which NFKD has taken out of every name.
        SELECT regexp_replace(
            regexp_replace(text, '(?<=[0-9]),(?=[0-9]{3}(?![0-9]))', '', 'g'), '(?<=[0-9])[.,](?=[0-9])', U&'\FB00', 'g'
        ) AS text FROM folded
    ), words AS (
        SELECT replace(trim(regexp_replace(
            text,
            '[[:punct:][:space:][:cntrl:]$+<=>^`|~\u00a2-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020]+',
            ' ', 'g'
        )), U&'\FB00', '.') AS text FROM numbers
    )
    SELECT left(coalesce(string_agg(
        CASE WHEN part[1] ~ '^[0-9]'
             THEN lpad(length(ltrim(part[1], '0'))::text, 3, '0') || ltrim(part[1], '0')
             ELSE part[1] END,
        '' ORDER BY place
    ), lower(name)), 300) COLLATE "C"
    FROM words, regexp_matches(words.text, '[0-9]+|[.][0-9]+|[^0-9.]+', 'g') WITH ORDINALITY AS parts (part, place)
$$;
