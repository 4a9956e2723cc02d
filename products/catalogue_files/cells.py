"""Texts of values: cleaned when a file is read, and written so that reading gives them back."""

import html
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser

# A cell that begins like a formula, which a spreadsheet would run, gets an apostrophe before it, as
# people type it there. More of them are one more each.
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*", re.ASCII)
# What spreadsheets show for a value that they could not compute or show.
SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|#+)")
# What programs write where there is no value of an attribute.
PLACEHOLDERS = frozenset({"n/a", "-", "\u2013", "\u2014", "null"})
# And where there is no barcode: 'Does not apply' is eBay's.
NO_CODE = PLACEHOLDERS | {"does not apply", "none", "0", "exempt", "gtinexempt"}
SHORTENED_NUMBER = re.compile(r"[+-]?\d([.,]\d+)?e\+\d{1,3}", re.IGNORECASE | re.ASCII)
# What spreadsheets make of codes such as 1-3 and MAR24.
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
SPREADSHEET_DATE = re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{2}}")
_TRANSLATED = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff") | dict.fromkeys("\u00a0\u2007\u202f", " "))
# A character that reading would change is written as such a reference; other programs never write six digits.
_LITERAL = re.compile(r"&#x([0-9A-F]{6});")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_UNCLEAN = re.compile(r"[&<\u00ad\u200b\u2060\ufeff\u00a0\u2007\u202f]|^\s|\s$")
_CHANGED = re.compile(r"[&<>\u00ad\u200b\u2060\ufeff\u00a0\u2007\u202f\r]|^\s+|\s+$|\s\s+|[^\S ]")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "del",
        "em",
        "figure",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tt",
        "u",
        "video",
        "iframe",
        "object",
        "param",
        "embed",
        "input",
        "label",
        "form",
        "button",
        "script",
        "style",
    ]
)
_HIDDEN = frozenset({"script", "style"})
_ATTRIBUTE = r"""\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+)"""
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE)


def place(number: int) -> str:
    """The name of a column that has none; the first is 0."""
    return f"column {number + 1}"


def header(names: Iterable[str]) -> list[str]:
    """What a header calls its columns; one without a name is called by its place."""
    return [clean_line(name) or place(number) for number, name in enumerate(names)]


def distinct(names: Sequence[str]) -> list[str]:
    """The names, each once: the second 'Image' is 'Image (2)'."""
    found: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in itertools.count(2))
        found.append(
            next(each for each in numbered if each not in names and each not in found) if name in found else name
        )
    return found


def as_typed(text: str) -> str:
    """A cell without the apostrophe before what looks like a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; `as_typed` gives the text back. Numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def clean(text: str) -> str:
    """Text of any number of lines: HTML becomes text, entities characters, invisible ones are removed."""
    if not _UNCLEAN.search(text):
        return text
    if _LITERAL.search(text):
        return _LITERAL.sub(lambda found: chr(int(found[1], 16)), text.strip())
    if _TAG.search(text):
        text = _without_tags(text)
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text.translate(_TRANSLATED).strip()


def clean_line(text: str) -> str:
    """The same for one line: white space between words is one space."""
    if _LITERAL.search(text):
        return clean(text)
    cleaned = clean(text)
    return " ".join(cleaned.split(" ")) if "  " not in cleaned else re.sub(" +", " ", cleaned)


def literal(text: str, read: Callable[[str], str]) -> str:
    """The text, written so that `clean` or `clean_line`, whichever reads it, gives it back."""
    is_refused = SPREADSHEET_ERROR.fullmatch(text) or SPREADSHEET_DATE.fullmatch(text)
    if is_refused or any(SHORTENED_NUMBER.fullmatch(word) for word in text.split()):
        return references(text)
    if read(text) == text and not _LITERAL.search(text):
        return text
    changed = _CHANGED.sub(lambda found: references(found[0]), text)
    return changed if changed != text else references(text)


def references(text: str) -> str:
    """The text with every character written as a reference."""
    return "".join(f"&#x{ord(character):06X};" for character in text)


def clean_code(text: str) -> str:
    """The same for an identifier, which has no invisible characters, and its accents in one form."""
    if is_literal(text):
        return clean_line(text)
    return unicodedata.normalize("NFC", without_format_characters(clean_line(text)))


def is_literal(text: str) -> bool:
    """Whether a character is written as only `literal` writes it; then nothing is cleaned."""
    return bool(_LITERAL.search(text))


def without_format_characters(text: str) -> str:
    """The text without format characters, which only affect how others are shown; an SKU has none."""
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")


def _without_tags(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Text(HTMLParser):
    """The text of HTML: a block starts a line, an item of a list gets a dash."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._hidden += tag in _HIDDEN
        if tag == "li":
            self.parts.append("\n- ")
        elif tag == "br" or tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag not in _INLINE:
            self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.handle_starttag(tag, attrs)
        self._hidden -= tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")
