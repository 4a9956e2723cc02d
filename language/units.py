"""The units that amounts are written in, with what each is converted to.

Every unit is a multiple of its base, and only units of one base are converted into each other:
metric and imperial never. Another unit is another row.
"""

import dataclasses
import functools
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from language.normalisation import fold

# What a word goes on with. Chinese and Japanese words stand beside a unit without a space.
LETTERS = r"0-9a-z_\u00df-\u1fff"
WORD_END = rf"(?:(?![{LETTERS}])|(?=x[\d.]))(?!/(?:h|hr|s|sec|min|m|cm|km|kg|l|day)\b)"
_LETTER = re.compile(f"[{LETTERS}]")
_LEFT_OUT = re.compile("[ .-]")
BYTES = "mb"  # the base of amounts of data
PIECES = "pc"
_KIBI, _DIGITS_OF_THOUSAND = Decimal(1024), 3
_PLURAL_FROM = 3  # letters; shorter spellings are symbols, which have no plural


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """One row: `factor` of these make one `base`, and `spellings`, split by '|', are read as it.

    A space in a spelling is also read as none, a hyphen or a dot. Words get their plural with -s.
    `ambiguous`: words that are the unit only without a space; '2 bar stools' are no pressure.
    `least`: smaller numbers are not in this unit; '4K' is no colour temperature.
    `exact`: how a spelling is written that is another unit in other capitals; 'MW' is no milliwatt. Queries are in
    lower case, so only `converted` obeys it.
    """

    base: str
    factor: str
    spellings: str
    ambiguous: str = ""
    least: int = 0
    exact: str = ""


