"""Mutations of how products are matched, ranked, and searches relaxed."""

from tests.mutations.mutation import Edit, Mutation

TEXT_QUERY = "search_api/engine/text_query.py"
WORDS = "tests/search_api/test_words.py"
RELAXATION = "tests/search_api/test_relaxation.py"
RANKING = "tests/search_api/test_ranking.py"
SHARDS = "search_api/engine/shards.py"
CLUSTER = "tests/faults/test_cluster.py"
MEMORY = "tests/search_api/test_memory.py"

HANGING_NODE = "tests/faults/test_cluster.py::test_searches_go_round_a_node_that_hangs"

ATTRIBUTE_WORDS, SPACED_CODES = "tests/search_api/test_attribute_words.py", "tests/search_api/test_spaced_codes.py"
FACET_VALUES = "search_api/completion/facet_values.py"

MUTATIONS = [
    Mutation(
        "code-with-spaces-in-an-attribute-is-one-word",
        Edit("indexing/attributes.py", "                codes += of_value.codes\n", ""),
        tests=[f"{SPACED_CODES}::test_code_is_found_in_any_spelling"],
    ),
    Mutation(
        "code-with-spaces-in-a-name-is-one-word",
        Edit("indexing/documents.py", "*sorted(spaced_codes(texts.name).difference(pairs)), ", ""),
        tests=[f"{SPACED_CODES}::test_code_is_found_in_any_spelling"],
    ),
    Mutation(
        "code-with-spaces-is-one-word-without-the-engine",
        Edit("indexing/stored_terms.py", "(*spaced_codes(product.name), *values.codes)", "()"),
        tests=[f"{SPACED_CODES}::test_code_is_found_in_any_spelling_without_the_engine"],
    ),
    Mutation(
        "typed-parts-of-a-code-find-it-as-one-word",
        Edit(
            "search_api/query/parsing.py",
            "(Form(Match.WORDS, words), *_as_one_word(code))",
            "(Form(Match.WORDS, words),)",
        ),
        tests=[f"{SPACED_CODES}::test_code_is_found_in_any_spelling"],
    ),
    Mutation(
        "number-alone-is-a-year-or-a-model",
        Edit(FACET_VALUES, "value >= LEAST_ALONE and ", ""),
        tests=[f"{ATTRIBUTE_WORDS}::test_other_values_are_not_found_by_words"],
    ),
    Mutation(
        "word-for-a-value-is-no-choice-of-a-value",
        Edit("search_api/engine/text_query.py", "    Match.VALUE_AS_WORD: 1.0,\n", "    Match.VALUE_AS_WORD: 100.0,\n"),
        tests=[f"{ATTRIBUTE_WORDS}::test_word_finds_what_has_the_value"],
    ),
    Mutation(
        "words-for-values-without-interpretation",
        Edit("search_api/services.py", "known.words_only()", "pages.NONE_KNOWN"),
        tests=[f"{ATTRIBUTE_WORDS}::test_words_stay_words_where_no_filter_is_to_be_read"],
    ),
    Mutation(
        "node-that-hangs-is-left-out",
        Edit(
            "search_api/engine/client.py",
            "NodeConnection if len(settings.OPENSEARCH_HOSTS) > 1 else CurlConnection",
            "CurlConnection",
        ),
        tests=[HANGING_NODE],
    ),
    Mutation(
        "copies-on-a-node-that-hangs-are-avoided",
        Edit("search_api/engine/client.py", "any_copy = last_time_out.is_recent()", "any_copy = False"),
        tests=[HANGING_NODE],
    ),
    Mutation(
        "pages-from-the-same-copies",
        Edit(SHARDS, 'return {PREFERENCE: f"{zlib.crc32(text.encode()):x}"}', "return {}"),
        tests=[f"{CLUSTER}::test_all_pages_of_a_search_are_scored_by_the_same_copies"],
    ),
    Mutation(
        "counts-do-not-wait-for-frequencies",
        Edit(
            SHARDS,
            "    return parameters, body\n",
            '    return {SEARCH_TYPE: "dfs_query_then_fetch", **parameters}, body\n',
        ),
        tests=[f"{CLUSTER}::test_engine_caches_counts"],
    ),
    Mutation(
        "frequencies-of-all-shards",
        Edit(SHARDS, "return same_copies(text) | of_all_shards", "return same_copies(text)"),
        tests=[f"{CLUSTER}::test_three_shards_answer_as_one"],
    ),
    Mutation(
        "names-are-cached-within-a-bound",
        Edit("language/prefix_match.py", "@functools.lru_cache(MAX_CACHED_NAMES)", "@functools.lru_cache(10**9)"),
        tests=[MEMORY],
    ),
    Mutation(
        "unknown-stores-are-not-cached",
        Edit(
            "search_api/selectors.py",
            "    lambda store_ids: dict(",
            '    lambda store_ids: dict.fromkeys(store_ids, "") | dict(',
        ),
        tests=[MEMORY],
    ),
    Mutation(
        "number-is-a-value-beside-its-label-alone",
        Edit("search_api/query/named_values.py", " if word in value.beside]", "]"),
        tests=["tests/search_api/test_named_values.py"],
    ),
    Mutation(
        "letter-is-a-value-beside-its-label-alone",
        Edit("search_api/query/named_values.py", " or (len(stems) == 1 and _is_letter(stems[0]))", ""),
        tests=["tests/search_api/test_named_values.py"],
    ),
    Mutation(
        "codes-are-completed-as-typed",
        Edit("search_api/completion/suggestions.py", "} if may_be_misspelt(word) else {}", "}"),
        tests=["tests/search_api/test_suggest.py::test_codes_and_short_words_are_completed_as_typed"],
    ),
    Mutation(
        "chips-have-the-commonest-spelling",
        Edit("search_api/completion/facet_values.py", "key, key, spelt.get(term, key)", "key, key, key"),
        tests=["tests/search_api/test_interpretation.py"],
    ),
    Mutation(
        "every-word-first-in-any-order",
        Edit("search_api/engine/request_body.py", '        order = [{"_score": "desc"}, *order]\n', ""),
        tests=[f"{WORDS}::test_every_page_by_number_is_part_of_one_list"],
    ),
    Mutation(
        "documents-of-an-older-release-are-shown",
        Edit("search_api/engine/hit_fields.py", "    if len(encoded) < len(hits):\n", "    if False:\n"),
        tests=["tests/search_api/test_hit_fields.py::test_hits_without_the_field_show_the_same"],
    ),
    Mutation(
        "facets-obey-phrases-and-minus-words",
        Edit(
            TEXT_QUERY,
            "return [_matching(parsed), *words] if parsed.phrases or parsed.excluded or not words else words",
            "return words",
        ),
        tests=["tests/search_api/test_facets.py::test_facets_obey_phrases_and_minus_words"],
    ),
    Mutation(
        "whole-name-first",
        Edit(TEXT_QUERY, "WHOLE_NAME = 1e3", "WHOLE_NAME = 1.0"),
        tests=[f"{WORDS}::test_product_is_found_first_by_its_whole_name"],
    ),
    Mutation(
        "kind-of-thing",
        Edit(TEXT_QUERY, "NAMED_KIND, OTHER_KIND = 1.3, 0.8", "NAMED_KIND, OTHER_KIND = 1.0, 1.0"),
        tests=[f"{RANKING}::test_thing_comes_before_its_accessories"],
    ),
    Mutation(
        "category-of-parts-holds-no-things",
        Edit(
            "indexing/documents.py", "*category_heads(own_name(texts.path))", "*shared_forms(own_name(texts.path))[0]"
        ),
        tests=[f"{RANKING}::test_category_of_parts_holds_no_things"],
    ),
    Mutation(
        "share-of-the-words",
        Edit(TEXT_QUERY, 'return _scaled(_matching(parsed), shares, "sum")', "return _matching(parsed)"),
        tests=[f"{WORDS}::test_more_of_the_words_beat_a_rarer_one"],
    ),
    Mutation(
        "words-beyond-the-first-page-are-known",
        Edit(
            "search_api/engine/relaxation.py",
            'not counts[str(place)]["doc_count"]',
            "place in attempt.places_not_shown",
        ),
        tests=[f"{RELAXATION}::test_word_of_products_beyond_the_first_page_is_known"],
    ),
    Mutation(
        "product-that-has-every-word-now-is-found",
        Edit("search_api/engine/some_words.py", "if with_every_word or not all", "if not all"),
        tests=[f"{RELAXATION}::test_product_that_has_every_word_now_is_found"],
    ),
    Mutation(
        "word-that-no-product-has-any-more-is-noticed",
        Edit("search_api/engine/some_words.py", "not all(with_word)", "False"),
        tests=[f"{RELAXATION}::test_word_that_no_product_has_any_more_is_noticed"],
    ),
    Mutation(
        "common-words-are-not-corrected",
        Edit(
            "search_api/query/spelling.py",
            "CERTAINLY_A_WORD, TEN_TIMES = 3.0, 1.0",
            "CERTAINLY_A_WORD, TEN_TIMES = 99.0, -99.0",
        ),
        tests=["tests/search_api/test_spelling.py::test_common_word_is_not_taken_for_a_misspelling"],
    ),
    Mutation(
        "cards-are-private",
        Edit("search_api/query/private_text.py", "% 10 == 0", "% 10 == 1"),
        tests=["tests/search_api/test_search_log.py::test_number_of_a_payment_card_is_private"],
    ),
    Mutation(
        "comma-within-a-number-separates-no-synonyms",
        Edit("language/synonyms.py", "_PHRASE.findall(text)", 'text.split(",")'),
        tests=["tests/search_api/test_synonyms.py"],
    ),
    Mutation(
        "texts-are-parsed-with-the-synonyms-of-now",
        Edit(
            "search_api/query/parsed_texts.py",
            "parser = _parser = _Parser(*tables)",
            "parser = _parser = parser if parser.tables[0] else _Parser(*tables)",
        ),
        tests=["tests/search_api/test_synonyms.py::test_edit_works_at_once"],
    ),
    Mutation(
        "relaxation-can-be-refused",
        Edit("search_api/engine/pages.py", " or request.relax is Relax.NONE", ""),
        tests=[f"{RELAXATION}::test_nothing_is_relaxed_when_that_is_refused"],
    ),
    Mutation(
        "wish-before-words",
        Edit("search_api/engine/relaxation.py", "if may_drop and (wish :=", "if not may_drop and (wish :="),
        tests=[f"{RELAXATION}::test_wish_is_given_up_before_words"],
    ),
]
