"""The poster as the owner fetches it: its languages, its sizes, and whether a print is out of date."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from tests.kept import made_once
from tests.web.dashboard.desk import Answer, DeskClient, words
from tests.world import BISCUIT, COFFEE, Offer, Shop

CUP = {"background": "#4a2e1f", "accent": "#f2c14e", "icon": "cup"}
TEA = COFFEE | {"reward": {"name": {"en": "A free tea", "lv": "Kafija bez maksas"}, "path": "self_redeem"}}
OUT_OF_DATE = "Your printed poster is out of date"


def path_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/"


def fetch(desk: DeskClient, offer: Offer, locale: str = "en", size: str = "") -> Answer:
    return desk.send(f"{path_of(offer)}poster-{locale}.pdf{size}")


def named_changes(answer: Answer) -> list[str]:
    notice = re.search(r"has changed since you downloaded it:.*?<ul>(.*?)</ul>", answer.content.decode(), flags=re.S)
    return re.findall(r"<li>(.*?)</li>", notice[1]) if notice else []


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(design=CUP)


def test_a_poster_that_was_never_fetched_is_not_out_of_date(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    lume.publish(offer.program, goal=8, milestones=[COFFEE | {"stamps": 8}])

    assert OUT_OF_DATE not in words(desk.open(path_of(offer)))


def test_a_change_that_the_poster_shows_makes_the_print_out_of_date_until_it_is_fetched_again(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    fetch(desk, offer)
    assert OUT_OF_DATE not in words(desk.open(path_of(offer)))

    lume.publish(offer.program, goal=8, milestones=[COFFEE | {"stamps": 8}], design=CUP)

    page = desk.open(path_of(offer))
    assert OUT_OF_DATE in words(page)
    assert named_changes(page) == ["Number of stamps"]
    fetch(desk, offer)
    assert OUT_OF_DATE not in words(desk.open(path_of(offer)))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"milestones": [BISCUIT, TEA]}, ["Name of the reward"]),
        ({"design": CUP | {"icon": "leaf"}}, ["Colours or icon"]),
        ({"design": CUP | {"accent": "#ffffff"}}, ["Colours or icon"]),
        ({"offer": {"en": "Coffee on us."}}, ["The sentence on the join page", "Name of the reward"]),
        ({"name": "Another name"}, []),
        ({"milestones": [COFFEE]}, []),
        ({"earning": {"cooldown_seconds": 3600}}, []),
    ],
)
def test_what_changed_on_the_poster_is_named(
    desk: DeskClient, lume: Shop, offer: Offer, changes: dict[str, object], named: list[str]
) -> None:
    fetch(desk, offer)

    lume.publish(offer.program, **{"design": CUP} | changes)

    assert named_changes(desk.open(path_of(offer))) == named


def test_another_name_of_the_shop_and_another_address_are_named(
    desk: DeskClient, lume: Shop, offer: Offer, settings: Settings
) -> None:
    fetch(desk, offer)

    Merchant.objects.filter(id=lume.merchant.id).update(name="Café Luna")
    settings.BASE_URL = "https://luna.example"

    assert named_changes(desk.open(path_of(offer))) == ["Name of the shop", "Address in the code"]


def test_each_language_is_printed_again_by_itself(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    fetch(desk, offer, "en")
    fetch(desk, offer, "lv")
    lume.publish(offer.program, milestones=[BISCUIT, TEA], design=CUP)  # the Latvian name is as it was

    page = desk.open(path_of(offer)).content.decode()

    notice = page[page.index(OUT_OF_DATE) : page.index('id="share"')]
    assert re.findall(r"poster-(\w+)\.pdf", notice) == ["en"]


def test_a_poster_that_was_not_sent_counts_for_nothing(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    desk.client.head(f"{path_of(offer)}poster-en.pdf")
    assert desk.open(f"{path_of(offer)}poster-en.pdf").status_code == 200  # as a browser that fetches ahead
    fetch(desk, offer, "xx")
    fetch(desk, offer, size="?size=a0")

    assert Program.objects.get(id=offer.program.id).printed == {}


def test_a_language_without_the_text_is_marked(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    buttons = re.findall(
        r"<li><button [^>]*poster-(\w+)\.pdf[^>]*>(.*?)</li>", desk.open(path_of(offer)).content.decode()
    )

    assert [locale for locale, label in buttons if "not translated yet" in label] == ["et", "uz", "kk", "ja"]
    assert "on a line of its own" in words(desk.open(path_of(offer)))


def test_a_program_in_all_languages_has_no_mark(desk: DeskClient, lume: Shop) -> None:
    everywhere = dict.fromkeys(("en", "lv", "et", "uz", "kk", "ja"), "Coffee")
    offer = lume.publish(offer=everywhere)

    assert "not translated" not in words(desk.open(path_of(offer)))


def test_each_size_is_offered_and_fetched(desk: DeskClient, offer: Offer) -> None:
    page = desk.open(f"{path_of(offer)}?size=a5").content.decode()

    assert "poster-lv.pdf?size=a5" in page
    assert '<a href="?size=a5#poster-title" aria-current="true">' in page
    assert "-en-a5.pdf" in fetch(desk, offer, size="?size=a5").headers["Content-Disposition"]
    assert fetch(desk, offer, size="?size=a0").status_code == 404
    assert "poster-lv.pdf?size" not in desk.open(f"{path_of(offer)}?size=a0").content.decode()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_a_poster_without_the_language_shows_the_reward_on_a_line_of_its_own(
    desk: DeskClient, offer: Offer, tmp_path: Path
) -> None:
    file = tmp_path / "poster.pdf"
    file.write_bytes(fetch(desk, offer, "et").content)

    printed = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout

    assert "A free coffee" in printed.splitlines()
    assert "ja saad:" not in printed