UNITS: tuple[Unit, ...] = (
    # Lengths
    Unit("mm", "0.000001", "nm|nanometer|nanometre", exact="nm"),  # Nm is a torque
    Unit("mm", "0.001", "μm|um|micron|micrometer|micrometre"),
    Unit("mm", "1", "mm|millimeter|millimetre|milimetro|millimetro|ミリメートル|毫米"),
    Unit("mm", "10", "cm|centimeter|centimetre|zentimeter|centimetro|センチ|センチメートル|厘米"),
    Unit("mm", "100", "dm|decimeter|decimetre"),
    Unit("mm", "1000", "m|meter|metre|metro|mtr|mtrs|メートル|米"),
    Unit("mm", "1000000", "km|kilometer|kilometre|kilometro"),
    Unit("in", "0.001", "mil|mils"),
    Unit("in", "1", "\"|''|in|inch|inches|zoll|pouce|pulgada|polegada|pollice|pollici|duim|tum|インチ|英寸"),
    Unit("in", "12", "'|ft|foot|feet"),
    Unit("in", "36", "yd|yds|yard"),
    Unit("in", "63360", "mile"),
    Unit("px", "1", "px|pixel"),
    # Areas
    Unit("mm2", "1", "mm2|sq mm|sqmm|square millimeter|square millimetre"),
    Unit("mm2", "100", "cm2|sq cm|square centimeter|square centimetre|quadratzentimeter"),
    Unit("mm2", "1000000", "m2|sq m|sqm|square meter|square metre|quadratmeter|metro cuadrado|metre carre|qm"),
    Unit("sqin", "1", "sq in|sq inch|sq inches|square inch|square inches|in2"),
    Unit("sqin", "144", "sq ft|sq feet|sq foot|square feet|square foot|ft2"),
    Unit("sqin", "1296", "sq yd|sq yds|square yard|yd2"),
    Unit("acre", "1", "acre"),
    # Volumes
    Unit("ml", "1", "ml|milliliter|millilitre|mililitro|millilitro|cc|cm3|毫升"),
    Unit("ml", "10", "cl|centiliter|centilitre"),
    Unit("ml", "100", "dl|deciliter|decilitre"),
    Unit("ml", "1000", "l|ltr|ltrs|liter|litre|litro|litri|リットル|升"),
    Unit("ml", "1000000", "m3|cbm|cubic meter|cubic metre|kubikmeter"),
    Unit("floz", "1", "fl oz|fluid ounce|fluid oz"),
    Unit("floz", "16", "pint"),
    Unit("floz", "32", "qt|qts|quart"),
    Unit("floz", "128", "gal|gals|gallon"),
    Unit("cuin", "1", "cu in|cubic inch|cubic inches|in3"),
    Unit("cuin", "1728", "cu ft|cubic feet|cubic foot|ft3"),
    Unit("cuin", "46656", "cu yd|cu yds|cubic yard|yd3"),
    # Weights
    Unit("g", "0.000001", "μg|ug|mcg|microgram"),
    Unit("g", "0.001", "mg|milligram|milligramme|miligramo|毫克"),
    Unit("g", "1", "g|gr|gram|gramm|gramme|gramo|grammo|grammi|克"),
    Unit("g", "1000", "kg|kgs|kilo|kilogram|kilogramm|kilogramme|kilogramo|公斤|千克"),
    Unit("g", "1000000", "tonne"),
    Unit("oz", "1", "oz|ounce"),
    Unit("oz", "16", "lb|lbs|pound"),
    Unit("ton", "1", "ton|tons"),
    Unit("gsm", "1", "gsm|g/m2"),
    # Electricity
    Unit("w", "0.001", "mw|milliwatt", exact="mW|mw"),
    Unit("w", "1", "w|watt|watts|vatio|ワット|瓦"),
    Unit("w", "1000", "kw|kilowatt"),
    Unit("va", "1", "va|volt ampere|volt amp"),
    Unit("va", "1000", "kva"),
    Unit("v", "0.001", "mv|millivolt", exact="mV|mv"),
    Unit("v", "1", "v|volt|voltio|vdc|vac|v dc|v ac"),
    Unit("v", "1000", "kv|kilovolt"),
    Unit("a", "0.001", "ma|milliamp|milliampere", exact="mA|ma"),
    Unit("a", "1", "a|amp|ampere|amperio", ambiguous="a"),
    Unit("mah", "1", "mah|milliamp hour|毫安时"),
    Unit("mah", "1000", "ah|amp hour|ampere hour"),
    Unit("wh", "1", "wh|watt hour"),
    Unit("wh", "1000", "kwh|kilowatt hour"),
    Unit("joule", "1", "joule"),
    Unit("joule", "1000", "kilojoule|kj"),
    Unit("ohm", "1", "ohm|ohms|ω"),
    Unit("ohm", "1000", "kohm|kohms|kω"),
    Unit("pf", "1", "pf|picofarad"),
    Unit("pf", "1000", "nf|nanofarad"),
    Unit("pf", "1000000", "μf|uf|mfd|microfarad"),
    Unit("nh", "1", "nh"),
    Unit("nh", "1000", "μh|uh|microhenry"),
    Unit("nh", "1000000", "mh|millihenry"),
    Unit("awg", "1", "awg|gauge|gage|ga"),
    # Power of engines, heat, pressure, flow, speed
    Unit("hp", "1", "hp|horsepower", ambiguous="hp"),
    Unit("btu", "1", "btu|btus|btuh|btu/h|btu/hr"),
    Unit("pa", "1", "pa|pascal"),
    Unit("pa", "100", "mbar|hpa|millibar"),
    Unit("pa", "1000", "kpa"),
    Unit("pa", "100000", "bar", ambiguous="bar|bars"),
    Unit("psi", "1", "psi|pounds per square inch"),
    Unit("ftlb", "1", "ft lb|ft lbs|foot pound"),
    Unit("inlb", "1", "in lb|in lbs|inch pound"),
    Unit("cfm", "1", "cfm"),
    Unit("gpf", "1", "gpf"),
    Unit("gpm", "1", "gpm"),
    Unit("l/h", "1", "l/h|lph"),
    Unit("l/h", "60", "l/min|lpm"),
    Unit("m3/h", "1", "m3/h"),
    Unit("km/h", "1", "km/h|kmh|kph"),
    Unit("mph", "1", "mph"),
    Unit("m/s", "1", "m/s"),
    Unit("rpm", "1", "rpm|u/min|tr/min"),
    # Temperatures and angles
    Unit("degc", "1", "°c|° c|celsius|deg c|degree c|degrees c|degree celsius|degrees celsius|grad celsius"),
    Unit("degf", "1", "°f|° f|fahrenheit|deg f|degree f|degrees f|degree fahrenheit|degrees fahrenheit"),
    Unit("deg", "1", "°|degree|deg"),
    Unit("kelvin", "1", "k|kelvin", least=1000),
    # Light and sound
    Unit("lm", "1", "lm|lumen"),
    Unit("lux", "1", "lux"),
    Unit("nit", "1", "nit|nits|cd/m2|candela"),
    Unit("db", "1", "db|dba|db(a)|decibel"),
    Unit("dbi", "1", "dbi"),
    # Frequencies and time
    Unit("hz", "1", "hz|hertz"),
    Unit("hz", "1000", "khz|kilohertz"),
    Unit("hz", "1000000", "mhz|megahertz"),
    Unit("hz", "1000000000", "ghz|gigahertz"),
    Unit("ms", "1", "ms|msec|millisecond"),
    Unit("ms", "1000", "sec|secs|second|sekunde|sekunden|segundo|seconde"),
    Unit("ms", "60000", "min|mins|minute|minuten|minuto"),
    Unit("ms", "3600000", "h|hr|hrs|hour|stunde|stunden|heure|hora|uur"),
    # Data. Both 1000 and 1024 are in use: `Amount.alternatives`.
    Unit("mb", "0.001", "kb|kib|kilobyte", exact="KB|kB|kb"),
    Unit("mb", "1", "mb|mib|megabyte", exact="MB|mb"),
    Unit("mb", "1000", "gb|gib|gigabyte|go", ambiguous="go", exact="GB|gb"),
    Unit("mb", "1000000", "tb|tib|terabyte|to", ambiguous="to", exact="TB|tb"),
    Unit("kbps", "1", "kbps|kbit|kbit/s"),
    Unit("kbps", "1000", "mbps|mbit|mbits|mbit/s|mbits/s"),
    Unit("kbps", "1000000", "gbps|gbit|gbits|gbit/s|gbits/s|gbe"),
    Unit("mb/s", "1", "mb/s|mb/sec", exact="MB/s|mb/s|MB/sec|mb/sec"),
    Unit("mb/s", "1000", "gb/s|gb/sec", exact="GB/s|gb/s|GB/sec|gb/sec"),
    Unit("gt/s", "1", "gt/s"),
    Unit("bit", "1", "bit|bits"),
    # Pictures and print
    Unit("mp", "1", "mp|mpx|mpix|mpixel|megapixel"),
    Unit("dpi", "1", "dpi"),
    Unit("ppi", "1", "ppi"),
    Unit("ppm", "1", "ppm"),
    Unit("fps", "1", "fps"),
    # Others
    Unit(
        "pc",
        "1",
        "pc(s)|pcs|pc|pce|pces|piece|pack|pk|pkg|pkgs|count|ct|er pack|er set|er|stuck|stucke|stk|teilig|teilige"
        "|teiliges"
        "|tlg|pieza|pza|pzas|unidad|unidades|ud|uds|pezzo|pezzi|pz|stuks|delig|delige|peca|个|個|枚|件|片|支|袋",
        ambiguous="pc|er",
    ),
    Unit("u", "1", "u|ru"),
    Unit("pct", "1", "%|percent|prozent|pct"),
    Unit("denier", "1", "denier"),
)


