"""What keeps search by meaning from changing what is found, or from costing an answer."""

from tests.mutations.mutation import Edit, Mutation

ORDER = "tests/search_api/test_ranking_by_meaning.py"
RELAXATION, SOME_WORDS = "search_api/engine/relaxation.py", "search_api/engine/some_words.py"
BRIDGE = "tests/search_api/test_bridged_searches.py"

MUTATIONS = [
    Mutation(
        "no-thread-before-the-fork",
        Edit("language/sentence_vectors.py", '        os.environ["ORT_DISABLE_TELEMETRY"] = "1"\n', ""),
        tests=["tests/backend/test_web_worker.py::test_processes_forked_after_loading_the_model_stop_cleanly"],
    ),
    Mutation(
        "merged-when-vectors-are-complete",
        Edit("indexing/tasks.py", "        indices.merge_small(complete)", "        pass"),
        tests=["tests/indexing/test_vectors.py::test_index_is_merged_once_its_vectors_are_complete"],
    ),
    Mutation(
        "meaning-finds-nothing-else",
        Edit(
            "search_api/engine/dense.py",
            "_nearest(parsed.q, [*matching, *filters.values()])",
            "_nearest(parsed.q, [*filters.values()])",
        ),
        tests=[ORDER],
    ),
    Mutation(
        "every-word-before-meaning",
        Edit("search_api/engine/dense.py", "if count_every_word > LEXICAL_FIRST:", "if count_every_word < 0:"),
        tests=[ORDER],
    ),
    Mutation(
        "words-when-meaning-fails",
        Edit(SOME_WORDS, 'outcome="failed")\n        return None', 'outcome="failed")\n        raise'),
        tests=[ORDER],
    ),
    Mutation(
        "product-without-a-vector-is-no-last-one",
        Edit("search_api/engine/dense.py", '"boost": 1 + UNKNOWN', '"boost": 1e-6'),
        tests=[ORDER],
    ),
    Mutation(
        "later-pages-use-the-best-score-of-all",
        Edit(SOME_WORDS, "    if not attempt.request.offset:\n        hits", "    if True:\n        hits"),
        tests=[ORDER],
    ),
    Mutation(
        "each-product-on-one-page",
        Edit("search_api/engine/dense.py", "offset=offset, excluding=order,", "offset=offset,"),
        tests=[ORDER],
    ),
    Mutation(
        "no-bridge-when-refused",
        Edit(
            RELAXATION,
            "bridging.bridges(others) if request.relax is not Relax.NONE else {}",
            "bridging.bridges(others)",
        ),
        Edit(
            RELAXATION,
            "if (request.relax is Relax.NONE and others) or len(lost)",
            "if len(lost)",
        ),
        tests=[BRIDGE],
    ),
]
