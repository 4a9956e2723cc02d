"""Keys of words by their endings: rules that are applied until none changes the word any more.

The rules of a language turn a plural into its singular somewhere on the way, and then both end at the same key, even
where the singular looks like a plural itself. Library stemmers (Snowball) go one way once, and part 5 to 20 % of the
singulars from their plurals (docs/decisions/terms.md).
"""

import re
from collections.abc import Mapping


class Endings:
    """Callable: the key of a folded word. The first rule that matches is applied, then again from the first."""

    def __init__(self, *rules: tuple[str, str], shortest: int = 3, irregular: Mapping[str, str] | None = None) -> None:
        self._rules = [(re.compile(f"(?:{ending})$"), replacement) for ending, replacement in rules]
        self._shortest = shortest
        self._irregular = irregular or {}

    def __call__(self, word: str) -> str:
        word = self._irregular.get(word, word)
        while (shorter := self._apply(word)) != word:
            word = shorter
        return word

    def _apply(self, word: str) -> str:
        for ending, replacement in self._rules:
            changed = ending.sub(replacement, word)
            if changed != word and len(changed) >= self._shortest:
                return changed
        return word
