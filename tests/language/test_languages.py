"""In each language, the forms of a word have one key: what a shopper types finds the product in its form."""

import pytest

from language.languages import LANGUAGES, Language
from language.normalisation import fold
from language.word_lists import pairs

pytestmark = pytest.mark.unit

SAME = {
    "de": """
        Schrank Schränke, Schrank Schraenke, Lampe Lampen, Haus Häuser, Kleid Kleider, Glas Gläser, Weinglas
        Weingläser, Stuhl Stühle, Tisch Tische, Drucker Druckern, Schuh Schuhe, Jacke Jacken, Sofa Sofas, Handy
        Handys, Bett Betten, Schlüssel Schlüsseln, Kissen Kissens, Bus Busse, Zeugnis Zeugnisse, Schloss
        Schlösser, Kabel Kabeln, Buch Bücher, Regal Regale, Topf Töpfe, Messer Messern, Aquarium Aquarien,
        Zentrum Zentren, Material Materialien, Saal Säle, schwarz schwarzer, weiße weißen, elektrisch
        elektrischer, Grösse Größen, Thema Themen, Freundin Freundinnen
        """,
    "es": """
        zapato zapatos, árbol árboles, luz luces, lápiz lápices, coche coches, camión camiones, sofá sofás,
        reloj relojes, café cafés, autobús autobuses, arnés arneses, mes meses, país países, pantalón
        pantalones, impresora impresoras, bolsillo bolsillos, eléctrica eléctrico, inalámbricas inalámbrico,
        negro negras, roja rojos, rey reyes
        """,
    "fr": """
        sportif sportive, portatives portatif,
        cheval chevaux, journal journaux, travail travaux, bateau bateaux, jeu jeux, bijou bijoux, tuyau tuyaux,
        pneu pneus, lampe lampes, écran écrans, souris souris, tapis tapis, œil yeux, noir noires, blanche
        blancs, verte vert, chaussure chaussures, festival festivals, détail détails, prix prix
        """,
    "it": """
        scarpa scarpe, libro libri, chiave chiavi, orologio orologi, camicia camicie, arancia arance, lago
        laghi, tedesco tedeschi, banca banche, zaino zaini, bianco bianche, lampada lampade, uomo uomini, uovo
        uova, città città, computer computer, problema problemi
        """,
    "nl": """
        lamp lampen, kat katten, maan manen, huis huizen, brief brieven, kast kasten, tafel tafels, foto fotos,
        kaas kazen, schoen schoenen, boek boeken, raam ramen, glas glazen, muis muizen, kind kinderen, ei
        eieren, stad steden, zwart zwarte, wit witte, mogelijkheid mogelijkheden, deken dekens, artikel
        artikelen, tas tassen
        """,
    "pt": """
        sapato sapatos, flor flores, luz luzes, botão botões, mão mãos, pão pães, mãe mães, papel papéis, lençol
        lençóis, azul azuis, funil funis, portátil portáteis, homem homens, jardim jardins, mês meses, país
        países, chave chaves, elétrica elétrico, preta pretos, vermelha vermelhos, hífen hifens, lápis lápis
        """,
    "sv": """
        stol stolar, stolen stolarna, lampa lampor, lampan lamporna, bord bordet, rum rummet, hus huset, äpple
        äpplen, cykel cyklar, cykeln cyklarna, bok böcker, fot fötter, skjorta skjortor, sko skor, skon skorna,
        museum museer, himmel himlar, svart svarta, röd rött, stor stort, skrivare skrivaren, nyckel nycklar,
        jacka jackans
        """,
}
DIFFERENT = {
    "de": "Drucker Druck, Hefter Heft, Kocher Koch, Spieler Spiel, Waage Wagen, Reis Kreis, Raum Rand",
    "es": "puerto puerta, bolso bolsa, impresora impreso, gorra gorro, ratón rata",
    "fr": "port porte, imprimante imprimer, chaussure chausson, cadre cadran, batterie bateau",
    "it": "stampante stampa, cartella carta, porta porticato",
    "nl": "printer print, kast kist, lamp lamel",
    "pt": "porto porta, impressora impresso, pente ponta",
    "sv": "stol stolpe, lampa lamell, bord bard",
}


def _cases(lists: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(code, one, other) for code, text in lists.items() for one, other in pairs(text).items()]


@pytest.mark.parametrize(("code", "one", "other"), _cases(SAME))
def test_forms_of_a_word_have_one_key(code: str, one: str, other: str) -> None:
    stem = LANGUAGES[code].stem
    assert stem(fold(one)) == stem(fold(other))


@pytest.mark.parametrize(("code", "one", "other"), _cases(DIFFERENT))
def test_different_words_have_different_keys(code: str, one: str, other: str) -> None:
    stem = LANGUAGES[code].stem
    assert stem(fold(one)) != stem(fold(other))


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_stop_words_are_folded_and_keys_of_their_own(language: Language) -> None:
    stop_words, stem = language.stop_words, language.stem
    assert [word for word in stop_words if fold(word) != word or stem(word) != word] == []


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_words_with_digits_are_left_alone(language: Language) -> None:
    assert language.stem("rtx3060es") == "rtx3060es"
