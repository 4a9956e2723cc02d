"""`./dev up` runs commands one after the other; a catalogue with some bad rows does not stop it."""

from pathlib import Path

import pytest

from foundation.exit_codes import ROWS_SKIPPED
from products.models import Product
from tests.products.csv_files import products_csv
from tools.devstack import management
from tools.devstack.management import Call

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def test_accepted_exit_code_is_reported_and_the_next_command_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = products_csv(tmp_path, "GOOD,Good one,,,1,,,", ",n,,,1,,,")
    some_bad: Call = {"arguments": ["import_catalogue", "--products", str(file)], "fine": ROWS_SKIPPED}
    management.main([some_bad, {"arguments": ["check_stock"]}])
    out, err = capsys.readouterr()
    assert "1 bad rows were skipped; the others are saved" in err
    assert "0 stores checked, 0 rows differ" in out
    assert Product.objects.get().sku == "GOOD"


def test_any_other_failure_stops_with_the_reason(tmp_path: Path) -> None:
    missing: Call = {"arguments": ["import_catalogue", "--products", str(tmp_path / "none.csv")], "fine": ROWS_SKIPPED}
    with pytest.raises(SystemExit, match=r"none\.csv: No such file or directory"):
        management.main([missing, {"arguments": ["check_stock"]}])