class UnitTable:
    """Reads a unit at a position of a text."""

    def __init__(self, units: Iterable[Unit] = UNITS) -> None:
        self._units: dict[str, tuple[Unit, Decimal]] = {}
        self._ambiguous: set[str] = set()
        spellings = []
        for unit in units:
            for spelling in _with_plurals(unit.spellings.split("|")):
                self._units[normalise_unit(spelling)] = unit, Decimal(unit.factor)
                spellings.append(spelling)
            self._ambiguous.update(filter(None, unit.ambiguous.split("|")))
        words = [each for each in spellings if _LETTER.match(each[-1])]
        signs = [each for each in spellings if not _LETTER.match(each[-1])]
        # A word ends where no letter follows, '24inx36in' excepted, and goes on in 'km/h'.
        self.pattern = rf"(?:{_any_of(words)}){WORD_END}(?:\.(?![{LETTERS}]))?|{_any_of(signs)}"

    def is_ambiguous(self, spelling: str) -> bool:
        """Whether the word is the unit only without a space before it."""
        return spelling in self._ambiguous

    def read(self, spelling: str) -> tuple[Unit, Decimal]:
        """The unit of a text that `pattern` matches, with its factor."""
        return self._units[normalise_unit(spelling)]

    def known(self, written: str) -> tuple[Unit, Decimal] | None:
        """The unit that a text is, as it is written, with its factor; None for another text."""
        found = self._units.get(normalise_unit(fold(written)))
        capitals = found[0].exact.split("|") if found else []
        is_other = written not in capitals and written.casefold() in map(str.casefold, capitals)
        return None if is_other else found


