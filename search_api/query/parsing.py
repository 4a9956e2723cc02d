"""From typed text to its meaning.

Words, amounts, quoted phrases, minus words, codes, and synonyms are distinguished here. The engine
never reads a shopper's text as query syntax; these rules are all the syntax there is.
"""

import dataclasses
import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum

from language.amounts import is_amount
from language.codes import MAX_JOINED, MIN_CODE_LENGTH, joined_codes, looks_like_code, normalise_code
from language.compounds import Compounds
from language.kind import head
from language.languages import current
from language.segmentation import has_ideographs
from language.synonyms import MAX_PHRASE_WORDS, SynonymTable, expansions
from language.terms import Term, analyse, joined_pairs, stems
from products.gtin import LENGTHS as GTIN_LENGTHS
from products.gtin import search_forms
from search_api.query.minus_words import exclusions
from search_api.query.named_values import Named

MAX_TERMS = 60  # of a text; further ones are ignored, because each costs time
MAX_TERM_LENGTH = 50  # characters; no word of a catalogue is longer
MIN_JOINED_LENGTH = 4  # characters; shorter joined pairs are accidents
# What a form of a word counts, against the word as it was typed. A joined form, 'smartwatch' for
# 'smart watch', is right, but rare: its own weight would outweigh all else.
# A compound with the word as its last part is such a thing, 'Kühlschrank'; with it as the first one it is another,
# 'Apfelsaft'.
SYNONYM, JOINED, COMPOUND, FIRST_OF_COMPOUND = 0.5, 0.3, 0.5, 0.3
MAX_COMPOUNDS = 30  # of a word, the most frequent
_QUOTES = str.maketrans("“”„«»″", '"' * 6)
_PHRASE = re.compile(r'(?:^|(?<=\s))"([^"]+)"(?=\s|$)')  # in 15.6" no phrase starts
_TOKEN = re.compile(r"\S+")
_NUMBER_AND_WORD = re.compile(r"(\d{1,4})([^\W\d_]{2,})")  # '80grit'


class Match(StrEnum):
    """Where a form is looked up."""

    WORDS = "words"  # all its stems, in any field
    PAIR = "pair"  # neighbours in the name, or a code with spaces in it or in an attribute, that together are the word
    SKU = "sku"
    CODE = "code"
    CODE_PREFIX = "code prefix"
    JOINED_CODE = "joined code"  # typed as several words
    VALUE = "value"  # the term of an attribute's value
    VALUE_AS_WORD = "value as word"  # the same, of a value that counts as a word in an attribute does
    WORD_START = "word start"  # a word of the name begins nearly so


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """One way in which a product may have a word. `weight` is for `Match.WORDS` and `Match.PAIR`."""

    match: Match
    stems: tuple[str, ...]
    weight: float = 1.0
    names_kind: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Concept:
    """A word, amount or code of the query. A product has it when it has one of the forms."""

    text: str  # as typed
    written: str  # folded
    forms: tuple[Form, ...]
    start: int  # in the query
    end: int

    @property
    def is_code(self) -> bool:
        return any(form.match is Match.CODE for form in self.forms)

    @property
    def names(self) -> list[str]:
        """The stems that may name the kind of thing: of each form of words the last one."""
        forms = (form for form in self.forms if form.match is Match.WORDS and form.names_kind)
        return list(dict.fromkeys(form.stems[-1] for form in forms))


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedQuery:
    """`nothing`: text was typed, but no word, so that there are no hits."""

    q: str = ""
    concepts: tuple[Concept, ...] = ()
    phrases: tuple[str, ...] = ()  # stems, separated by spaces
    excluded: tuple[str, ...] = ()  # stems too, of what hits must not have
    name: str = ""  # the stems of the whole text, in case it is the name of a product
    nothing: bool = False
    head: int | None = None  # the place of the concept that names the kind of thing
    named: tuple[Named, ...] = ()  # values that concepts name

    @property
    def text(self) -> str:
        return " ".join(concept.text for concept in self.concepts)


