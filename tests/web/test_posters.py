"""A poster prints right on a bare machine: fonts inside, text readable by a machine, code readable from paper."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageFont

from stampwell.languages.catalogues import po_file, translated_locales
from stampwell.print_fonts import FONTS, find_unprintable, without_unprintable
from stampwell.wallet.look.design import CardDesign
from stampwell.web.posters import PosterFacts, draw_join_png, draw_poster

LINK = "https://lume.example/j/lume/coffee"
A4_WIDTH = 595.3
LONG_WORDS = {
    "kk": "Қанағаттандырылмағандықтарыңыздан",
    "et": "Sünnipäevanädalalõpupeopidustused",
    "fi": "Epäjärjestelmällistyttämättömyydellänsäkäänköhän",
    "de": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "link": "https://lume.example/" + "a/very-long_way.to?the=coffee&" * 8,
    "kana": "ｶﾌｪｰ" * 30 + "ー" * 40,
    "mixed": "スタンプDonaudampfschifffahrtselektrizitätenhauptbetriebswerkbau" * 2,
    "letters": "W" * 120,
    "joined": "ten\u00a0stamps\u00a0make\u00a0a\u00a0" * 8 + "coffee",
}
OFFERS = {
    "en": ("Café Lume", "Collect 10 stamps and get a free coffee."),
    "lv": ("Kafejnīca Lume", "Sakrāj 10 zīmogus un saņem kafiju bez maksas."),
    "et": ("Kohvik Lume", "Kogu 10 templit ja saad tasuta kohvi."),
    "uz": ("Lume qahvaxonasi", "10 ta muhr yigʻing va bepul qahva oling."),
    "kk": ("Lume кофеханасы", "10 мөр жинаңыз да, тегін кофе алыңыз."),
    "ja": ("カフェ・ルーメ髙﨑店", "スタンプを10個集めると、コーヒー1杯が無料です。"),
}
TAGS = {chr(number) for number in range(0xE0020, 0xE0080)}
pytestmark = pytest.mark.skipif(not shutil.which("pdffonts"), reason="poppler-utils is not installed")


def make_facts(locale: str, **others: object) -> PosterFacts:
    name, offer = OFFERS[locale]
    return PosterFacts(**{"merchant_name": name, "offer": offer, "join_url": LINK, "colour": "#5b2b82"} | others)  # type: ignore[arg-type]


def run(pdf: bytes, tmp_path: Path, *command: str) -> str:
    file = tmp_path / "poster.pdf"
    file.write_bytes(pdf)
    return subprocess.run([*command, str(file), "-"], capture_output=True, text=True, check=True).stdout


def bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("locale", OFFERS)
def test_name_and_offer_are_text_in_every_language(locale: str, tmp_path: Path) -> None:
    pdf = draw_poster(make_facts(locale, goal=10), locale)

    printed = bare(run(pdf, tmp_path, "pdftotext"))

    for text in (*OFFERS[locale], "lume.example/j/lume/coffee"):
        assert bare(text) in printed


@pytest.mark.parametrize(
    ("wallets", "promise"),
    [
        (("apple", "google"), "Works with Apple Wallet, with Google Wallet and in every browser."),
        (("apple",), "Works with Apple Wallet and in every browser."),
        (("google",), "Works with Google Wallet and in every browser."),
        ((), "Works in every browser, on every phone."),
    ],
)
def test_a_poster_promises_only_the_wallets_that_are_offered(
    wallets: tuple[str, ...], promise: str, tmp_path: Path
) -> None:
    printed = bare(run(draw_poster(make_facts("en", wallets=wallets), "en"), tmp_path, "pdftotext"))

    assert bare(promise) in printed
    badges = {"apple": bare("Add to Apple Wallet"), "google": bare("Add to Google Wallet")}
    assert [wallet for wallet, says in badges.items() if says in printed] == list(wallets)


def test_the_stamps_are_the_shops_own() -> None:
    """Her icon in her colours, and another one for another icon."""
    drawn = [
        draw_poster(make_facts("en", goal=10, design=CardDesign(accent=accent, icon=icon)), "en")
        for accent, icon in (("#ffd166", "cup"), ("#ffd166", "scissors"), ("#8ecae6", "cup"))
    ]

    assert len(set(drawn)) == 3


@pytest.mark.parametrize("locale", OFFERS)
def test_every_font_is_ours_and_inside(locale: str, tmp_path: Path) -> None:
    lines = fonts_of(draw_poster(make_facts(locale), locale), tmp_path)

    assert lines
    for line in lines:
        assert "+NotoSans" in line
        assert line.split()[-5] == "yes"  # embedded


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_our_fonts_hold_every_letter_of_our_six_languages(weight: str) -> None:
    fonts = [ImageFont.truetype(FONTS / name, 20) for name in (f"NotoSans-{weight}.ttf", f"NotoSansCJKjp-{weight}.otf")]
    said = "".join("".join(offer) for offer in OFFERS.values())
    said += "".join(po_file(locale).read_text() for locale in translated_locales())

    missing = {
        letter for letter in set(said) if letter.isprintable() and not any(holds(font, letter) for font in fonts)
    }

    assert missing == set()


def test_a_letter_that_a_font_lacks_would_be_noticed() -> None:
    font = ImageFont.truetype(FONTS / "NotoSans-Regular.ttf", 20)

    assert holds(font, "Қ")
    assert not holds(font, "日")


@pytest.mark.parametrize("colour", ["#5b2b82", "#f2b705", "#ffffff", "#000000"])
def test_the_code_is_read_from_a_coarse_print(colour: str, tmp_path: Path) -> None:
    (tmp_path / "poster.pdf").write_bytes(draw_poster(make_facts("en", colour=colour), "en"))

    subprocess.run(["pdftoppm", "-r", "100", "-png", "-singlefile", "poster.pdf", "page"], cwd=tmp_path, check=True)

    with Image.open(tmp_path / "page.png") as page:
        found = zxingcpp.read_barcode(page.convert("L"))
        assert page.size == (827, 1170)
    assert found is not None
    assert (found.text, found.ec_level) == (LINK, "H")


@pytest.mark.parametrize("goal", [None, 1, 2, 12, 13, 30, 31, 500])
def test_any_goal_gives_one_page(goal: int | None, tmp_path: Path) -> None:
    pdf = draw_poster(make_facts("en", goal=goal), "en")

    assert pages_of(pdf, tmp_path) == 1


def test_long_and_hostile_texts_stay_on_the_page_as_text(tmp_path: Path) -> None:
    name = '#panic("x") *bold* $x$ "quoted" \\ #import "/etc/passwd" <b>'
    offer = "Collect every stamp there is, one after the other, and some day in the future get a coffee. " * 3

    pdf = draw_poster(make_facts("en", merchant_name=name, offer=offer.strip(), goal=10), "en")

    assert bare(name) in bare(run(pdf, tmp_path, "pdftotext"))
    assert pages_of(pdf, tmp_path) == 1


@pytest.mark.parametrize("locale", ["kk", "ja"])
@pytest.mark.parametrize("place", ["merchant_name", "offer", "join_url"])
@pytest.mark.parametrize("word", LONG_WORDS)
def test_a_long_word_is_on_the_page_to_its_last_letter(word: str, place: str, locale: str, tmp_path: Path) -> None:
    long = LONG_WORDS[word]
    if place == "join_url":
        long = f"https://lume.example/j/{bare(long)[:150]}"

    pdf = draw_poster(make_facts(locale, goal=10, **{place: long}), locale)

    printed = bare(run(pdf, tmp_path, "pdftotext", "-raw"))
    assert bare(long.removeprefix("https://") if place == "join_url" else long) in printed
    assert pages_of(pdf, tmp_path) == 1
    assert edges_of(pdf, tmp_path) <= A4_WIDTH - 10


@pytest.mark.parametrize(
    "text",
    [
        "☕🥐 Қонақүй",
        "👨‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿❤️‍🔥 1️⃣ 🇱🇻",
        "✓ ★ ♥ → ₸ ₾ ₽ №",
        "ქართული",
        "Հայերեն",
        "ไทย",
        "葛󠄀城",
        "Việt Nam",
    ],
)
def test_emoji_and_other_scripts_are_printed_with_our_fonts(text: str, tmp_path: Path) -> None:
    pdf = draw_poster(make_facts("en", merchant_name=text), "en")

    printed = bare(run(pdf, tmp_path, "pdftotext"))
    assert find_unprintable(text) == []
    assert {letter for letter in text if letter.isalnum()} <= set(printed)
    assert len(set(text) - set(printed) - {" ", "\ufe0f", "\u200d", "\u20e3", "\U000e0100"} - TAGS) == 0
    assert all("+Noto" in line for line in fonts_of(pdf, tmp_path))


def test_what_cannot_be_printed_is_left_out_and_leaves_no_box(tmp_path: Path) -> None:
    pdf = draw_poster(make_facts("en", merchant_name="한글 Café \U0001faff\ue000"), "en")

    assert find_unprintable("한글 Café 한 \U0001faff\ue000") == ["한", "글", "\U0001faff", "\ue000"]
    assert without_unprintable("한글 Café") == " Café"
    assert run(pdf, tmp_path, "pdftotext").startswith("Café\n")


def test_the_poster_speaks_its_language_and_not_the_pages(tmp_path: Path) -> None:
    printed = run(draw_poster(make_facts("en", wallets=("apple", "google")), "en"), tmp_path, "pdftotext")

    assert "Scan with your phone’s camera" in printed
    assert bare("Works with Apple Wallet, with Google Wallet and in every browser.") in bare(printed)


def test_the_join_code_as_a_picture_is_read_back() -> None:
    with Image.open(io.BytesIO(draw_join_png(LINK))) as picture:
        found = zxingcpp.read_barcode(picture.convert("L"))

        assert picture.width >= 500

    assert found is not None
    assert found.text == LINK


def holds(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """A letter that the font lacks is drawn as its empty box."""
    box, drawn = font.getmask("\U0010fffd"), font.getmask(letter)
    return letter.isspace() or drawn.size != box.size or bytes(drawn) != bytes(box)


def fonts_of(pdf: bytes, tmp_path: Path) -> list[str]:
    file = tmp_path / "poster.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]


def edges_of(pdf: bytes, tmp_path: Path) -> float:
    """How far to the right the text goes, in points."""
    return max(float(edge) for edge in re.findall(r'xMax="([\d.]+)"', run(pdf, tmp_path, "pdftotext", "-bbox")))


def pages_of(pdf: bytes, tmp_path: Path) -> int:
    file = tmp_path / "poster.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))


@pytest.mark.parametrize(
    ("size", "paper", "copies"), [("a4", (595.3, 841.9), 1), ("a5", (419.5, 595.3), 1), ("tent", (841.9, 595.3), 2)]
)
def test_every_paper_holds_the_whole_poster(size: str, paper: tuple[float, float], copies: int, tmp_path: Path) -> None:
    pdf = draw_poster(make_facts("en", goal=10), "en", size=size)

    pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', run(pdf, tmp_path, "pdftotext", "-bbox"))
    assert [(round(float(width), 1), round(float(height), 1)) for width, height in pages] == [paper]
    assert bare(run(pdf, tmp_path, "pdftotext")).count(bare(OFFERS["en"][1])) == copies


def test_both_codes_of_a_folded_poster_are_read(tmp_path: Path) -> None:
    (tmp_path / "poster.pdf").write_bytes(draw_poster(make_facts("en", goal=10), "en", size="tent"))

    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", "poster.pdf", "page"], cwd=tmp_path, check=True)

    with Image.open(tmp_path / "page.png") as page:
        assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [LINK, LINK]
