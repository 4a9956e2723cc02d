"""The text of a file: unpacked, decoded, and refused with advice when it is no text."""

import codecs
import gzip
import io
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from products.errors import FileRefusedError

STANDARD_INPUT = Path("-")
CHUNK = 1024 * 1024  # bytes
GZIP = b"\x1f\x8b"
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
ENCODINGS |= {"cp1252": "Windows-1252"}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# The first bytes of files that are no text -> what they are.
FORMATS = {
    b"PK\x03\x04": "a ZIP archive, or a workbook that is not of Excel",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (xls)",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"{\\rtf": "an RTF document",
    b"<?xml": "XML",
    b"<!DOCTYPE": "an HTML page",
    b"<html": "an HTML page",
}
OLD_WORKBOOK = next(mark for mark, what in FORMATS.items() if "xls" in what)
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the part of such a file in which an xlsx with a password is
ADVICE = "save it as CSV (UTF-8), as an Excel workbook (xlsx), or as JSON Lines"
MOST_CONTROLS = 0.05  # share of control characters in a text
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OF_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")


class StoredFile:
    """A file, or a copy of standard input, at a `path` where it can be read several times. FileRefusedError."""

    def __init__(self, path: Path) -> None:
        self.name = "standard input" if path == STANDARD_INPUT else str(path)
        try:
            self.path, self._held = _to_read_again(path)
            with self.path.open("rb"):
                pass
        except OSError as error:
            raise FileRefusedError(f"{self.name}: {error.strerror or error}") from error


class Source:
    """The text of a file. FileRefusedError for what is no text.

    The whole file is read once at the start, so that nothing is saved of a file that is broken at
    its end. `encoding` is one of Python's names; without it, it is detected.
    """

    def __init__(self, stored: StoredFile, encoding: str = "") -> None:
        self._stored, self.name = stored, stored.name
        try:
            with stored.path.open("rb") as file:
                self._is_packed = file.read(len(GZIP)) == GZIP
            self.encoding, self.lines = self._examined(encoding)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileRefusedError(f"{self.name}: the gzip file is damaged or cut off ({error})") from error
        except OSError as error:
            raise FileRefusedError(f"{self.name}: {error.strerror or error}") from error

    @property
    def described(self) -> str:
        name = ENCODINGS.get(self.encoding.removesuffix("-sig"), self.encoding)
        return f"gzip, {name}" if self._is_packed else name

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """The decoded text, with its line ends as they are."""
        with self._open() as binary, io.TextIOWrapper(binary, encoding=self.encoding, newline="") as text:
            yield text

    def _open(self) -> "IO[bytes] | gzip.GzipFile":
        return gzip.open(self._stored.path, "rb") if self._is_packed else self._stored.path.open("rb")

    def _examined(self, forced: str) -> tuple[str, int]:
        with self._open() as file:
            start = file.read(CHUNK)
        self._refuse_other_formats(start, forced)
        marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS.items() if start.startswith(mark)), "")
        encoding = forced or marked or "utf-8"
        try:
            return encoding, self._count_lines(encoding)
        except UnicodeDecodeError as error:
            if forced or marked or not self._may_be_windows(error):
                reason = "the file ends inside a character; is it complete?"
                if error.reason not in {"unexpected end of data", "truncated data"}:
                    name = ENCODINGS.get(encoding.removesuffix("-sig"), encoding)
                    reason = f"the file is not {name} ({error.reason}); {ADVICE}"
                raise FileRefusedError(f"{self.name}:{error.start}: {reason}") from error
        try:
            return "cp1252", self._count_lines("cp1252")
        except UnicodeDecodeError as error:
            raise self._refused(f"it is neither UTF-8 nor Windows-1252; {ADVICE}, or name its --encoding") from error

    def _refuse_other_formats(self, start: bytes, forced: str) -> None:
        if start.startswith(OLD_WORKBOOK) and self._has(ENCRYPTED):
            raise self._refused("this is a workbook with a password; save it without one")
        if found := next((what for mark, what in FORMATS.items() if start.startswith(mark)), ""):
            raise self._refused(f"this is {found}; {ADVICE}")
        if forced or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return
        zeros = start.count(0)
        if zeros > len(start) / 4:
            order = "le" if start[1::2].count(0) > start[::2].count(0) else "be"
            raise self._refused(f"it looks like UTF-16 without a mark: add --encoding utf-16-{order}, or {ADVICE}")
        if len(_CONTROLS.findall(start)) > MOST_CONTROLS * len(start):
            raise self._refused(f"this is not a text; {ADVICE}")

    def _has(self, part: bytes) -> bool:
        before = b""
        with self._open() as file:
            while chunk := file.read(CHUNK):
                if part in before + chunk:
                    return True
                before = chunk[-len(part) :]
        return False

    def _count_lines(self, encoding: str) -> int:
        """Decode everything. UnicodeDecodeError has the line in `start`, from 1."""
        decoder, lines, last = codecs.getincrementaldecoder(encoding)(), 0, ""
        with self._open() as file:
            while True:
                chunk = file.read(CHUNK)
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    before = bytes(error.object[: error.start]).decode(encoding, "replace")
                    line = lines + before.count("\n") + 1
                    raise UnicodeDecodeError(encoding, error.object, line, line + 1, error.reason) from error
                lines, last = lines + text.count("\n"), text[-1:] or last
                if not chunk:
                    return lines + (last not in {"", "\n"})

    def _may_be_windows(self, error: UnicodeDecodeError) -> bool:
        """Whether it may be Windows-1252: not when it is cut off, or is mostly UTF-8 with some bad bytes."""
        if error.reason == "unexpected end of data":
            return False
        good = others = 0
        with self._open() as file:
            while chunk := file.read(CHUNK):
                good += len(_OF_UTF_8.findall(chunk))
                others += len(_HIGH.findall(_OF_UTF_8.sub(b"", chunk)))
        return good <= others

    def _refused(self, reason: str) -> FileRefusedError:
        return FileRefusedError(f"{self.name}: {reason}")


def _to_read_again(path: Path) -> "tuple[Path, tempfile._TemporaryFileWrapper[bytes] | None]":
    """The file, or a copy of standard input that is deleted with the second value."""
    if path == STANDARD_INPUT:
        copy = tempfile.NamedTemporaryFile(prefix="catalogue-")  # noqa: SIM115 - closed with its owner
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        return Path(copy.name), copy
    if path.exists() and not path.is_file():
        reason = "this is a directory" if path.is_dir() else "this is not a file; to read a pipe, give - as the file"
        raise FileRefusedError(f"{path}: {reason}")
    return path, None
