"""Runs the import of products as the tests of its files do."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from products.models import Product


def run(file: Path | str, *options: str) -> tuple[str, list[str]]:
    """What the command printed, and its reports without the file's name."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_catalogue", "--products", str(file), *options, stdout=out, stderr=err)
    except CommandError as error:
        if error.returncode == 1:
            raise
    return out.getvalue(), [line.removeprefix(f"{file}:") for line in err.getvalue().splitlines()]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "p.csv"
    file.write_bytes(text.encode(encoding))
    return file


def json_lines(*objects: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in objects).encode()


def stored(*fields: str) -> list[tuple[Any, ...]]:
    return list(Product.objects.order_by("sku").values_list(*fields))
