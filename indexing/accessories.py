"""Tells the thing itself from what is made for it: a laptop from a laptop bag, a printer from its toner.

Search ranks a thing above its accessories unless the words typed name the accessory.
"""

import re

from indexing.plurals import singular

# What is sold for, with or as a part of something else. Head nouns only: a name counts by the last noun of its run.
ACCESSORY_NOUNS = frozenset(
    """
    accessory adapter antenna arm backpack bag battery belt box bracket briefcase bundle cabinet cable cap card care
    cart cartridge case charger chassis cleaner cleaning clip component connector controller converter cooler
    cooling cord coupler cover cradle dock docking drum duplexer enclosure extender extension feeder film filter
    folio fuser guard headphone headset hinge holder holster hook housing hub jacket kbd keyboard keypad kit label
    lamp lens license lid light lock maintenance media module mount mouse pad panel paper part pen pillow plate plug
    pole port pouch privacy protector rack rail ram reader receiver remote replicator ribbon riser roll roller
    service shelf shell skin sleeve socket software spare splitter stacker stand station sticker strap stylus
    subscription supply support table tape tip toner tool transmitter tray trolley upgrade warranty
    """.split()  # noqa: SIM905 - words in running text are easier to keep than a hundred lines of quotes
)
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
    nouns = [word for word, after in zip(words, [*words[1:], ""], strict=False) if _ends_a_run(word, after)]
    if not nouns and words and rest and _FOR.match(rest.group().strip() + " "):
        nouns = words[-1:]
    return list(dict.fromkeys(nouns))


def _ends_a_run(word: str, after: str) -> bool:
    return word in ACCESSORY_NOUNS and after not in ACCESSORY_NOUNS


def names_accessory(text: str) -> bool:
    """Whether what was typed asks for an accessory."""
    return any(singular(word) in ACCESSORY_NOUNS for word in _WORD.findall(text.lower()))