def parse(q: str, synonyms: SynonymTable, compounds: Compounds | None = None) -> ParsedQuery:
    """What the text means. Never fails: what cannot be understood is ignored."""
    text = q.translate(_QUOTES)
    quoted = (phrase for found in _PHRASE.findall(text) for phrase in _runs(found))
    phrases = tuple(itertools.islice(filter(None, map(_limited, quoted)), MAX_TERMS))
    # Blanks instead of what is taken out, so that every place stays the place in `q`.
    rest = _PHRASE.sub(lambda found: " " * len(found.group()), text)
    terms = analyse(rest)
    minus = exclusions(rest)
    without = (_limited(itertools.chain(*_runs(rest[start + 1 : end]))) for start, end in minus)
    excluded = tuple(filter(None, without))[:MAX_TERMS]
    for start, end in minus:
        rest = rest[:start] + " " * (end - start) + rest[end:]
        terms = [term for term in terms if not start <= term.start < end]
    concepts = _concepts(rest, _without_stop_words(terms, synonyms)[:MAX_TERMS], synonyms, compounds)
    named = head(rest, terms)
    return ParsedQuery(
        q=q,
        concepts=tuple(concepts),
        phrases=phrases,
        excluded=excluded,
        name=" ".join(stems(q)),
        nothing=bool(q.strip()) and not (concepts or phrases or excluded),
        head=next((place for place, one in reversed([*enumerate(concepts)]) if named in one.names[:1]), None),
    )


def _runs(text: str) -> list[list[str]]:
    """The stems that stand side by side in a document with the text; of each run of ideographs, all pairs."""
    if not has_ideographs(text):
        return [stems(text)]
    runs: list[list[str]] = []
    end = 0
    for term in analyse(text):
        if term.start >= end:
            runs.append([])
        runs[-1].append(term.stem)
        end = term.end
    return runs


def _limited(words: Iterable[str]) -> str:
    return " ".join(word[:MAX_TERM_LENGTH] for word in itertools.islice(words, MAX_TERMS))


def _without_stop_words(terms: list[Term], synonyms: SynonymTable) -> list[Term]:
    """Stop words say nothing about a product; those of a known phrase stay: 'all in one printer'."""
    stop_words = current().stop_words
    if stop_words.isdisjoint(term.written for term in terms):
        return terms
    known = {place for start, length, _ in _known_phrases(terms, synonyms) for place in range(start, start + length)}
    meaningful = [term for place, term in enumerate(terms) if term.written not in stop_words or place in known]
    return meaningful or terms


def _known_phrases(terms: list[Term], synonyms: SynonymTable) -> Iterator[tuple[int, int, tuple[tuple[str, ...], ...]]]:
    """The place, length and synonyms of every phrase that has some; of overlapping ones the longest first."""
    place = 0
    while place < len(terms):
        for length in range(min(MAX_PHRASE_WORDS, len(terms) - place), 0, -1):
            if found := expansions([term.stem for term in terms[place : place + length]], synonyms):
                yield place, length, found
                place += length - 1
                break
        place += 1


def _concepts(text: str, terms: list[Term], synonyms: SynonymTable, compounds: Compounds | None) -> list[Concept]:
    forms: list[dict[Form, None]] = [
        dict.fromkeys(
            Form(Match.WORDS, tuple(stem[:MAX_TERM_LENGTH] for stem in way.split()))
            for way in (term.stem, *term.alternatives)
        )
        for term in terms
    ]
    for place, length, phrases in _known_phrases(terms, synonyms):
        # A synonym of several words stands for each of them, and counts once for all.
        alternatives = [Form(Match.WORDS, phrase, SYNONYM / length) for phrase in phrases]
        for one in forms[place : place + length]:
            one.update(dict.fromkeys(alternatives))
    for one, term in zip(forms, terms, strict=True):
        one.update(dict.fromkeys(_forms_of_parts(term, compounds)))
    for first, second, joined in joined_pairs(terms):
        if len(joined) >= MIN_JOINED_LENGTH or _is_designation(joined):
            # Documents may have two neighbouring words as one.
            pair = Form(Match.WORDS, (joined,), JOINED)
            forms[terms.index(first)][pair] = forms[terms.index(second)][pair] = None
    for run in joined_codes([text[term.start : term.end] for term in terms]):
        match = Match.CODE if run.whole else Match.JOINED_CODE
        for one in forms[run.start : run.end]:
            one[Form(match, (run.code,))] = None
            one.update(dict.fromkeys(_as_one_word(run.code) if run.is_spaced else ()))
    for one, term in zip(forms, terms, strict=True):
        if len(term.written) >= MIN_JOINED_LENGTH or _is_designation(term.written):
            one[Form(Match.PAIR, (term.stem,), JOINED)] = None
    concepts = [
        Concept(text[term.start : term.end], term.written, tuple(one), term.start, term.end)
        for term, one in zip(terms, forms, strict=True)
    ]
    return _with_codes(text, concepts)


