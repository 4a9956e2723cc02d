"""Values of attributes: one canonical form for each type, and the type of values that have none yet.

The canonical form is what PostgreSQL stores and what compares equal: '8', '8.0' and '8 GB' of an
attribute in GB are the number 8, as is '8192 MB'. Nothing here reads the database.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from language.normalisation import clean
from language.units import converted, is_measured_in

Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | list[str]  # what is stored; only a text may be a list

MAX_CODE_LENGTH, MAX_LABEL_LENGTH, MAX_UNIT_LENGTH = 100, 200, 30
# A JSON number becomes a double in most programs, which has 15 significant digits.
MAX_DIGITS = 15
# In the languages of `language.languages`.
_PLAIN_TRUE = frozenset({"yes", "true", "ja", "oui", "si", "sí", "sì", "sim", "はい", "是"})
_PLAIN_FALSE = frozenset({"no", "false", "nein", "non", "nee", "não", "nao", "nej", "いいえ", "否"})
_PLAIN_BOOLEANS = _PLAIN_TRUE | _PLAIN_FALSE
TRUE_WORDS = _PLAIN_TRUE | {"1", "y"}  # alone, '1' may be a number and 'N' a size
FALSE_WORDS = _PLAIN_FALSE | {"0", "n"}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_NUMBER_THEN_UNIT = re.compile(rf"({_NUMBER.pattern})(\s*)(\S.*)?", re.ASCII | re.IGNORECASE)
# '00123' and '1e5' may be codes; programs write a large number as 1.5e+05.
_LOOKS_LIKE_CODE = re.compile(r"[+-]?0\d|\d+e\d+(?!\d)", re.ASCII | re.IGNORECASE)
# A unit such as 'GB', '"', '°C' or 'm/s': one word without digits.
_UNIT = re.compile(r"[^\W\d_]+(?:[/²³^-][^\W\d_]*)*|[°%\"'\u2033\u2032‰Ωµ][^\W\d_]*")
_LONGEST_INFERRED_UNIT = 15
_INVISIBLE = {ord(character): None for character in "\u00ad\u200b\u2060\ufeff"}


class AttributeType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


class AttributeKind(NamedTuple):
    """The type and unit of an attribute, which decide the canonical form of its values."""

    type: AttributeType
    unit: str = ""


class BadValueError(ValueError):
    """A value that does not fit the type of its attribute."""

    def __init__(self, code: str, value: object, expected: AttributeType, reason: str = "") -> None:
        self.code, self.value, self.expected = code, value, expected
        shown = repr(value) if isinstance(value, str) else str(value)
        super().__init__(f"{code}: {shown} is not a {expected}{reason and f': {reason}'}")


def canonical(value: Any, code: str, kind: AttributeKind) -> Value | None:
    """The canonical form of a value; None for an empty one, which is the same as no value.

    BadValueError when it does not fit: a value never changes the type of its attribute.
    """
    if isinstance(value, list | tuple):
        return _canonical_list(value, code, kind)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    is_finite = isinstance(value, str | int) or (isinstance(value, float | Decimal) and math.isfinite(value))
    if not is_finite:
        raise BadValueError(code, value, kind.type)
    if isinstance(value, str):
        value = clean_text(value)
        if not value:
            return None
    match kind.type:
        case AttributeType.NUMBER:
            return _number(value, code, kind.unit)
        case AttributeType.BOOLEAN:
            return _boolean(value, code)
        case AttributeType.TEXT:
            if isinstance(value, bool):
                raise BadValueError(code, value, kind.type)
            return value if isinstance(value, str) else number_text(plain_number(Decimal(str(value))))


def canonical_attributes(
    attributes: Mapping[str, Any], kinds: Mapping[str, AttributeKind]
) -> tuple[dict[str, Value], list[BadValueError]]:
    """The canonical forms by code, without empty values, and every value that does not fit.

    A code that has no kind yet gets one from its own value.
    """
    found: dict[str, Value] = {}
    bad: list[BadValueError] = []
    for code, value in attributes.items():
        try:
            stored = canonical(value, code, kinds.get(code) or infer_kind([value]))
        except BadValueError as error:
            bad.append(error)
        else:
            if stored is not None:
                found[code] = stored
    return found, bad


def infer_kind(values: Iterable[Any], unit: str = "") -> AttributeKind:
    """The type, and the unit, that all of these values fit; text when in doubt.

    Numbers may share a unit: '8 GB' and '16 GB' are numbers in GB, '500 g', '750 g' and '1.2 kg' numbers in g. A
    leading zero or an exponent without a sign is one of a code ('00123', '1e5'), and a list is always of texts.
    """
    flat = [value for value in values if value is not None]
    if any(isinstance(value, list | tuple) for value in flat):
        return AttributeKind(AttributeType.TEXT, unit)
    cleaned = [clean_text(value) if isinstance(value, str) else value for value in flat]
    given = [value for value in cleaned if value != ""]
    if given and all(isinstance(value, bool) or str(value).casefold() in _PLAIN_BOOLEANS for value in given):
        return AttributeKind(AttributeType.BOOLEAN, unit)
    unit = unit or _shared_unit(given)
    numbers = AttributeKind(AttributeType.NUMBER, unit)
    for value in given:
        try:
            looks_like_code = isinstance(value, str) and _LOOKS_LIKE_CODE.match(value)
            if isinstance(value, bool) or looks_like_code or canonical(value, "", numbers) is None:
                break
        except BadValueError:
            break
    else:
        if given:
            return numbers
    return AttributeKind(AttributeType.TEXT)


def code_for(label: str) -> str:
    """The code for a label: 'Screen size' -> 'screen_size'; '' when it has no letter or digit."""
    plain = unicodedata.normalize("NFC", clean(label)).lower()
    words = "".join(c if _is_of_word(c) else " " for c in plain).split()
    return "_".join(words)[:MAX_CODE_LENGTH].rstrip("_")


def is_code(code: str) -> bool:
    """Whether it is lower-case words of letters and digits, of any script, joined by '_' or '-'."""
    words = re.split("[_-]", code)
    is_short = len(code) <= MAX_CODE_LENGTH
    return is_short and code == code.lower() and all(word and all(map(_is_of_word, word)) for word in words)


def clean_text(text: str) -> str:
    """NFC, without invisible and control characters, and with one space for all white space."""
    visible = text.translate(_INVISIBLE) if not text.isascii() else text
    normal = unicodedata.normalize("NFC", visible)
    spaced = "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in normal)
    return " ".join(spaced.split())


def value_key(value: Scalar) -> str:
    """Equal for values that are the same to a shopper: '8' for 8.0, 'cafe noir' for 'Cafe  NOIR'.

    The function `products_value_key` does the same in PostgreSQL.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return " ".join(text.split()).lower()


