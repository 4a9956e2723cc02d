"""CSV files for the tests of the import."""

import re
from pathlib import Path

PRODUCT_HEADER = "sku,name,brand,category,price,description,colour,released"
STORE_HEADER = "code,name,address,city,state,zip,latitude,longitude"


def write_csv(path: Path, header: str, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(f"{line}\n" for line in (header, *rows)).encode(encoding))
    return path


def products_csv(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    """A file of products; a row is in the order of PRODUCT_HEADER."""
    return write_csv(folder / "products.csv", PRODUCT_HEADER, *rows, encoding=encoding)


def stores_csv(folder: Path, *rows: str) -> Path:
    """A file of stores; a row is in the order of STORE_HEADER."""
    return write_csv(folder / "stores.csv", STORE_HEADER, *rows)


def counts_in(output: str) -> str:
    """The lines with what was saved, of all that the command printed."""
    lines = (line for line in output.splitlines(keepends=True) if re.match("products|stores|stock", line))
    return "".join(lines)
