"""What the progress of an import counts."""

import json
from pathlib import Path

import pytest

from products.catalogue_import import PRODUCTS
from products.table_import import TableImport
from products.tables import BATCH

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_rows_are_counted_and_not_the_lines_of_json(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    rows = [{"sku": f"S{number}", "name": "x", "price": 1} for number in range(BATCH + 3)]
    file.write_text(json.dumps(rows, indent=1))
    imported = TableImport(PRODUCTS, file, lambda _row: None)
    assert (list(imported.learn()), imported.rows_to_import) == ([2 + 5 * (BATCH - 1)], BATCH + 3)
    assert list(imported.run()) == [BATCH, BATCH + 3]
    assert imported.file.lines == 5 * (BATCH + 3) + 2
