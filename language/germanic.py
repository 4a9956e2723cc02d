"""Plurals and cases of German, Dutch and Swedish nouns, and the endings of their adjectives."""

import re

from language.endings import Endings
from language.word_lists import pairs

# Nouns, and ends of compounds, with a plural in -er. Of other words it is a part: a 'Drucker' is no 'Druck'.
_GERMAN_ER = "|".join(
    """
    amt bad band bild blatt brett buch dach ding dorf fach fass feld geld glas glied grab gras gut haupt haus hemd holz
    horn huhn kalb kind kleid korn kraut lamm land licht lied loch mal mann maul mund nest pfand rad rand regiment reis
    rest rind scheit schild schloss schwert spital stift tal tuch tum volk wald weib wicht wort wurm
    """.split()  # noqa: SIM905 - easier to read than quotes
)
_GERMAN_ADJECTIVE = (
    "isch|lich|ig|los|bar|arm|frei|fest|farben|ell|iert|blau|braun|breit|gelb|grau|gross|grun|klein|kurz|lang|neu|rot"
    "|rund|schmal|schwarz|weiss"
)
_german_endings = Endings(
    ("innen", "in"),
    (rf"({_GERMAN_ER})er[ns]?", r"\1"),
    (rf"({_GERMAN_ADJECTIVE})er", r"\1"),
    ("(?<=ial|zip)ien", ""),  # Materialien, Prinzipien
    ("(?<!e)e[mns]?", ""),  # but Tee, Idee
    ("(?<=[elr])n", ""),
    (r"([ns])\1", r"\1"),
    ("s", ""),
    ("(?<=..[beirst])um", ""),  # Zentrum, Zentren
    ("(?<=.(?:nt|rm|em))[ao]", ""),  # Konto, Konten; Firma, Firmen; Thema, Themen
    ("saal", "sal"),
    irregular=pairs(
        """
        atlanten atlas, dramen drama, globen globus, kakteen kaktus, pizzen pizza, villen villa, viren virus
        """
    ),
)
_UE = re.compile("(?<![aeq])ue")  # but not in neue, blaue, Quelle


def german(word: str) -> str:
    """Of 'Schränke' as of 'Schraenke', both folded."""
    return _german_endings(_UE.sub("u", word.replace("ae", "a").replace("oe", "o")))


dutch = Endings(
    ("heden", "heid"),
    ("(been|blad|gelid|gemoed|goed|hoen|kalv|kind|lam|lied|rad|rund|volk)d?eren", r"\1"),
    ("en|e", ""),
    (r"([bdfgklmnprst])\1", r"\1"),  # kat, katten
    (r"([aeou])\1([^aeiou]+)", r"\1\2"),  # maan, manen
    ("v", "f"),  # brief, brieven
    ("z", "s"),  # huis, huizen
    ("s", ""),
    irregular=pairs("eieren ei, koeien koe, leden lid, schepen schip, steden stad"),
)

swedish = Endings(
    ("s", ""),
    ("[aoe]rna", ""),
    ("[aoe]r|e[nt]|an|na|a|e", ""),
    ("(?<=[aeiouylr])n", ""),
    (r"([bdfgklmnprst])\1", r"\1"),
    (r"([bdfgklmnprst])\1([lrn])", r"\1\2"),  # himmel, himlar
    ("ck", "k"),  # bok, böcker
    ("(?<=[^aeiouy])e([lrn])", r"\1"),  # cykel, cyklar
    ("r", ""),
    ("(?<=[ei])um", ""),  # museum, museer
    irregular=pairs(
        "blatt bla, gratt gra, gront gron, nytt ny, rott rod, stort stor, brunt brun, gult gul, litet liten"
    ),
)
