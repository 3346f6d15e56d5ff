"""The pages of codes that are the same for every customer, and what the first page says of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.languages.formatting import format_date
from stampwell.merchants.local_time import start_of_day
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.models import CodeSuccessor, Program, ProgramVersion
from stampwell.programs.replacing_codes import NextCode, plan_successor
from stampwell.programs.shared_codes import NEWS_FOR, OLD
from tests.programs.test_replacing_codes import TODAY, TURN, mill, offer, plan, reward_of, turn_of
from tests.vouchers.test_codes_by_location import loc, tea
from tests.web.api.client import ApiClient
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_program_drafts import held
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
__all__ = ["mill", "offer"]  # fixtures

PAGE = "/programs/codes/"


def form_of(offer: Offer) -> str:
    return f"{PAGE}{public_id('rwd', reward_of(offer))}/next/"


def fields(**changes: str) -> dict[str, str]:
    return {"code": "NEWTEA", "first_day": TURN.isoformat(), "overlap_days": "7", "place": "", **changes}


def home(desk: DeskClient, at: datetime) -> str:
    with stopped_at(at):
        return words(desk.open("/"))


def test_it_is_planned_told_and_taken_back(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    first, last = format_date(TURN), format_date(TURN + timedelta(days=7))

    sent = desk.send(form_of(offer), **fields())
    page = words(desk.open(PAGE))
    planned = CodeSuccessor.objects.get()
    taken = desk.send(f"{PAGE}{public_id('csu', planned.id)}/back/")

    assert sent.status_code == 302
    for told in (
        f"Create “NEWTEA” in your till before {first}.",
        f"From {first} customers are shown “NEWTEA”.",
        f"Delete “FREETEA” in your till on {last}.",
        "MILL10",
        "Mill",
    ):
        assert told in page
    assert taken.status_code == 302
    assert not CodeSuccessor.objects.exists()
    assert "NEWTEA" not in words(desk.open(PAGE)).replace("The planned code", "")


def test_it_is_checked_and_drawn_while_it_is_typed(desk: DeskClient, lume: Shop) -> None:
    reward = tea({})
    reward["redeem_code"] |= {"code": "4006381333931", "format": "ean13"}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])
    drawn = f"{form_of(offer)}?drawn"

    said = {
        code: desk.send(drawn, **fields(code=code)).content.decode()
        for code in ("4006381333932", "4006381333931", "2222222222222", "")
    }

    assert "last digit" in said["4006381333932"]
    assert "was another code of your shop" in said["4006381333931"]
    assert "mm" in said["2222222222222"]
    assert "in your till before" in said["2222222222222"]
    assert "checked and drawn here" in said[""]
    assert not CodeSuccessor.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"code": ""}, 422, "required"),
        ({"overlap_days": "0"}, 422, "1"),
        ({"first_day": (TODAY - timedelta(days=1)).isoformat()}, 409, "This day cannot be chosen"),
        ({"code": "mill10"}, 409, "Your shop has this code already"),
        ({"place": "loc_" + "0" * 32}, 404, ""),
        ({"place": "nowhere"}, 404, ""),
    ],
)
def test_what_cannot_be_is_refused_on_the_page(
    desk: DeskClient, offer: Offer, changes: dict[str, str], status: int, told: str
) -> None:
    answer = desk.send(form_of(offer), **fields(**changes))

    assert answer.status_code == status
    assert told in words(answer)
    assert not CodeSuccessor.objects.exists()


def test_a_location_has_its_own(desk: DeskClient, offer: Offer, mill: Location) -> None:
    page = desk.open(PAGE).content.decode()
    assert f"place={loc(mill)}" in page

    desk.send(form_of(offer), **fields(place=loc(mill)))

    assert CodeSuccessor.objects.get().code == "MILL10"


def test_the_first_page_says_when_the_day_is_near_and_when_it_is_over(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    row, turn = plan(offer), turn_of(offer)

    assert "NEWTEA" not in home(desk, turn - timedelta(days=7, seconds=1))
    assert "Create “NEWTEA” in your till before" in home(desk, turn - timedelta(days=7))
    assert "FREETEA" not in home(desk, row.old_until - timedelta(seconds=1))
    assert "Delete “FREETEA” in your till now." in home(desk, row.old_until)
    with stopped_at(row.old_until):
        desk.send(f"{PAGE}{public_id('csu', row.id)}/removed/")
    assert "FREETEA" not in home(desk, row.old_until)


def test_a_code_that_is_shown_for_long_is_told_for_two_weeks(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    shown = now()

    told = {
        age.days: "“FREETEA” has been shown to every customer for" in home(desk, shown + age)
        for age in (OLD - timedelta(days=1), OLD, OLD + NEWS_FOR, 2 * OLD)
    }

    assert list(told.values()) == [False, True, False, True]
    with stopped_at(shown + OLD + NEWS_FOR):
        assert words(desk.open(PAGE)).count("It has been shown for long") == 2
        plan(offer, day=(shown + OLD + NEWS_FOR).astimezone(ZoneInfo("Europe/Riga")).date())
        assert words(desk.open(PAGE)).count("It has been shown for long") == 1, "the location's own"


def test_forms_prints_trials_and_programs_show_what_is_shown_by_now(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    plan(offer)
    program = public_id("prg", offer.program.id)
    pages = (f"/programs/{program}/edit/", f"/programs/{program}/test-print/")

    def told(at: datetime) -> list[str]:
        with stopped_at(at):
            seen = [desk.open(page).content.decode() for page in pages]
            reward = ApiClient(lume.api_key()).get(f"/programs/{program}").json["milestones"][0]["reward"]
        shown = [*(text.split("Planned: shown from")[0] for text in seen), reward["redeem_code"]["code"]]
        return ["NEWTEA" if "NEWTEA" in text else "FREETEA" for text in shown]

    turn = start_of_day(lume.merchant, TURN)
    assert told(turn - timedelta(seconds=1)) == ["FREETEA"] * 3
    assert told(turn) == ["NEWTEA"] * 3


def test_a_test_print_has_the_planned_code_with_its_first_day(desk: DeskClient, lume: Shop) -> None:
    reward = tea({})
    reward["redeem_code"] |= {"format": "code128"}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])
    page = f"/programs/{public_id('prg', offer.program.id)}/test-print/"
    before = desk.open(page)
    plan(offer)

    planned = desk.open(page)
    with stopped_at(turn_of(offer)):
        after = desk.open(page)

    assert "Planned" not in words(before)
    assert f"Planned: shown from {format_date(TURN)} NEWTEA Code 128" in words(planned)
    assert planned.content.count(b"<svg") == before.content.count(b"<svg") + 1
    assert ("Planned" in words(after), "NEWTEA" in words(after)) == (False, True)


def test_a_planned_code_that_older_terms_cannot_show_is_told_on_the_test_print(desk: DeskClient, lume: Shop) -> None:
    reward = tea({})
    reward["redeem_code"] |= {"code": "4006381333931", "format": "ean13"}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}])
    plan(offer, "2222222222222")
    CodeSuccessor.objects.update(next_code="NEWTEA")
    Merchant.objects.update(code_turns=[["4006381333931", "NEWTEA", turn_of(offer).isoformat()]])

    page = words(desk.open(f"/programs/{public_id('prg', offer.program.id)}/test-print/"))

    assert "“NEWTEA” is planned to follow “4006381333931”" in page


def test_the_form_says_which_planned_code_does_not_fit(desk: DeskClient, lume: Shop) -> None:
    edit = desk.publish(**{"goal-reward-code": "4006381333931"}).headers["Location"] + "edit/"
    terms = Offer(lume, Program.objects.get(merchant=lume.merchant)).terms
    wanted = NextCode(code="NEWTEA", first_day=TURN)
    plan_successor(lume.merchant, terms.milestones[-1].reward.id, None, wanted, actor=lume.actor)

    answer = desk.send(edit, **(held(desk.open(edit)) | {"goal-reward-code_format": "ean13"}))

    assert answer.status_code == 422
    assert "“NEWTEA” is planned to follow “4006381333931”" in words(answer)
    assert "take the planned code back first" in words(answer)
    assert ProgramVersion.objects.count() == 1


def test_the_first_page_asks_as_often_however_many_codes_were_replaced(
    desk: DeskClient, lume: Shop, offer: Offer, mill: Location
) -> None:
    def asked(at: datetime) -> int:
        with stopped_at(at):
            desk.open("/")  # terms that are published stay in memory
            with CaptureQueriesContext(connection) as found:
                assert desk.open("/").status_code == 200
        return len(found)

    plan(offer)
    one = asked(turn_of(offer) + timedelta(days=20))
    plan(offer, "MILL11", place=mill)
    with stopped_at(turn_of(offer)):
        plan(offer, "NEWERTEA", day=TURN)

    assert asked(turn_of(offer) + timedelta(days=20)) == one


def test_a_shop_without_such_codes_reads_that(desk: DeskClient) -> None:
    assert "No reward of yours shows every customer the same code." in words(desk.open(PAGE))
