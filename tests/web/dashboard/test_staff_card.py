"""The card for staff: what to do, how rewards are handed out, and what each refusal means, in every language."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from stampwell.ids import public_id
from stampwell.languages.offered import offered_locales
from stampwell.vouchers.refusals import VoucherAlreadyRedeemed
from stampwell.web.staff_cards import PAPERS, draw_staff_card
from tests.web.dashboard.desk import Answer, DeskClient
from tests.world import BISCUIT, COFFEE, Offer, Shop

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
MILLIMETRE = 72 / 25.4
ACTION = "Each time a customer pays, scan their card."
CAKE = {"stamps": 3, "reward": {"name": "A cake", "path": "staff_scan"}}
# Whatever a program can refuse.
STRICT: dict[str, Any] = {
    "earning": {
        "by": "amount",
        "amount_per_stamp": 500,
        "cooldown_seconds": 3600,
        "daily_cap": 2,
        "minimum_spend": 300,
        "only_when_open": True,
    },
}


def read(pdf: bytes, tmp_path: Path, *options: str) -> str:
    file = tmp_path / "card.pdf"
    file.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", *(options or ["-raw"]), str(file), "-"], capture_output=True, text=True, check=True
    ).stdout


def said(pdf: bytes, tmp_path: Path) -> str:
    return " ".join(read(pdf, tmp_path).split())


def draw(offer: Offer, locale: str = "en", paper: str = "a6") -> bytes:
    return draw_staff_card("Café Lume", offer.terms, locale, colour="#4a2e1f", paper=paper)


def fetch(desk: DeskClient, offer: Offer, rest: str = "en.pdf") -> Answer:
    return desk.open(f"/programs/{public_id('prg', offer.program.id)}/staff-card-{rest}")


@pytest.mark.parametrize("locale", offered_locales())
def test_it_says_what_the_screen_says_in_every_language(lume: Shop, locale: str, tmp_path: Path) -> None:
    text = "".join(read(draw(lume.publish(), locale), tmp_path).split())

    with override(locale):
        for words in (VoucherAlreadyRedeemed.title, VoucherAlreadyRedeemed.what_to_do):
            assert "".join(str(words).split()) in text


def test_each_reward_stands_with_the_way_it_is_handed_out(lume: Shop, tmp_path: Path) -> None:
    text = said(draw(lume.publish(milestones=[CAKE, BISCUIT, COFFEE])), tmp_path)

    told = ["A cake", "tap “Hand out”", "A biscuit", "If its clock is running", "A free coffee", "a code for the till"]
    places = [text.index(words) for words in told]
    assert places == sorted(places)


def test_only_what_this_program_can_refuse_is_explained(lume: Shop, tmp_path: Path) -> None:
    plain = said(draw(lume.publish(earning={"cooldown_seconds": 0}, milestones=[CAKE | {"stamps": 10}])), tmp_path)
    strict = said(draw(lume.publish(name="Strict card", **STRICT)), tmp_path)

    of_terms = ["Stamped a moment ago", "Daily limit reached", "Closed now", "Amount too small", "Voucher expired"]
    assert [words for words in of_terms if words in plain] == []
    assert [words for words in of_terms if words not in strict] == []
    assert "Purchases of €3.00 or more count." in strict
    assert "enter the amount" in strict
    assert "enter the amount" not in plain


def test_a_sheet_has_four_cards_and_a_card_a_page_of_its_own(lume: Shop, tmp_path: Path) -> None:
    offer = lume.publish()

    one, four = (said(draw(offer, paper=paper), tmp_path) for paper in PAPERS)

    assert one.count(ACTION) == 1
    assert four.count(ACTION) == 4


@pytest.mark.parametrize("locale", offered_locales())
def test_nothing_is_cut_off_however_much_there_is_to_say(lume: Shop, locale: str, tmp_path: Path) -> None:
    limited = COFFEE["reward"] | {  # type: ignore[operator]
        "name": "A free coffee with everything that goes with it",
        "active_after_seconds": 86_400,
        "weekdays": [1, 2],
        "location_ids": [public_id("loc", lume.location.id)],
    }
    offer = lume.publish(name="W" * 60, milestones=[CAKE, BISCUIT, COFFEE | {"reward": limited}], **STRICT)
    pdf = draw(offer, locale)

    boxes = read(pdf, tmp_path, "-bbox")

    edges = {side: [float(part.split('"')[0]) for part in boxes.split(f'{side}="')[1:]] for side in ("xMax", "yMax")}
    assert max(edges["xMax"]) <= 100 * MILLIMETRE
    assert max(edges["yMax"]) <= 145 * MILLIMETRE
    with override(locale):
        assert "".join(str(VoucherAlreadyRedeemed.title).split()) in "".join(read(pdf, tmp_path).split())
    assert read(pdf, tmp_path).count("\f") == 1


def test_the_desk_offers_it_in_every_language_and_size(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish()

    page = desk.open(f"/programs/{public_id('prg', offer.program.id)}/").content.decode()

    for locale in offered_locales():
        for paper in PAPERS:
            assert f"staff-card-{locale}.pdf?size={paper}" in page
    assert "-staff-lv-a4.pdf" in fetch(desk, offer, "lv.pdf?size=a4").headers["Content-Disposition"]


def test_a_language_or_a_size_that_there_is_not_is_not_found(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish()

    assert [fetch(desk, offer, rest).status_code for rest in ("xx.pdf", "en.pdf?size=a5")] == [404, 404]


def of_reward(offer: Offer, place: int, locale: str = "en") -> bytes:
    reward = offer.terms.milestones[place].reward
    return draw_staff_card("Café Lume", offer.terms, locale, colour="#4a2e1f", paper="a6", reward=reward)


def test_a_card_of_one_reward_says_what_keeps_its_way_honest(lume: Shop, tmp_path: Path) -> None:
    offer = lume.publish(milestones=[CAKE, BISCUIT, COFFEE])

    cake, biscuit, coffee = (said(of_reward(offer, place), tmp_path) for place in range(3))

    assert "A cake" in cake
    assert "Scan first, then give." in cake
    assert "Green: it is done." in cake
    assert "A picture of the screen stands still." in biscuit
    assert "discount by hand" in coffee
    assert [card for card in (cake, biscuit) if "discount by hand" in card] == []
    assert [card for card in (cake, biscuit, coffee) if ACTION in card] == []
    assert "Green" not in coffee


@pytest.mark.parametrize("locale", offered_locales())
def test_the_card_of_one_reward_is_one_page_in_every_language(lume: Shop, locale: str, tmp_path: Path) -> None:
    text = read(of_reward(lume.publish(milestones=[CAKE, BISCUIT, COFFEE]), 2, locale), tmp_path)

    with override(locale):
        assert "".join(str(VoucherAlreadyRedeemed.title).split()) in "".join(text.split())
    assert text.count("\f") == 1


def test_the_card_of_a_reward_is_fetched_from_its_program_alone(desk: DeskClient, offer: Offer, lume: Shop) -> None:
    reward, other = (public_id("rwd", one.terms.milestones[0].reward.id) for one in (offer, lume.publish(name="Tea")))

    assert fetch(desk, offer, f"lv.pdf?reward={reward}").content.startswith(b"%PDF")
    assert [fetch(desk, offer, f"en.pdf?reward={wrong}").status_code for wrong in (other, "rwd_x", "")] == [404] * 3
