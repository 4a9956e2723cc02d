"""A sale price counts only on the days of its sale."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from tests.products.importing import run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.mark.parametrize(
    ("begins", "ends", "is_on_sale"),
    [
        (None, None, True),
        (0, 0, True),
        (-1, None, True),
        (None, 1, True),
        (-9, -1, False),
        (None, -1, False),
        (1, None, False),
        (1, 9, False),
    ],
)
@pytest.mark.parametrize("header", ["sale_from,sale_until", "special_price_from_date,special_price_to_date"])
def test_sale_price_counts_on_the_days_of_its_sale(
    tmp_path: Path, header: str, begins: int | None, ends: int | None, *, is_on_sale: bool
) -> None:
    today = timezone.localdate()
    days = ["" if each is None else f"{today + timedelta(days=each)} 00:00:00" for each in (begins, ends)]
    file = write(tmp_path, f"sku,name,price,sale_price,{header}\n1,x,10,8,{','.join(days)}\n")
    out, _ = run(file, "--dry-run")
    (tmp_path / "map.toml").write_text(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0] or "[columns]")
    assert run(file, "--mapping", str(tmp_path / "map.toml"))[1] == []
    assert stored("price", "list_price") == [(Decimal(8), Decimal(10)) if is_on_sale else (Decimal(10), None)]


@pytest.mark.parametrize(
    ("days", "price"),
    [
        ("2020-01-01T00:00-0800/2020-02-01T23:59-0800", Decimal(10)),
        ("2020-01-01T00:00-0800/2199-02-01T23:59-0800", Decimal(8)),
        ("2020-01-01/2199-02-01", Decimal(8)),
        ("", Decimal(8)),
    ],
)
def test_days_of_a_sale_may_be_one_text(tmp_path: Path, days: str, price: Decimal) -> None:
    assert run(write(tmp_path, f"sku,name,price,sale_price,sale_dates\n1,x,10,8,{days}\n"))[1] == []
    assert stored("price") == [(price,)]


def test_day_of_a_sale_that_cannot_be_read_is_a_bad_row(tmp_path: Path) -> None:
    text = "sku,name,price,sale_price,sale_until,sale_dates\n1,x,10,8,soon,\n2,x,10,8,,soon\n"
    assert run(write(tmp_path, text))[1] == [
        "2: sale_until: 'soon' is not a date such as 2026-03-31",
        "3: sale_dates: 'soon' is not two dates such as 2026-03-31/2026-04-30",
    ]


def test_days_may_have_years_of_two_digits(tmp_path: Path) -> None:
    text = '1,x,10,8,"11/20/24, 8:12 PM"\n2,x,10,8,1/2/24\n3,x,10,8,"3/4/68, 12:00 AM"\n'
    assert run(write(tmp_path, f"sku,name,price,sale_price,sale_until\n{text}"))[1] == []
    assert stored("price") == [(Decimal(10),), (Decimal(10),), (Decimal(8),)]
