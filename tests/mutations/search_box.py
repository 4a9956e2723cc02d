"""What the search box promises to the page that it is in."""

from tests.mutations.mutation import Edit, Mutation

SCRIPT = "storefront/static/storefront/searchlight-box.js"
BOX = "tests/browser/test_search_box.py"

MUTATIONS = [
    Mutation(
        "overtaken-completion",
        Edit(SCRIPT, "      this.#request?.abort();\n", ""),
        tests=["tests/browser/test_completion.py::test_late_response_to_an_older_request_is_never_shown"],
    ),
    Mutation(
        "composed-word",
        Edit(SCRIPT, "!(/** @type {InputEvent} */ (event).isComposing) && ", ""),
        tests=[f"{BOX}::test_in_a_page_of_ones_own"],
    ),
    Mutation(
        "styles-under-a-strict-policy",
        Edit(SCRIPT, "        sheet.replaceSync(css);\n", "        throw new Error();\n"),
        tests=[f"{BOX}::test_in_a_page_of_ones_own"],
    ),
    Mutation(
        "page-outweighs-the-defaults",
        Edit(
            SCRIPT,
            ':where(searchlight-box) :where([part~="option"]) {',
            'searchlight-box[class], searchlight-box [part~="option"][role] {',
        ),
        tests=[f"{BOX}::test_in_a_page_of_ones_own"],
    ),
    Mutation(
        "blocked-storage",
        Edit(SCRIPT, "      return recentOfPage;\n", "      return [];\n"),
        tests=[f"{BOX}::test_in_a_page_of_ones_own"],
    ),
    Mutation(
        "changed-text-drops-the-chosen-suggestion",
        Edit(SCRIPT, "the answer arrives.\n      this.#activate(-1);\n", "the answer arrives.\n"),
        tests=[f"{BOX}::test_in_a_page_of_ones_own"],
    ),
    Mutation(
        "cursor-keys-leave-the-list",
        Edit(SCRIPT, '        case "End":\n', ""),
        tests=[f"{BOX}::test_in_a_page_of_ones_own"],
    ),
]
