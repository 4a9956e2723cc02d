"""Files that `import_catalogue` reads: written completely, or not at all."""

import contextlib
import csv
import gzip
import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import orjson

from products.catalogue_files import cells
from products.catalogue_files.source import STANDARD_INPUT

JSON_LINES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


def is_json_lines(path: Path) -> bool:
    return path.name.lower().endswith(JSON_LINES)


@contextlib.contextmanager
def text_file(path: Path) -> Iterator[IO[str]]:
    """The file to write, or standard output for '-'. It appears under its name when it is complete.

    CSV begins with a byte order mark, by which spreadsheets recognise UTF-8.
    """
    if path == STANDARD_INPUT:
        yield sys.stdout
        return
    unfinished = path.with_name(f"{path.name}.part")
    encoding = "utf-8" if is_json_lines(path) else "utf-8-sig"
    try:
        with (
            unfinished.open("wb") as binary,
            gzip.GzipFile(fileobj=binary, mode="wb", filename="", mtime=0)
            if path.suffix == ".gz"
            else contextlib.nullcontext(binary) as packed,
            io.TextIOWrapper(packed, encoding=encoding, newline="") as text,
        ):
            yield text
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_csv(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Returns the number of rows."""
    writer = csv.writer(file)  # ends lines with CR LF, and so quotes texts that have one of them
    writer.writerow(map(cells.harmless, header))
    count = 0
    for row in rows:
        writer.writerow([cells.harmless(text) if text else text for text in row])
        count += 1
    return count


def write_json_lines(file: IO[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Returns the number of rows."""
    count = 0
    for row in rows:
        file.write(orjson.dumps(row).decode() + "\n")
        count += 1
    return count
