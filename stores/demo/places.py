"""Demo stores: made-up addresses in real cities, the same ones for the same seed."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from products.csv_table import Record

SPREAD = 0.06  # degrees around the middle of a city


class DemoStores:
    """Stores by number, from 0: first one in each city, then more in other quarters."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        random = Random(f"{seed}/places")
        places = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
        self._cities: list[list[Any]] = random.sample(places["cities"], len(places["cities"]))
        self._quarters: list[str] = random.sample(places["quarters"], len(places["quarters"]))
        self._streets: list[str] = places["streets"]

    def stores(self, count: int) -> Iterator[Record]:
        return (self.store(number) for number in range(count))

    def store(self, number: int) -> Record:
        random = Random(f"{self._seed}/store/{number}")
        times_round, place = divmod(number, len(self._cities))
        city, state, zip_start, latitude, longitude = self._cities[place]
        # Another quarter for each store of a city; a number is added when no quarter is left.
        again, shift = divmod(times_round, len(self._quarters))
        quarter = self._quarters[(shift + place) % len(self._quarters)]
        return {
            "code": f"DEMO-{number + 1:03}",
            "name": f"{city} {quarter} {again + 1}" if again else f"{city} {quarter}",
            "address": f"{random.randrange(2, 980)} {random.choice(self._streets)}",
            "city": city,
            "state": state,
            "zip": f"{zip_start}{random.randrange(1, 40):02}",
            "latitude": Decimal(f"{latitude + random.uniform(-SPREAD, SPREAD):.6f}"),
            "longitude": Decimal(f"{longitude + random.uniform(-SPREAD, SPREAD):.6f}"),
        }