def _as_one_word(code: str) -> tuple[Form, Form]:
    """A code that was typed in parts, as documents have it that write it as one word or in other parts."""
    return Form(Match.WORDS, (code,), JOINED, names_kind=False), Form(Match.PAIR, (code,), JOINED)


def _is_designation(word: str) -> bool:
    """A letter and a number: 'e27', 'h7', which people also write as two words."""
    return word[:1].isalpha() and word[1:].isdecimal()


def _forms_of_parts(term: Term, compounds: Compounds | None) -> Iterator[Form]:
    """The compounds with the word, and the words that it is a compound of, or a number and a word."""
    if (parts := _NUMBER_AND_WORD.fullmatch(term.written)) and not is_amount(term.written):
        yield Form(Match.WORDS, (parts[1], current().stem(parts[2])), JOINED, names_kind=False)
    if compounds:
        last = compounds.ending_with(term.written)[:MAX_COMPOUNDS] if term.written.isalpha() else []
        for compound in last:
            yield Form(Match.WORDS, (compound,), COMPOUND)
        for compound in compounds.beginning_with(term.written)[: MAX_COMPOUNDS - len(last)]:
            yield Form(Match.WORDS, (compound,), FIRST_OF_COMPOUND, names_kind=False)
        if known := compounds.parts(term.written):
            yield Form(Match.WORDS, known, COMPOUND)


def _with_codes(text: str, concepts: list[Concept]) -> list[Concept]:
    """The words of each code, 'dv7-1211ea', as one concept; a word that may be a SKU has that form too."""
    tokens = list(_TOKEN.finditer(text))
    only_token = len(tokens) == 1
    found = list(concepts)
    for token in tokens:
        code = normalise_code(token.group())
        parts = [one for one in found if token.start() <= one.start and one.end <= token.end()]
        is_code = looks_like_code(token.group()) and not has_ideographs(token.group())
        if not parts or not code or not (is_code or only_token):
            continue
        exact = [Form(Match.SKU, (code,))]
        if is_code:
            exact += [Form(Match.CODE, (code,)), Form(Match.CODE_PREFIX, (code,))]
            words = tuple(one.forms[0].stems[0] for one in parts)
            own = parts[0].forms if len(parts) == 1 else (Form(Match.WORDS, words), *_as_one_word(code))
            start, end = parts[0].start, parts[-1].end
            changed = [Concept(text[start:end], parts[-1].written, (*own, *exact), start, end)]
        else:
            changed = [dataclasses.replace(one, forms=(*one.forms, *exact)) for one in parts]
        place = found.index(parts[0])
        found[place : place + len(parts)] = changed
    code = normalise_code(text)
    if 1 < len(tokens) <= MAX_JOINED and len(code) >= MIN_CODE_LENGTH and any(map(str.isdigit, code)):
        sku = Form(Match.SKU, (code,))  # typed as several words
        found = [dataclasses.replace(one, forms=(*one.forms, sku)) for one in found]
    if len(tokens) > 1 and len(code) in GTIN_LENGTHS and search_forms(text):  # '4 006381 333931', as printed
        gtin = Form(Match.CODE, (code,))
        found = [dataclasses.replace(one, forms=(*one.forms, gtin)) for one in found]
    return found


def without(parsed: ParsedQuery, written: Collection[str]) -> ParsedQuery:
    """The query without these words."""
    concepts = tuple(one for one in parsed.concepts if one.written not in written)
    head_word = parsed.concepts[parsed.head] if parsed.head is not None else None
    return dataclasses.replace(
        parsed, concepts=concepts, head=concepts.index(head_word) if head_word in concepts else None
    )
