-- Text search that ignores accents: each token passes through unaccent before its dictionary.

CREATE TEXT SEARCH CONFIGURATION english_unaccent (COPY = pg_catalog.english);

ALTER TEXT SEARCH CONFIGURATION english_unaccent
    ALTER MAPPING FOR word, hword, hword_part WITH unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION english_unaccent
    ALTER MAPPING FOR numword, numhword, hword_numpart, file, host WITH unaccent, simple;

CREATE TEXT SEARCH CONFIGURATION simple_unaccent (COPY = pg_catalog.simple);

ALTER TEXT SEARCH CONFIGURATION simple_unaccent
    ALTER MAPPING FOR word, hword, hword_part, numword, numhword, hword_numpart, file, host WITH unaccent, simple;
