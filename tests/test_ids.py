import pytest

from stampwell.clock import new_id
from stampwell.ids import private_id, public_id, slug_of, wanted_id
from stampwell.refusal import NotFound


def test_an_id_is_read_as_what_it_is_only() -> None:
    card = new_id()

    assert wanted_id("crd", public_id("crd", card)) == card
    for text in (public_id("vch", card), f"crd_{card}", f"crd_{card.hex.upper()}", card.hex, "crd_", ""):
        assert private_id("crd", text) is None
        with pytest.raises(NotFound):
            wanted_id("crd", text)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Café Lume", "cafe-lume"),
        ("  Coffee & Cake!  ", "coffee-cak"),
        ("Кофе", "kofe"),
        ("Жұлдыз Кафе", "zhuldyz-ka"),
        ("Әсем қала", "asem-qala"),
        ("Ўзбек чой", "ozbek-choy"),
        ("O'zbek oshi", "ozbek-oshi"),
        ("Щука", "shchuka"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("コーヒー", "kohi"),
        ("きっさ まつ", "kissa-matsu"[:10]),
        ("カフェ・ルーメ", "kafe-rume"),
        ("ｼｬﾝﾃｨ", "shanti"),
        ("マッチャ", "matcha"),
        ("ウィーン", "win"),
        ("デュオ", "dyuo"),
        ("ヴェルデ", "verude"),
        ("ァ", "a"),
        ("っ", ""),
        ("珈琲", ""),
        ("Café–Bar", "cafe-bar"),
        ("Ada’s", "adas"),
        ("珈琲 1号店", "1"),
        ("Ten Stamps Two", "ten-stamps"),
        ("Two Coffee Cups", "two-coffee"),
        ("A Stampcard Shop", "a-stampcar"),
        ("Lume Lume Lume", "lume-lume"),  # no hyphen at the end, wherever it is cut
    ],
)
def test_a_slug_is_made_of_the_letters_that_every_link_can_hold(name: str, slug: str) -> None:
    assert slug_of(name, most=10) == slug
