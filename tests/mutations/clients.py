"""What the adapter for InstantSearch promises: one request, and the counts of the REST API."""

from tests.mutations.mutation import Edit, Mutation

SOURCE = "clients/instantsearch/src"
MERGING = "tests/clients/test_npm_packages.py::test_requests_of_instantsearch_are_merged_without_changing_a_count"

MUTATIONS = [
    Mutation(
        "requests-of-facets-are-merged",
        Edit(
            f"{SOURCE}/requests.ts",
            "=> answers(base, each))",
            "=> base === each || (base.size < 0 && answers(base, each)))",
        ),
        tests=[MERGING],
    ),
    Mutation(
        "merged-only-without-own-filter",
        Edit(f"{SOURCE}/requests.ts", "other.filters, facet))", "base.filters, facet))"),
        tests=[MERGING],
    ),
    Mutation(
        "counts-within-chosen-categories",
        Edit(f"{SOURCE}/responses.ts", "if (own?.values) values =", "if (own?.values && level === -1) values ="),
        tests=[MERGING],
    ),
    Mutation(
        "last-page-is-answered",
        Edit(f"{SOURCE}/responses.ts", "Math.floor(MAX_WINDOW / size)", "Math.ceil(MAX_WINDOW / size)"),
        tests=[MERGING],
    ),
    Mutation(
        "typed-text-is-cut",
        Edit(f"{SOURCE}/requests.ts", ".slice(0, most)", ""),
        tests=[MERGING],
    ),
    Mutation(
        "page-behind-the-last-has-no-hits",
        Edit(
            f"{SOURCE}/requests.ts",
            "base.size > MAX_WINDOW ? 0 : base.size",
            "base.size > MAX_WINDOW ? base.size : base.size",
        ),
        tests=[MERGING],
    ),
    Mutation(
        "quoted-values-have-no-operators",
        Edit(f"{SOURCE}/filters.ts", '(!literal && operator === ":" && ', '(operator === ":" && '),
        tests=[MERGING],
    ),
]
