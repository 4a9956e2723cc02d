"""Tells the thing itself from what is made for it: a laptop from a laptop bag, a printer from its toner.

Search ranks a thing above its accessories unless the words typed name the accessory.
"""

import re

from language.plurals import singular

# What is sold for, with or as a part of something else. Head nouns only: a name counts by the last noun of its run.
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
    """.split()  # noqa: SIM905 - words in running text are easier to keep than a hundred lines of quotes
)
# Compounds with these heads are accessories too: QuickDock, floorstand, patchcord. Not with all nouns: a ThinkPad is no
# pad, a PlayStation no station, and what is rackmount is no mount.
COMPOUND_HEADS = [
    "bag",
    "bracket",
    "cable",
    "cartridge",
    "cord",
    "dock",
    "guard",
    "holder",
    "kit",
    "plate",
    "stand",
    "tray",
]
_COMPOUND = re.compile(rf"[a-z]{{4,}}({'|'.join(COMPOUND_HEADS)})")
# From here on a name tells what comes with the thing, what it is for, or its measures; not before it has named it.
_REST_OF_NAME = re.compile(
    r"\s(?:for|with|w/|incl\.?|including|compatible|\+)\s|,\s|(?<!\d)\s-\s(?!\d)|\(", re.IGNORECASE
)
_NAMED = re.compile(r"[a-z]{3}", re.IGNORECASE)
_FOR = re.compile(r"\bfor\s", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")


def accessory_nouns(name: str, brand: str = "") -> list[str]:
    """What kind of accessory the name describes, [] for a thing in its own right.

    >>> accessory_nouns("Targus ASF154 screen protector Laptop", "Targus")
    ['protector']
    >>> accessory_nouns("HP Pavilion dv7 Notebook with docking station", "HP")
    []
    """
    name = name.removeprefix(brand).strip()
    rest = next((cut for cut in _REST_OF_NAME.finditer(name) if _NAMED.search(name[: cut.start()])), None)
    words = [singular(word) for word in _WORD.findall((name[: rest.start()] if rest else name).lower())]
    heads = [word for word, after in zip(words, [*words[1:], ""], strict=False) if _ends_a_run(word, after)]
    if not heads and words and rest and _FOR.match(rest.group().strip() + " "):
        heads = words
    return _with_own_head(heads[-1]) if heads else []


def _ends_a_run(word: str, after: str) -> bool:
    return _is_accessory(word) and not _is_accessory(after)


def _is_accessory(word: str) -> bool:
    return word in ACCESSORY_NOUNS or bool(_COMPOUND.fullmatch(word))


def _with_own_head(noun: str) -> list[str]:
    """A compound is also what its head says: 'quickdock' a 'dock'."""
    compound = _COMPOUND.fullmatch(noun)
    return [noun, compound.group(1)] if compound else [noun]


def names_accessory(text: str) -> bool:
    """Whether what was typed asks for an accessory."""
    return any(_is_accessory(singular(word)) for word in _WORD.findall(text.lower()))
