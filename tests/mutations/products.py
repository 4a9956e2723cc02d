"""Safeguards of the catalogue: import, demo and product endpoint."""

from tests.mutations.mutation import Edit, Mutation

UPSERT = "products/upsert.py"
ROW_SHAPES = "products/catalogue_files/row_shapes.py"
OPERATIONS = "products/operations.py"
WRITES = "tests/products/test_write_api.py"
FORM = "tests/products/test_product_form.py"
WRITE_RACES = "tests/products/test_write_races.py"
IMPORT = "tests/products/test_import_catalogue.py"
BAD_ROWS = "tests/products/test_import_bad_rows.py"
RACES = "tests/products/test_import_races.py"

MUTATIONS = [
    Mutation(
        "strict-import-leaves-no-value-out",
        Edit(
            "products/table_import.py",
            "if is_dispensable and not self.options.strict else []",
            "if is_dispensable else []",
        ),
        tests=["tests/products/test_import_left_out.py"],
    ),
    Mutation(
        "sale-price-counts-on-the-days-of-its-sale",
        Edit("products/catalogue_import.py", "if not (begins or today) <= today <= (ends or today):", "if False:"),
        tests=["tests/products/test_import_sales.py"],
    ),
    Mutation(
        "price-beside-another-currency-is-refused",
        Edit("products/catalogue_files/notations.py", "not any(map(self._is_of_others, self._signs))", "True"),
        tests=["tests/products/test_import_prices.py"],
    ),
    Mutation(
        "pictures-in-the-order-of-their-positions",
        Edit("products/catalogue_files/row_shapes.py", "sorted(group, key=self._image_position)", "group"),
        tests=["tests/products/test_marketplace_exports.py"],
    ),
    Mutation(
        "upc-is-no-isbn",
        Edit("products/catalogue_import.py", "are_books and isbn == text", "isbn == text"),
        tests=["tests/products/test_gtin.py"],
    ),
    Mutation(
        "price-without-taxes-is-not-taken-before-another",
        Edit(
            "products/catalogue_files/known_headers.py",
            "header in doubtful | of_other_currency)",
            "header in of_other_currency)",
        ),
        tests=["tests/products/test_known_headers.py"],
    ),
    Mutation(
        "price-in-another-currency-is-not-proposed",
        Edit(
            "products/catalogue_files/known_headers.py",
            "header in doubtful | of_other_currency)",
            "header in doubtful)",
        ),
        tests=["tests/products/test_known_headers.py"],
    ),
    Mutation(
        "value-in-a-unit-of-another-kind-is-refused",
        Edit("language/units.py", "or given[0].base != wanted[0].base", ""),
        tests=["tests/products/test_attribute_values.py"],
    ),
    Mutation(
        "picture-that-is-not-stored-is-refused",
        Edit("products/pictures.py", "if not default_storage.exists(name)", "if False"),
        tests=[WRITES, "tests/products/test_import_products.py"],
    ),
    Mutation(
        "sku-with-a-slash-has-an-address",
        Edit("products/converters.py", 'r"(?s:.+)"', 'r"[^/]+"'),
        tests=[WRITES],
    ),
    Mutation(
        "export-cell-is-no-formula",
        Edit("products/catalogue_files/cells.py", """return f"'{text}" if""", "return text if"),
        tests=["tests/products/test_export.py::test_no_cell_is_a_formula"],
    ),
    Mutation(
        "export-writes-what-cleaning-would-change",
        Edit("products/catalogue_files/cells.py", "changed if changed != text else references(text)", "text"),
        tests=["tests/products/test_export.py::test_every_text_is_read_as_it_was_written"],
    ),
    Mutation(
        "code-that-is-a-date-is-refused",
        Edit("products/catalogue_files/fields.py", "if cells.SPREADSHEET_DATE.fullmatch(text):", "if False:"),
        tests=[BAD_ROWS],
    ),
    Mutation(
        "import-limit-of-deactivated-products",
        Edit("stores/management/commands/import_catalogue.py", "if len(missing) > active * limit / 100:", "if False:"),
        tests=["tests/products/test_import_products.py"],
    ),
    Mutation(
        "import-notation-of-the-whole-column",
        Edit("products/catalogue_files/notations.py", "if len(self._only) == 1 else None", "if self._only else None"),
        tests=["tests/products/test_import_prices.py"],
    ),
    Mutation(
        "stock-that-may-be-two-numbers-is-refused",
        Edit("stores/stock_import.py", "if len(readings) > 1 and not notation:", "if False:"),
        tests=["tests/stores/test_import_stock.py"],
    ),
    Mutation(
        "exported-stock-is-of-one-moment",
        Edit(
            "stores/management/commands/export_stock.py",
            "with repeatable_read(), writing",
            "with transaction.atomic(), writing",
        ),
        Edit(
            "stores/management/commands/export_stock.py",
            "from foundation.transactions import repeatable_read\n",
            "from django.db import transaction\n",
        ),
        tests=["tests/products/test_export.py"],
    ),
    Mutation(
        "import-numbers-are-written-as-the-prices",
        Edit(
            "products/catalogue_files/attribute_columns.py", "            found.follow(prices)\n", "            pass\n"
        ),
        tests=["tests/products/test_shop_exports.py"],
    ),
    Mutation(
        "variant-inherits-no-price",
        Edit(ROW_SHAPES, "if header not in own} | row.values", "} | row.values"),
        tests=["tests/products/test_shop_exports.py"],
    ),
    Mutation(
        "bad-row-leaves-its-variant-group",
        Edit(ROW_SHAPES, "                follows_bad = True\n", "                follows_bad, group = True, []\n"),
        tests=["tests/products/test_shop_exports.py"],
    ),
    Mutation(
        "variants-below-a-bad-row-are-bad",
        Edit(ROW_SHAPES, 'if is_below_bad and "name" in self.headers', "if False"),
        tests=["tests/products/test_shop_exports.py"],
    ),
    Mutation(
        "import-order",
        Edit(UPSERT, "    ORDER BY id NULLS LAST, sku\n", ""),
        Edit(UPSERT, " ORDER BY id FOR NO KEY UPDATE", " FOR NO KEY UPDATE"),
        tests=[f"{RACES}::test_imports_that_list_the_same_products_in_opposite_orders_both_succeed"],
    ),
    Mutation(
        "import-order-of-ids",
        Edit(UPSERT, " ORDER BY id FOR NO KEY UPDATE", " ORDER BY sku FOR NO KEY UPDATE"),
        tests=[f"{RACES}::test_import_and_a_writer_in_the_order_of_ids_both_succeed"],
    ),
    Mutation(
        "import-only-what-differs",
        Edit(UPSERT, "            elif changed:\n", "            else:\n"),
        tests=["tests/products/test_import_unchanged.py"],
    ),
    Mutation(
        "import-keeps-other-attributes",
        Edit(UPSERT, "coalesce(p.attributes, '{{}}') || ", ""),
        tests=[f"{IMPORT}::test_known_sku_is_updated_and_keeps_fields_that_the_file_does_not_have"],
    ),
    Mutation(
        "import-announces",
        Edit(UPSERT, "            announce([product_id for (product_id,) in cursor.fetchall()])\n", ""),
        tests=[f"{IMPORT}::test_changed_products_are_announced_after_the_commit_and_unchanged_ones_are_not"],
    ),
    Mutation(
        "import-goes-back-after-an-open-quote",
        Edit("products/catalogue_files/delimited.py", "                    lines.go_back()\n", ""),
        tests=[f"{BAD_ROWS}::test_quote_never_closed_hides_no_row_after_it"],
    ),
    Mutation(
        "import-strict-is-one-transaction",
        Edit(
            "stores/management/commands/import_catalogue.py",
            'with transaction.atomic() if options["strict"] else contextlib.nullcontext():',
            "with contextlib.nullcontext():",
        ),
        tests=[f"{BAD_ROWS}::test_strict_saves_nothing_and_still_reports_every_bad_row"],
    ),
    Mutation(
        "import-checks-the-whole-encoding-first",
        Edit(
            "products/catalogue_files/source.py",
            "            return encoding, self._count_lines(encoding)\n",
            "            return encoding, 1\n",
        ),
        tests=["tests/products/test_import_refused_files.py"],
    ),
    Mutation(
        "new-parent-is-locked",
        Edit("products/migrations/category_path.sql", " FOR KEY SHARE;", ";"),
        tests=["tests/products/test_category_races.py"],
    ),
    Mutation(
        "hidden-product-is-not-in-a-stores-stock",
        Edit("stores/selectors.py", "rows.filter(product__active=True)", "rows.all()"),
        tests=["tests/stores/test_inventory_list.py"],
    ),
    Mutation(
        "write-cleans-texts",
        Edit(
            "products/product_data.py", "parse_text(cleaned(as_text(value), form, None))", "parse_text(as_text(value))"
        ),
        tests=["tests/products/test_write_api.py"],
    ),
    Mutation(
        "write-leaves-what-was-read",
        Edit("products/operations.py", "    return values | same\n", "    return values\n"),
        tests=["tests/products/test_write_api.py"],
    ),
    Mutation(
        "write-locks-products",
        Edit(OPERATIONS, 'select_for_update(of=("self",), no_key=True)', "all()"),
        tests=[f"{WRITE_RACES}::test_of_writers_that_expect_the_same_state_one_succeeds"],
    ),
    Mutation(
        "write-checks-if-match",
        Edit(OPERATIONS, "            raise ProductChangedError(etag)\n", "            pass\n"),
        tests=[f"{WRITES}::test_write_with_an_etag_of_an_earlier_state_is_refused"],
    ),
    Mutation(
        "condition-that-cannot-be-read-is-refused",
        Edit("products/views.py", "if not _CONDITION.fullmatch(given):", "if False:"),
        tests=[WRITES],
    ),
    Mutation(
        "form-compares-with-the-present-product",
        Edit("products/forms.py", "            self._compare(opened)\n", "            pass\n"),
        tests=[f"{FORM}::test_later_change_is_shown_and_not_undone"],
    ),
    Mutation(
        "form-locks-the-product",
        Edit("products/forms.py", '.select_for_update(of=("self",), no_key=True)', ""),
        tests=[f"{FORM}::test_of_two_forms_that_are_sent_at_once_one_is_refused"],
    ),
    Mutation(
        "form-writes-only-its-columns",
        Edit("products/admin.py", '[*form.columns(), "updated_at"] if change else None', "None"),
        tests=[f"{FORM}::test_sales_during_the_save_are_not_undone"],
    ),
    Mutation(
        "not-on-sale-without-a-list-price",
        Edit("search_api/fallback/filters.py", "Q(list_price=None) | Q(list_price__lte", "Q(list_price__lte"),
        tests=["tests/search_api/test_facets_oracle.py"],
    ),
    Mutation(
        "etag-is-of-one-product",
        Edit("products/representation.py", "[product_id, content]", "[0, content]"),
        tests=[f"{WRITES}::test_etag_is_of_one_product"],
    ),
    Mutation(
        "write-runs-again-when-overtaken",
        Edit(OPERATIONS, "except (IntegrityError, _OvertakenError):", "except _OvertakenError:"),
        tests=[f"{WRITE_RACES}::test_writers_that_create_the_same_products_all_succeed"],
    ),
    Mutation(
        "write-announces",
        Edit(
            OPERATIONS,
            "        announce([row.product.pk for row in changed if row.product.sku not in self.unindexable])\n",
            "",
        ),
        tests=[f"{WRITES}::test_changed_product_is_announced_and_an_unchanged_one_is_not"],
    ),
    Mutation(
        "write-needs-the-permission",
        Edit("products/permissions.py", "return request.user.has_perm(CHANGE)", "return request.user.is_authenticated"),
        tests=[f"{WRITES}::test_permissions_decide"],
    ),
    Mutation(
        "hidden-product-is-not-shown",
        Edit("products/selectors.py", "found = Product.objects.searchable()", "found = Product.objects.all()"),
        tests=["tests/products/test_product_detail.py"],
    ),
    Mutation(
        "demo-deliveries-cover-what-was-sold",
        Edit("orders/demo/history.py", '    ledger.write(deliveries, Note(Kind.IMPORT, "demo delivery"))\n', ""),
        tests=[
            "tests/orders/test_seed_demo.py::test_books_balance_when_more_was_ordered_than_a_store_ever_had_at_once"
        ],
    ),
    Mutation(
        "demo-sales-leave-the-stock",
        Edit("orders/demo/history.py", "-units) for product_id, units in sold", "0) for product_id, units in sold"),
        tests=["tests/orders/test_seed_demo.py::test_books_balance"],
    ),
    Mutation(
        "admin-cannot-edit-history",
        Edit(
            "foundation/read_only_admin.py",
            "has_add_permission = has_change_permission = has_delete_permission = _never",
            "has_add_permission = has_delete_permission = _never",
        ),
        tests=["tests/test_admin.py::test_history_is_read_only"],
    ),
]