def number_text(number: float) -> str:
    """Without an exponent, and without zeros at the end of the decimals."""
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_number(value: Any) -> bool:
    """Whether it is a number without a unit."""
    text = isinstance(value, str) and _NUMBER.fullmatch(value)
    return bool(text) or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def plain_number(number: Decimal) -> int | float:
    """The number for JSON: an integer when it has no decimals."""
    return int(number) if number == number.to_integral_value() else float(number)


def _is_of_word(character: str) -> bool:
    """A letter, a digit, or a mark on one, as the vowels of many scripts are."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _canonical_list(values: "list[Any] | tuple[Any, ...]", code: str, kind: AttributeKind) -> Value | None:
    if any(isinstance(value, list | tuple | dict) for value in values):
        raise BadValueError(code, values, kind.type, "a list has plain values only")
    found = [item for value in values if (item := canonical(value, code, kind)) is not None]
    distinct = list({value_key(item): item for item in reversed(found) if not isinstance(item, list)}.values())[::-1]
    if len(distinct) > 1 and kind.type is not AttributeType.TEXT:
        raise BadValueError(code, values, kind.type, "only a text may have several values")
    if len(distinct) <= 1:
        return distinct[0] if distinct else None
    return [str(item) for item in distinct]


def _number(value: "str | float | Decimal", code: str, unit: str) -> int | float:
    if isinstance(value, bool):
        raise BadValueError(code, value, AttributeType.NUMBER)
    text = str(value).replace("\N{MINUS SIGN}", "-")
    found = _NUMBER_THEN_UNIT.fullmatch(text)
    number = Decimal(found[1]) if found else None
    if number is not None and found and found[3] and value_key(found[3]) != value_key(unit):
        number = _in_unit(number, found[3], unit)
    if number is None:
        raise BadValueError(code, value, AttributeType.NUMBER, unit and f"its unit is {unit}")
    digits = number.normalize().as_tuple()
    if len(digits.digits) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
        raise BadValueError(code, value, AttributeType.NUMBER, f"it has more than {MAX_DIGITS} digits")
    return plain_number(number)


def _in_unit(number: Decimal, written: str, unit: str) -> Decimal | None:
    """With as many digits as are stored: a third of an hour has no end. None when it cannot be converted."""
    found = converted(number, written, unit)
    return None if found is None else Context(prec=MAX_DIGITS).plus(found)


def _boolean(value: "str | float | Decimal", code: str) -> bool:
    word = value.casefold() if isinstance(value, str) else value_key(plain_number(Decimal(value)))
    if isinstance(value, bool) or word in TRUE_WORDS | FALSE_WORDS:
        return word in TRUE_WORDS
    raise BadValueError(code, value, AttributeType.BOOLEAN)


def _shared_unit(values: Sequence[Any]) -> str:
    """The unit after the numbers of these values; '' when there is none.

    Of several units it is the commonest, if every value has one of them and each can be converted. A single letter
    counts only behind a space somewhere: '3D' alone is not a number of D.
    """
    units: dict[str, str] = {}
    found = [_NUMBER_THEN_UNIT.fullmatch(value) if isinstance(value, str) else None for value in values]
    for match in found:
        if not match or not (unit := match[3]) or (not match[2] and len(unit) == 1 and unit.isalpha()):
            continue
        if not _UNIT.fullmatch(unit) or len(unit) > _LONGEST_INFERRED_UNIT:
            return ""
        units.setdefault(value_key(unit), unit)
    if len(units) > 1:
        uses = Counter(value_key(match[3] or "") if match else "" for match in found)
        commonest = units[min(units, key=lambda key: (-uses[key], key))]
        is_one_measure = all(is_measured_in(unit, commonest) for unit in units.values())
        return commonest if is_one_measure and uses.keys() == units.keys() else ""
    return next(iter(units.values()), "")
