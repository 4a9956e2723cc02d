"""Pictures have an address that a page may show, and words for those who do not see them."""

import pytest

from products.images import MAX_IMAGES, canonical_images

pytestmark = pytest.mark.unit


def test_pictures_have_one_form() -> None:
    given = [
        {"url": " https://cdn.example/a.png ", "alt": " Front \n side "},
        "products/b.png",
        {"url": "products/b.png", "alt": "again"},
        {"url": "http://cdn.example:8080/c%20d.png?size=2", "alt": None},
    ]
    assert canonical_images(given) == [
        {"url": "https://cdn.example/a.png", "alt": "Front side"},
        {"url": "products/b.png", "alt": ""},
        {"url": "http://cdn.example:8080/c%20d.png?size=2", "alt": ""},
    ]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:image/png;base64,AA", "//cdn.example/a.png", "/etc/passwd", "../a.png", "a/../../b",
     "", "ftp://a/b.png", "https://", "https://[", 'a".png', "a b.png", "a" * 2001, "C:\\a.png"],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"picture|address"):
        canonical_images([{"url": url, "alt": ""}])


@pytest.mark.parametrize(
    "images", ["a.png", {"url": "a.png"}, [1], [{"alt": "x"}], [{"url": "a.png", "size": 2}], [{"url": 1}], None]
)
def test_other_shapes_are_refused(images: object) -> None:
    with pytest.raises(ValueError, match="picture"):
        canonical_images(images)


def test_number_of_pictures_is_limited() -> None:
    with pytest.raises(ValueError, match="at most 50"):
        canonical_images([f"{number}.png" for number in range(MAX_IMAGES + 1)])
