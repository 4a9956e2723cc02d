"""What keeps the counts of facets right."""

from tests.mutations.mutation import Edit, Mutation

FACETS = "tests/search_api/test_attribute_facets.py"
ORACLE = "tests/search_api/test_facets_oracle.py"
ENGINE = "search_api/engine/attribute_facets.py"
PAGES = "search_api/engine/pages.py"
FALLBACK = "search_api/fallback/filters.py"

MUTATIONS = [
    Mutation(
        "selected-value-beyond-the-limit",
        Edit(ENGINE, "shown.setdefault(key, counts.get(key, 0))", "shown.setdefault(key, 0)"),
        tests=[FACETS],
    ),
    Mutation(
        "rare-values-are-counted",
        Edit(PAGES, 'if found["sum_other_doc_count"]:', "if not found:"),
        tests=[FACETS],
    ),
    Mutation(
        "chosen-attributes-are-remembered-by-their-filters",
        Edit("search_api/engine/attribute_choice.py", "scope, filters, stock", "scope, stock"),
        tests=[FACETS],
    ),
    Mutation(
        "one-facet-for-a-choice",
        Edit(
            "search_api/engine/attribute_choice.py",
            "tuple(_copies_last(useful[:MAX_CODES], values))",
            "tuple(useful[:MAX_CODES])",
        ),
        tests=[FACETS],
    ),
    Mutation(
        "same-numbers-of-other-hits-are-another-choice",
        Edit(
            "search_api/engine/attribute_choice.py",
            "ALIKE, ALIKE_OF_BETTER = 0.95, 0.8",
            "ALIKE, ALIKE_OF_BETTER = 0.95, 0.0",
        ),
        tests=[FACETS],
    ),
    Mutation(
        "few-hits-are-counted-once",
        Edit("search_api/engine/attribute_choice.py", "return hits < FEW and", "return False and"),
        tests=[FACETS],
    ),
    Mutation(
        "bounds-of-numbers",
        Edit(ENGINE, 'ABOVE_NUMBERS = "g"', 'ABOVE_NUMBERS = "a"'),
        tests=[ORACLE],
    ),
    Mutation(
        "numbers-sort-below-zero",
        Edit("indexing/attributes.py", "bits ^ (_SIGN if bits < _SIGN else _SIGN * 2 - 1):016x", "bits:016x"),
        tests=[ORACLE],
    ),
    Mutation(
        "degraded-attribute-filter",
        Edit(FALLBACK, '        conditions[f"attribute {chosen.code}"] = _has_attribute(chosen)\n', "        pass\n"),
        tests=[ORACLE],
    ),
    Mutation(
        "value-in-any-spelling",
        Edit("products/migrations/value_keys.sql", "SELECT lower(btrim(", "SELECT (btrim("),
        tests=[ORACLE],
    ),
]
