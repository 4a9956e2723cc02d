"""The real products and stores in `../shared/data`, which are not part of the project."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
PRODUCTS, STORES = FOLDER / "products.csv", FOLDER / "stores.csv"
ATTRIBUTES = FOLDER / "attributes.jsonl.gz"

needs_real_data = pytest.mark.skipif(
    not (PRODUCTS.exists() and STORES.exists() and ATTRIBUTES.exists()),
    reason="the real catalogue is not in ../shared/data",
)
