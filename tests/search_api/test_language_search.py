"""In each language, what a shopper types finds the product in another form, with and without OpenSearch."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from indexing.models import ProductTerms
from search_api.contracts import SearchRequest
from search_api.query import compound_words
from search_api.services import search
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

CATALOGUES = {
    "de": """
        Kühlschrank weiß 2,5 kW; Kleiderschrank Eiche; Wäscheschränke; Stehlampe schwarz; Herrenschuhe Leder; Holztisch;
        Drucker; Druck auf Leinwand; Weingläser 6 Stück; Größe L Jacke;
        Bergkäse 300 g; Olivenöl; Katzenstreu; Kaffeefilter Größe 4; Filterkaffee; Ziegenfrischkäse; Frischkäse
        """,
    "fr": """
        Lampe de bureau; Journaux anciens; Bijoux d'argent; Filtre à eau; Robe noire; Porte en bois; Port USB 2,5 m
        """,
    "es": "Zapatos de niño; Luces de jardín; Lámpara eléctrica; Bolso negro; Bolsa de papel; Lápices de color",
    "it": "Scarpe da corsa; Orologi da polso; Filtro dell'acqua; Camicia bianca; Chiavi inglesi",
    "nl": "Koelkast wit; Boekenkasten; Lampen; Muizen draadloos; Foto's lijst; Tafelpoten",
    "pt": "Botões de camisa; Computador portátil; Luzes de jardim; Sapato preto; Chaves de fendas",
    "sv": "Bordslampor; Skor herr; Cyklar; Böcker om mat; Kylskåp; Nyckelring",
    "ja": "ワイヤレスイヤホン 黒; 折りたたみ傘; USB充電器 20W; ガスコンロ; A4用紙 500枚",
    "zh": "无线蓝牙耳机; 便携式充电器; 不锈钢保温杯 500ml; 儿童雨伞; 手机壳 iPhone 14 透明",
}
FOUND = [
    ("de", "Schrank", {"Kühlschrank weiß 2,5 kW", "Kleiderschrank Eiche", "Wäscheschränke"}),
    ("de", "Kuehlschrank", {"Kühlschrank weiß 2,5 kW"}),
    ("de", "kuhlschranke 2.5 kW", {"Kühlschrank weiß 2,5 kW"}),
    ("de", "Lampen", {"Stehlampe schwarz"}),
    ("de", "Herren Schuh", {"Herrenschuhe Leder"}),
    ("de", "Drucker", {"Drucker"}),
    ("de", "weinglas", {"Weingläser 6 Stück"}),
    ("de", "jacken grösse l", {"Größe L Jacke"}),
    ("de", "käse", {"Bergkäse 300 g", "Ziegenfrischkäse", "Frischkäse"}),
    ("de", "kaese", {"Bergkäse 300 g", "Ziegenfrischkäse", "Frischkäse"}),
    ("de", "öl", {"Olivenöl"}),
    ("fr", "lampes", {"Lampe de bureau"}),
    ("fr", "journal ancien", {"Journaux anciens"}),
    ("fr", "bijou d'argent", {"Bijoux d'argent"}),
    ("fr", "filtre de l'eau", {"Filtre à eau"}),
    ("fr", "robes noir", {"Robe noire"}),
    ("fr", "port usb 2.5 m", {"Port USB 2,5 m"}),
    ("es", "zapato", {"Zapatos de niño"}),
    ("es", "luz del jardin", {"Luces de jardín"}),
    ("es", "lamparas electricas", {"Lámpara eléctrica"}),
    ("es", "bolsos", {"Bolso negro"}),
    ("es", "lapiz", {"Lápices de color"}),
    ("it", "scarpa", {"Scarpe da corsa"}),
    ("it", "orologio", {"Orologi da polso"}),
    ("it", "filtri acqua", {"Filtro dell'acqua"}),
    ("it", "camicie bianche", {"Camicia bianca"}),
    ("nl", "kast", {"Koelkast wit", "Boekenkasten"}),
    ("nl", "muis", {"Muizen draadloos"}),
    ("nl", "fotos", {"Foto's lijst"}),
    ("nl", "tafelpoot", {"Tafelpoten"}),
    ("pt", "botao", {"Botões de camisa"}),
    ("pt", "computadores portateis", {"Computador portátil"}),
    ("pt", "luz", {"Luzes de jardim"}),
    ("sv", "lampa", {"Bordslampor"}),
    ("sv", "skorna", {"Skor herr"}),
    ("sv", "cykel", {"Cyklar"}),
    ("sv", "bok", {"Böcker om mat"}),
    ("ja", "イヤホン", {"ワイヤレスイヤホン 黒"}),
    ("ja", "傘", {"折りたたみ傘"}),
    ("ja", "usb 充電器", {"USB充電器 20W"}),
    ("ja", "\uff76\uff9e\uff7dコンロ", {"ガスコンロ"}),
    ("ja", "\uff21\uff14用紙", {"A4用紙 500枚"}),
    ("zh", "耳机", {"无线蓝牙耳机"}),
    ("zh", "充电器", {"便携式充电器"}),
    ("zh", "iphone14手机壳", {"手机壳 iPhone 14 透明"}),
    ("zh", "保温杯 500 ml", {"不锈钢保温杯 500ml"}),
]


@pytest.mark.parametrize("code", CATALOGUES)
def test_forms_compounds_and_segments_find(
    shop: Shop, settings: Settings, engine_at: Callable[..., None], code: str
) -> None:
    settings.SEARCH_LANGUAGE, settings.SEARCH_TIMEOUT = code, 20.0
    shop.sells(*(name.strip() for name in CATALOGUES[code].split(";")))
    compound_words.forget()
    queries = [(q, found) for language, q, found in FOUND if language == code]
    with_engine = {q: shop.search(q, page_size=50) for q, _ in queries}
    assert {
        q: {hit["name"] for hit in response.results[: response.count_every_word]} for q, response in with_engine.items()
    } == dict(queries)
    engine_at("http://127.0.0.1:1")
    without = {q: search(SearchRequest(q=q, page_size=51)) for q, _ in queries}
    assert all(response.degraded for response in without.values())
    assert {q: {hit["name"] for hit in response.results} for q, response in without.items()} == dict(queries)


@pytest.mark.parametrize(("code", "q"), [("ja", "充電器"), ("ja", "USB充電器ケーブル"), ("zh", "充電器"), ("ja", "器")])
def test_quoted_ideographs_find_a_name_with_them_inside(shop: Shop, settings: Settings, code: str, q: str) -> None:
    settings.SEARCH_LANGUAGE = code
    shop.sells("USB充電器ケーブル", "電気の充填器")
    assert "USB充電器ケーブル" in shop.names(f'"{q}"')
    assert "USB充電器ケーブル" not in shop.names(f"ケーブル -{q}")


def test_compounds_name_the_kind_by_their_last_word_and_are_divided(shop: Shop, settings: Settings) -> None:
    settings.SEARCH_LANGUAGE, settings.SEARCH_TIMEOUT = "de", 20.0
    shop.sells(*(name.strip() for name in CATALOGUES["de"].split(";")))
    compound_words.forget()
    assert shop.names("filter") == ["Kaffeefilter Größe 4", "Filterkaffee"]
    divided = shop.search("Ziegenkäse")
    assert [hit["name"] for hit in divided.results[: divided.count_every_word]] == ["Ziegenfrischkäse"]
    assert divided.did_you_mean == "ziegen käse"
    assert shop.search("Spülmaschine").count == 0


def test_compounds_are_known_before_a_worker_has_stored_terms(shop: Shop, settings: Settings) -> None:
    settings.SEARCH_LANGUAGE, settings.SEARCH_TIMEOUT = "de", 20.0
    shop.sells("Kühlschrank weiß", "Schrank Eiche")
    ProductTerms.objects.all().delete()
    compound_words.forget()
    assert set(shop.matches("Schrank")) == {"Kühlschrank weiß", "Schrank Eiche"}


def test_same_words_make_the_same_compounds(shop: Shop, settings: Settings) -> None:
    settings.SEARCH_LANGUAGE, settings.SEARCH_TIMEOUT = "de", 20.0
    shop.sells("Kühlschrank weiß")
    compound_words.forget()
    before = compound_words.current()
    compound_words.forget()
    assert compound_words.current() is before
    shop.sells("Schrank Eiche")
    compound_words.forget()
    assert compound_words.current() is not before
