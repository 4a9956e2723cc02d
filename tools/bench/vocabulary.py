"""Words for a generated catalogue, and more different ones the larger it is."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

CATEGORIES = {
    "Computers > Laptops": ("laptop", "notebook", "ultrabook", "chromebook"),
    "Computers > Desktops": ("desktop", "workstation", "tower"),
    "Computers > Monitors": ("monitor", "display", "screen"),
    "Computers > Storage": ("ssd", "hard drive", "usb stick", "memory card"),
    "Computers > Accessories": ("keyboard", "mouse", "docking station", "webcam", "laptop sleeve"),
    "Office > Printers": ("printer", "scanner", "laser printer"),
    "Office > Supplies > Ink and Toner": ("toner cartridge", "ink cartridge", "drum unit"),
    "Office > Supplies > Paper": ("copy paper", "photo paper", "label roll"),
    "Phones > Smartphones": ("smartphone", "phone"),
    "Phones > Accessories": ("phone case", "charger", "screen protector"),
    "Audio > Headphones": ("headphones", "headset", "earbuds"),
    "Audio > Speakers": ("speaker", "soundbar"),
    "Video > Televisions": ("television", "smart tv"),
    "Video > Cameras": ("camera", "camcorder", "tripod"),
    "Networking": ("router", "switch", "access point", "patch cable"),
    "Gaming": ("console", "controller", "gaming chair"),
}
ADJECTIVES = (
    "compact",
    "wireless",
    "slim",
    "portable",
    "professional",
    "rugged",
    "silent",
    "ergonomic",
    "dual",
    "smart",
)
COLOURS = ("black", "white", "silver", "blue", "red", "green", "grey", "gold")
SYLLABLES = (
    "ba",
    "cor",
    "del",
    "fin",
    "gar",
    "hel",
    "jun",
    "kor",
    "lum",
    "mar",
    "nex",
    "or",
    "pra",
    "qui",
    "ras",
    "sol",
)
ENDINGS = ("a", "en", "ix", "on", "ra", "tek", "um", "va")
BRANDS = 160
STORE_WITH_EVERYTHING = "BENCH-ALL"  # its code
UNITS = 1_000_000  # in stock of each product: more than any benchmark sells
PRODUCTS_PER_SERIES = 8  # on average, whatever the size of the catalogue


@dataclass(frozen=True)
class GeneratedProduct:
    sku: str
    name: str
    brand: str
    category: str
    price: str
    description: str


def made_up_word(rng: random.Random, syllables: Sequence[int]) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.choice(syllables))) + rng.choice(ENDINGS)


class Generator:
    """Products of a catalogue of a given size; the same seed generates the same products."""

    def __init__(self, size: int, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        self._brands = [made_up_word(self._rng, (1, 2)).capitalize() for _ in range(BRANDS)]
        series = max(20, size // PRODUCTS_PER_SERIES)
        self._series = [made_up_word(self._rng, (3, 4)).capitalize() for _ in range(series)]
        self._categories = list(CATEGORIES)

    def product(self, number: int) -> GeneratedProduct:
        rng = self._rng
        category, brand, series = rng.choice(self._categories), rng.choice(self._brands), rng.choice(self._series)
        kind, adjective, colour = rng.choice(CATEGORIES[category]), rng.choice(ADJECTIVES), rng.choice(COLOURS)
        size = rng.choice((4, 8, 16, 32, 64, 128, 256))
        return GeneratedProduct(
            sku=f"{brand[:3].upper()}-{number:07d}",
            name=f"{brand} {series} {adjective} {kind} {size}GB {colour}",
            brand=brand,
            category=category,
            price=f"{rng.lognormvariate(4, 1):.2f}",
            description=f"The {adjective} {kind} of the {series} series by {brand}, in {colour}, with {size} GB. "
            f"Goes with {rng.choice(self._series)} and {rng.choice(self._series)}.",
        )