def normalise_unit(spelling: str) -> str:
    """Without the spaces, dots and hyphens that people write or leave out: 'sq. ft.' -> 'sqft'."""
    return _LEFT_OUT.sub("", spelling)


def _with_plurals(spellings: Sequence[str]) -> list[str]:
    plurals = (f"{each}s" for each in spellings if len(each) >= _PLURAL_FROM and each.isascii() and each[-1].isalpha())
    return [*spellings, *plurals]


def _any_of(spellings: Iterable[str]) -> str:
    """An alternation, in groups of one first letter, so that few are tried."""
    groups: dict[str, list[str]] = {}
    for spelling in sorted(set(spellings), key=lambda each: (-len(each), each)):
        groups.setdefault(spelling[0], []).append(r"\.?[ -]?".join(map(re.escape, spelling[1:].split(" "))))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in groups.items())


DEFAULT_UNITS = UnitTable()


def converted(number: Decimal, unit: str, to: str) -> Decimal | None:
    """The number in the unit `to`; None when one of the units is unknown, or neither is a multiple of the other.

    Bytes go by 1000, but a number that only counting in 1024 makes round goes by that: 8192 MB are 8 GB, 0.5 TB 500 GB.
    """
    given, wanted = _known(unit), _known(to)
    if not given or not wanted or given[0].base != wanted[0].base:
        return None
    share = given[1] / wanted[1]
    steps = -share.adjusted() // _DIGITS_OF_THOUSAND
    if given[0].base == BYTES and steps > 0 and is_binary(number):
        return number / _KIBI**steps
    return number * given[1] / wanted[1]


def is_measured_in(unit: str, other: str) -> bool:
    """Whether both units measure the same, without doubt: not bytes, and not pieces, of which '1 pack' may have 10."""
    given, wanted = _known(unit), _known(other)
    return bool(given and wanted and given[0].base == wanted[0].base not in {BYTES, PIECES})


def is_binary(number: Decimal) -> bool:
    """Whether a number of bytes counts in 1024: 8192 or 512, but not 500 or 64000."""
    return number > 0 and number % (_KIBI / 4) == 0 and number % 1000 != 0


@functools.lru_cache(1_000)
def _known(written: str) -> tuple[Unit, Decimal] | None:
    return DEFAULT_UNITS.known(written)
