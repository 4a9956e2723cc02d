"""Demo stores: made-up addresses in real cities, the same ones for the same seed."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

from products.tables import Record

SPREAD = 0.06  # degrees around the middle of a city


def demo_stores(seed: int, count: int) -> Iterator[Record]:
    """The first stores: one in each city, then more in other quarters."""
    random = Random(f"{seed}/places")
    places = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
    cities = random.sample(places["cities"], len(places["cities"]))
    quarters = random.sample(places["quarters"], len(places["quarters"]))
    for number in range(count):
        random = Random(f"{seed}/store/{number}")
        times_round, place = divmod(number, len(cities))
        city, state, zip_start, latitude, longitude = cities[place]
        # Another quarter for each store of a city; a number is added when no quarter is left.
        again, shift = divmod(times_round, len(quarters))
        quarter = quarters[(shift + place) % len(quarters)]
        yield {
            "code": f"DEMO-{number + 1:03}",
            "name": f"{city} {quarter} {again + 1}" if again else f"{city} {quarter}",
            "address": f"{random.randrange(2, 980)} {random.choice(places['streets'])}",
            "city": city,
            "state": state,
            "zip": f"{zip_start}{random.randrange(1, 40):02}",
            "latitude": Decimal(f"{latitude + random.uniform(-SPREAD, SPREAD):.6f}"),
            "longitude": Decimal(f"{longitude + random.uniform(-SPREAD, SPREAD):.6f}"),
        }
