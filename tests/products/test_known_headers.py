"""Which field each header of a merchant's file is proposed to be."""

import pytest
from django.test import override_settings

from products.catalogue_files.columns import Column
from products.catalogue_files.known_headers import as_toml, proposed_mapping
from products.catalogue_import import category

pytestmark = pytest.mark.unit


def proposed(headers: str) -> dict[str, str]:
    """The proposal for a file that has these headers beside `sku` and `name`."""
    return proposed_mapping(headers.split(";"), [Column("sku", "sku"), Column("name", "name")])


@pytest.mark.parametrize(
    "headers",
    [
        "Price excl. VAT;Price incl. VAT",
        "Price (excl. VAT);Price (incl. VAT)",
        "Price ex. GST;Price inc. GST",
        "Net price;Gross price",
        "Net price;Unit price",
        "Price per kg;Shelf price",
        "Price/kg;Item price",
        "price_net;price_gross",
        "netPrice;grossPrice",
        "Sales price excl. tax;Sales price incl. tax",
        "Unit price;Retail price",
        "Price without tax;Selling price",
        "Nettopreis;Bruttopreis",
        "Preis netto;Preis brutto",
        "VK netto;VK brutto",
        "Preis exkl. MwSt.;Preis inkl. MwSt.",
        "Grundpreis;Ladenpreis",
        "Preis pro kg;Preis pro Stück inkl. MwSt.",
        "Prix HT;Prix TTC",
        "Prix au kilo;Prix de vente",
        "Precio sin IVA;Precio con IVA incluido",
        "Prezzo netto;Prezzo al pubblico lordo",
        "Prijs excl. btw;Prijs incl. btw",
        "Pris exkl. moms;Pris inkl. moms",
        "Preço sem IVA;Preço com IVA incluído",
        "税抜価格;税込価格",
    ],
)
def test_price_that_shoppers_pay_is_the_price_in_any_order(headers: str) -> None:
    less, more = headers.split(";")
    assert proposed(headers) == {less: "ignore", more: "price"}
    assert proposed(f"{more};{less}") == {less: "ignore", more: "price"}


@pytest.mark.parametrize("header", ["Price excl. VAT", "Net price", "Price per unit", "Nettopreis", "Unit price"])
def test_price_without_taxes_is_the_price_where_there_is_no_other(header: str) -> None:
    assert proposed(header) == {header: "price"}


def test_list_price_is_the_price_where_the_other_one_is_without_taxes() -> None:
    headers = ["Article number", "Net price", "RRP"]
    assert proposed_mapping(headers, []) == {"Article number": "sku", "Net price": "ignore", "RRP": "price"}


def test_taxes_in_other_headers_change_nothing_of_what_they_are() -> None:
    assert proposed("Price incl. VAT;Old price incl. VAT;Cost excl. VAT;Net weight") == {
        "Price incl. VAT": "price",
        "Old price incl. VAT": "list_price",
        "Cost excl. VAT": "ignore",
    }


@pytest.mark.parametrize(
    "header",
    [
        *("Price EUR", "price-EUR", "Price (EUR)", "price_eur", "Price in EUR", "EUR price", "Price [EUR]", "PriceEUR"),
        *("Price GBP", "Price €", "Price (£)", "Price in Euro", "Retail Price EUR", "Price EUR incl. VAT", "VK EUR"),
        *("Preis (EUR)", "PRICE EUR", "Price (in EUR)", "Net price EUR", "RRP EUR", "Sale price (GBP)"),
    ],
)
def test_price_in_another_currency_is_never_proposed_and_the_reason_is_given(header: str) -> None:
    mapping = proposed(header)
    assert mapping == {header: "ignore"}
    assert as_toml(mapping).endswith("is not the shop's currency, USD")


@pytest.mark.parametrize("header", ["Price EUR", "price_eur", "Price (€)", "Preis in Euro", "Price EUR incl. VAT"])
def test_price_in_the_shop_s_currency_is_proposed(header: str) -> None:
    with override_settings(CURRENCY="EUR", LOCALE="de_DE"):
        assert proposed(f"Price USD;{header}") == {"Price USD": "ignore", header: "price"}


@pytest.mark.parametrize("header", ["Top price", "ALL PRICE", "Price per pen", "try price"])
def test_word_that_could_be_a_code_of_a_currency_is_a_word(header: str) -> None:
    assert proposed(header) == {header: "price"}


@pytest.mark.parametrize("header", ["Article No.", "PartNumber", "Part No", "Part no.", "Ref", "Ref."])
def test_numbers_of_parts_and_articles_are_skus(header: str) -> None:
    assert proposed_mapping([header], []) == {header: "sku"}


@pytest.mark.parametrize("header", ["ISBN-13", "ISBN", "EAN", "Barcode", "GTIN"])
def test_barcode_is_the_sku_of_a_file_without_another(header: str) -> None:
    assert proposed_mapping([header, "Title"], []) == {header: "sku", "Title": "name"}
    assert proposed_mapping([header, "Title", "ID"], []) == {header: "gtins", "Title": "name", "ID": "sku"}
    assert proposed(header) == {header: "gtins"}


@pytest.mark.parametrize("header", ["mpn", "MPN", "Manufacturer Part Number", "Mfr. Part No.", "Herstellernummer"])
def test_number_of_the_manufacturer_is_an_attribute(header: str) -> None:
    assert proposed(header) == {header: "attr:MPN"}


@pytest.mark.parametrize("header", ["Product", "Designation", "Latin name", "Common name"])
def test_nouns_are_names(header: str) -> None:
    assert proposed_mapping([header], []) == {header: "name"}


@pytest.mark.parametrize("value", [["Lighting", "Bulbs"], "Lighting > Bulbs"])
def test_list_of_names_is_the_path_of_a_category(value: object) -> None:
    assert category(value) == "Lighting > Bulbs"


@pytest.mark.parametrize("value", [["Lighting > Bulbs", "Sale"], [1, "Bulbs"]])
def test_list_of_other_things_is_no_path(value: object) -> None:
    with pytest.raises(ValueError, match="its list has not the names of one path"):
        category(value)
