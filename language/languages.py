"""The languages of a catalogue's texts; the setting SEARCH_LANGUAGE selects one."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from language import english, germanic, romance
from language.word_lists import words

MAX_CACHED_WORDS = 65_536  # of each language; a catalogue of 50,000 products has about as many


@dataclass(frozen=True)
class Language:
    code: str  # ISO 639-1
    stem: Callable[[str], str]  # the key of a folded word, which its forms share; need not be a word
    stop_words: frozenset[str]  # folded; no other word has one as its key
    decimal_comma: bool = False
    elides: bool = False  # an apostrophe joins two words: l'ordinateur
    compounds: bool = False  # nouns are joined without a space: Kühlschrank


def current() -> Language:
    return LANGUAGES[settings.SEARCH_LANGUAGE]


def _language(  # noqa: PLR0913 - the fields
    code: str,
    key: Callable[[str], str],
    stop_words: str,
    *,
    decimal_comma: bool = True,
    elides: bool = False,
    compounds: bool = False,
) -> Language:
    stops = words(stop_words)

    @functools.lru_cache(MAX_CACHED_WORDS)
    def stem(word: str) -> str:
        if word in stops or not word.isalpha():
            return word
        stemmed = key(word)
        return word if stemmed in stops else stemmed

    return Language(code, stem, stops, decimal_comma, elides, compounds)


# Stop words are the words without a meaning of their own; with most of them a language can also be recognised.
LANGUAGES = {
    language.code: language
    for language in (
        _language(
            "en",
            english.plural_key,
            """
            a an and are as at be but by for if in into is it its no not of on or such that the their then there these
            they this to was will with
            """,
            decimal_comma=False,
        ),
        _language(
            "de",
            germanic.german,
            """
            aber als am an auch auf aus bei beim bis das dass dem den der des die doch du durch ein eine einem einen
            einer eines er es fur hat ich ihr im in ins ist ja kein keine mit nach nicht noch nur ob oder ohne sich sie
            sind so um und unter vom von vor war was wie wir zu zum zur
            """,
            compounds=True,
        ),
        _language(
            "es",
            romance.spanish,
            """
            a al como con de del desde el en entre es esta este estos estas la las lo los mas muy ni no o para pero por
            que se sin sobre son su sus tu un una unas unos y ya
            """,
        ),
        _language(
            "fr",
            romance.french,
            """
            a au aux avec c ce ces cet cette chez d dans de des du elle en est et il ils j je l la le les leur leurs lui
            m mais n ne nos notre ou par pas pour qu que qui s sa sans se ses son sont sur t ta tes un une vos votre y
            """,
            elides=True,
        ),
        _language(
            "it",
            romance.italian,
            """
            a ad agli ai al alla alle allo anche c che con d da dagli dai dal dalla dalle dallo degli dei del dell della
            delle dello di e ed gli ha i il in io l la le lo ma nei nel nell nella nelle nello non o per piu se si sono
            su sugli sui sul sulla sulle sullo tra un una uno
            """,
            elides=True,
        ),
        _language(
            "nl",
            germanic.dutch,
            """
            aan al als bij dan dat de den der des deze die dit door een en er ervan geen haar het hij ik in is je kan
            maar met mijn na naar niet nog of om onder ons ook op over te tot uit van voor wat we wel wij zo zonder
            """,
            compounds=True,
        ),
        _language(
            "pt",
            romance.portuguese,
            """
            a ao aos as com como da das de do dos e em entre essa esse esta este eu foi isso la mais mas na nas nao nem
            no nos o os ou para pela pelas pelo pelos por que se sem ser seu sua suas um uma umas uns
            """,
        ),
        _language(
            "sv",
            germanic.swedish,
            """
            alla att av da de den denna deras dess det detta dig din du eller en ett for fran ha han har hon i ingen
            inte jag kan med men mot ni nu och om pa sa ska som till ur ut utan var vara vi vid ar at
            """,
            compounds=True,
        ),
        # Neither has plurals; their words are parted by `language.segmentation`, whatever the language.
        _language("ja", str, "", decimal_comma=False),
        _language("zh", str, "", decimal_comma=False),
    )
}
