"""Mutations of how numbers, amounts and prices in texts are read."""

from tests.mutations.mutation import Edit, Mutation

AMOUNTS = "tests/language/test_amounts.py"
PRICES = "tests/search_api/test_interpretation.py"

MUTATIONS = [
    Mutation(
        "amount-is-converted",
        Edit("language/quantities.py", "{plain(self.number * self.factor)}", "{plain(self.number)}"),
        tests=[f"{AMOUNTS}::test_spellings_of_one_amount_have_one_token"],
    ),
    Mutation(
        "decimals-without-zeros",
        Edit("language/numbers.py", 'text.rstrip("0").rstrip(".") if "." in text else text', "text"),
        tests=[f"{AMOUNTS}::test_any_amount_has_one_token_however_it_is_written"],
    ),
    Mutation(
        "comma-before-three-digits-groups",
        Edit("language/numbers.py", "len(group) == GROUP for group in groups", "group for group in groups"),
        tests=[f"{AMOUNTS}::test_any_amount_has_one_token_however_it_is_written"],
    ),
    Mutation(
        "count-before-in-is-no-inch",
        Edit("language/quantities.py", "_NOT_INCHES.match(text, match.end())", "False"),
        tests=[f"{AMOUNTS}::test_other_numbers_are_no_amounts"],
    ),
    Mutation(
        "number-in-a-code-is-no-amount",
        Edit("language/quantities.py", "bool(_LONG_WORD.search(text, max(start - 40, 0), start))", "True"),
        tests=[f"{AMOUNTS}::test_other_numbers_are_no_amounts"],
    ),
    Mutation(
        "number-that-is-a-name-is-no-side-of-a-size",
        Edit("language/designations.py", 'if match["by"] or (match["word"]', 'if (match["word"]'),
        tests=[f"{AMOUNTS}::test_amounts_are_found_in_a_text"],
    ),
    Mutation(
        "pieces-are-also-the-number-alone",
        Edit("language/amounts.py", "        alternatives = (plain(quantity.number),)  # 'pack of 6', '6er'\n", ""),
        tests=[f"{AMOUNTS}::test_count_of_pieces_is_also_the_number_alone"],
    ),
    Mutation(
        "two-spellings-of-a-word-have-one-key",
        Edit("language/english.py", "    singular = american(singular)\n", ""),
        tests=["tests/language/test_english.py::test_british_and_american_spelling_have_one_key"],
    ),
    Mutation(
        "size-at-the-end-names-no-thing",
        Edit("language/kind.py", "SIZES | COLOURS", "COLOURS"),
        tests=[f"{PRICES}::test_size_at_the_end_leaves_the_thing_what_it_is"],
    ),
    Mutation(
        "sides-are-of-one-system-of-units",
        Edit("language/sizes.py", "if each.unit and base and each.unit.base != base:", "if False:"),
        tests=[f"{AMOUNTS}::test_amounts_are_found_in_a_text"],
    ),
    Mutation(
        "hours-and-days-are-no-sides",
        Edit("language/designations.py", "(labels and _LABELS_OF_LENGTHS.isdisjoint(labels))", "False"),
        tests=[f"{AMOUNTS}::test_amounts_are_found_in_a_text"],
    ),
    Mutation(
        "counted-number-is-no-price",
        Edit("search_api/query/interpretation.py", "following[0] not in self._words.links", "False"),
        tests=[f"{PRICES}::test_words_that_may_mean_something_else_stay_words"],
    ),
    Mutation(
        "amount-is-no-price",
        Edit(
            "search_api/query/interpretation.py",
            "all(amount.end <= match.start() or amount.start >= match.end() for amount in measures)",
            "True",
        ),
        tests=[f"{PRICES}::test_words_that_may_mean_something_else_stay_words"],
    ),
    Mutation(
        "age-is-no-price",
        Edit("search_api/query/interpretation.py", "not self._words.counted.isdisjoint(before[-1:])", "False"),
        tests=[f"{PRICES}::test_words_that_may_mean_something_else_stay_words"],
    ),
    Mutation(
        "negated-limit-is-the-opposite-one",
        Edit("search_api/query/interpretation.py", '_OPPOSITE.get(name, "")', "name"),
        tests=[f"{PRICES}::test_negated_limit_is_the_opposite_one"],
    ),
    Mutation(
        "number-without-its-first-digits-is-no-price",
        Edit("search_api/query/interpretation.py", " or self._is_cut_off(text, match):", ":"),
        tests=[f"{PRICES}::test_number_that_may_be_another_one_is_no_price"],
    ),
    Mutation(
        "chosen-filter-wins-over-words",
        Edit("search_api/query/interpretation.py", "if is_free and changes", "if changes"),
        tests=[f"{PRICES}::test_chosen_filters_and_order_win_over_words"],
    ),
    Mutation(
        "minus-in-a-name-excludes-nothing",
        Edit("search_api/query/minus_words.py", "words[max(after, before) :]", "words[before:]"),
        tests=["tests/search_api/test_minus_words.py"],
    ),
    Mutation(
        "short-part-of-a-compound-needs-a-word-beside-it",
        Edit("language/compounds.py", " and _is_made_of_words(rest)", ""),
        tests=["tests/language/test_compounds.py::test_part_finds_its_compounds"],
    ),
    Mutation(
        "number-alone-finds-nothing",
        Edit("search_api/engine/relaxation.py", "if words and all(one in lost", "if not words and all(one in lost"),
        tests=["tests/search_api/test_bare_numbers.py::test_number_alone_finds_nothing_for_unknown_words"],
    ),
]
