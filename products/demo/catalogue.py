"""The demo catalogue: made-up products, the same ones for the same seed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from products.demo.vocabulary import Choice, Shelf, shelves
from products.upsert import ProductRecord

FIRST_RELEASE, RELEASE_DAYS = date(2019, 1, 1), 2_700
SENTENCES = 3
ATTRIBUTES_SHARE = 0.75  # of a price's place in its category's range; the brand and line decide the rest
HALF_UNITS_BELOW, CENTS_BELOW = 20, 100  # prices that end in .49 or .99, and in .95


@dataclass(frozen=True)
class _Walk:
    """An order of a shelf's choices that visits each once before any is repeated."""

    shelf: Shelf
    start: int
    stride: int  # without a common factor with the number of choices

    @classmethod
    def shuffled(cls, shelf: Shelf, random: Random) -> "_Walk":
        strides = [stride for stride in range(1, shelf.size) if math.gcd(stride, shelf.size) == 1]
        return cls(shelf, random.randrange(shelf.size), random.choice(strides))

    def choice(self, step: int) -> tuple[Choice, int]:
        """The choice at a step, and its generation: 1 the first time round."""
        earlier, step = divmod(step, self.shelf.size)
        return self.shelf.choice((self.start + step * self.stride) % self.shelf.size), earlier + 1


def demo_products(seed: int, count: int) -> Iterator[ProductRecord]:
    """The first products. Each depends on the seed and its number alone."""
    random = Random(f"{seed}/walks")
    walks = [_Walk.shuffled(shelf, random) for shelf in shelves()]
    turns = [walk for walk in walks for _ in range(walk.shelf.share)]
    random.shuffle(turns)
    numbered_turns = [(walk, turns[:place].count(walk)) for place, walk in enumerate(turns)]
    for number in range(count):
        rounds, turn = divmod(number, len(turns))
        walk, earlier = numbered_turns[turn]
        choice, generation = walk.choice(rounds * walk.shelf.share + earlier)
        random = Random(f"{seed}/{number}")
        line = choice.line if generation == 1 else f"{choice.line} {generation}"
        about = random.sample(walk.shelf.about, min(SENTENCES, len(walk.shelf.about)))
        yield ProductRecord(
            sku=f"{choice.brand.code}-{walk.shelf.code}-{number + 1:05}",
            name=walk.shelf.name.format(brand=choice.brand.name, line=line, **choice.attributes),
            brand=choice.brand.name,
            category=walk.shelf.path,
            price=_price(seed, walk.shelf, choice),
            description=" ".join(about).format(**choice.attributes),
            attributes=dict(choice.attributes),
            released=FIRST_RELEASE + timedelta(days=random.randrange(RELEASE_DAYS)),
        )


def _price(seed: int, shelf: Shelf, choice: Choice) -> Decimal:
    """One price for a brand's line in a category, higher with attributes that cost more."""
    family = Random(f"{seed}/{shelf.code}/{choice.brand.code}/{choice.line}").random()
    place = ATTRIBUTES_SHARE * shelf.expense(choice.attributes) + (1 - ATTRIBUTES_SHARE) * family
    low, high = shelf.price
    amount = low * (high / low) ** place * choice.brand.level
    if amount < HALF_UNITS_BELOW:
        return Decimal(max(1, round(amount * 2))) / 2 - Decimal("0.01")
    if amount < CENTS_BELOW:
        return Decimal(round(amount)) - Decimal("0.05")
    return Decimal(round(amount / 10) * 10 - 1).quantize(Decimal("0.01"))
