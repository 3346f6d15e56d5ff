"""The draws of a month as a file."""

from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.exports import draws_sheet
from stampwell.exports.asking import ExportUnclear
from stampwell.exports.models import Export
from stampwell.ids import public_id
from tests.cards.test_drawing import BISCUIT, CAKE, NEVER, of_one, publish
from tests.cards.test_stamping import stamp
from tests.cards.test_undoing import undo
from tests.exports.working import ask, made, rows_of
from tests.moments import START
from tests.web.dashboard.desk import DeskClient
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


def wanted(offer: Offer, month: str = f"{START:%Y-%m}") -> dict[str, str]:
    return {"program": public_id("prg", offer.program.id), "month": month}


def test_each_draw_of_the_month_is_there_once_in_its_order(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws_sheet, "AT_ONCE", 2)
    offer, other = publish(lume, *of_one("stock", 2)), publish(lume, BISCUIT | {"odds": 10_000}, NEVER)
    cards = [offer.card() for _ in range(4)]
    for card in cards[:3]:
        stamp(card)
    undo(cards[3], stamp(cards[3]))
    stamp(other.card())
    with stopped_at(START + timedelta(days=40)):
        stamp(offer.card())

    rows = rows_of(made(lume, "draws", wanted=wanted(offer)))

    assert [row["Number of the draw"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["Prize drawn"] for row in rows] == ["A cake"] * 4
    assert [row["Prize given"] for row in rows] == ["A cake", "A cake", "A napkin", "A napkin"]
    assert [row["Why another prize"] for row in rows] == [
        "",
        "",
        "The drawn prize had run out.",
        "The drawn prize had run out.",
    ]
    assert [row["Taken back after draw number"] for row in rows] == ["", "", "", "4"]
    assert rows[0]["Card number"].replace(" ", "") == cards[0].row.short_number
    assert rows[0]["Reward"] == "A lucky prize"
    assert rows_of(made(lume, "draws", wanted=wanted(offer, "2020-01"))) == []


def test_no_prize_becomes_a_formula(lume: Shop) -> None:
    offer = publish(lume, CAKE | {"odds": 10_000, "reward": {"name": "=HYPERLINK(1)"}}, NEVER)
    stamp(offer.card())

    (row,) = rows_of(made(lume, "draws", wanted=wanted(offer)))

    assert row["Prize given"] == "'=HYPERLINK(1)"


def test_a_month_of_a_program_of_the_shop_is_asked_for(lume: Shop, rossi: Shop) -> None:
    own, foreign = publish(lume, *of_one("stock")), publish(rossi, *of_one("stock"))

    for asked in (wanted(own, "2026-13"), wanted(foreign), {"month": "2026-03"}, {"program": wanted(own)["program"]}):
        with pytest.raises(ExportUnclear):
            ask(lume, "draws", wanted=asked)


def test_the_page_of_draws_leads_to_it(lume: Shop) -> None:
    desk, offer = DeskClient(lume.owner), publish(lume, *of_one("stock"))
    stamp(offer.card())
    program, month = wanted(offer).values()
    link = f"/exports/new/?subject=draws&amp;format=csv&amp;program={program}&amp;month={month}"
    assert f'href="{link}"' in desk.open(f"/programs/{program}/draws/").content.decode()

    form = desk.open(link.replace("&amp;", "&")).content.decode()
    desk.send("/exports/new/", subject="draws", format="csv", **{"filter-program": program, "filter-month": month})

    assert "Draws of a month" in form
    assert f"The file holds the draws of {START.strftime('%B %Y')}, each" in form
    assert Export.objects.get(merchant=lume.merchant).wanted == f"program={program}&month={month}"
