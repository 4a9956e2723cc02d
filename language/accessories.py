"""Tells products from accessories by name: a laptop from a laptop bag, a printer from its toner.

Search ranks a product above its accessories unless the typed words name the accessory.
"""

import re

from language.plurals import singular

# Products that are sold for, with or as a part of another product. Only head nouns: of several
# accessory nouns the last one says what the product is.
ACCESSORY_NOUNS = frozenset(
    """
    accessory adapter antenna arm backpack bag battery belt bezel box bracket briefcase bundle cabinet cable caddy cap
    card care carrier cart cartridge case charger chassis cleaner cleaning clip component connector controller
    converter cooler cooling cord coupler cover cradle dock docking drum duplexer enclosure extender extension feeder
    film filter folio fuser guard headphone headset hinge holder holster hook housing hub jacket kbd keyboard keypad
    kit label lamp lens license lid light lock maintenance media module mount mouse pad panel paper part pen pillow
    plate plug pole port pouch privacy protector rack rail ram reader receiver remote replicator rest ribbon riser
    roll roller service shelf shell skin sleeve socket software spare splitter stacker stand station sticker strap
    stylus subscription supply support table tape tip toner tool toolbar transmitter tray trolley upgrade warranty
    wire
    """.split()  # noqa: SIM905 - easier to maintain than a hundred lines of quotes
)
# Compounds with these heads are accessories too: QuickDock, floorstand, patchcord. Those with other
# nouns are not: a ThinkPad is no pad, a PlayStation no station, and a rackmount server no mount.
_COMPOUND = re.compile(r"[a-z]{4,}(bag|bracket|cable|cartridge|cord|dock|guard|holder|kit|plate|stand|tray)")
# What follows is included with the product, is what it fits, or is its size; but only after the
# product was named.
_REST_OF_NAME = re.compile(
    r"\s(?:for|with|w/|incl\.?|including|compatible|\+)\s|,\s|(?<!\d)\s-\s(?!\d)|\(", re.IGNORECASE
)
_NAMED = re.compile(r"[a-z]{3}", re.IGNORECASE)
_FOR = re.compile(r"\bfor\s", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")


def accessory_nouns(name: str, brand: str = "") -> list[str]:
    """The kind of accessory that a name describes, with its head; [] when it is no accessory.

    >>> accessory_nouns("Targus ASF154 screen protector Laptop", "Targus")
    ['protector']
    >>> accessory_nouns("HP Pavilion dv7 Notebook with docking station", "HP")
    []
    """
    name = name.removeprefix(brand).strip()
    rest = next((cut for cut in _REST_OF_NAME.finditer(name) if _NAMED.search(name[: cut.start()])), None)
    words = [singular(word) for word in _WORD.findall((name[: rest.start()] if rest else name).lower())]
    heads = [word for word in words if _is_accessory(word)]
    if not heads and words and rest and _FOR.match(rest.group().strip() + " "):
        heads = words
    if not heads:
        return []
    noun = heads[-1]
    compound = _COMPOUND.fullmatch(noun)
    return [noun, compound.group(1)] if compound else [noun]


def _is_accessory(word: str) -> bool:
    return word in ACCESSORY_NOUNS or bool(_COMPOUND.fullmatch(word))


def names_accessory(text: str) -> bool:
    return any(_is_accessory(singular(word)) for word in _WORD.findall(text.lower()))
