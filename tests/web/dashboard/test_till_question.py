"""Are redeem codes still enough? What the page says, and that it says nothing of too few figures."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.clock import new_id, now, stopped_at
from stampwell.counter.handing_over import give_back
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.ids import public_id
from stampwell.insight.models import CardFigure
from stampwell.insight.redemption_models import RedemptionTotal
from stampwell.insight.till_question import DAYS
from stampwell.insight.till_seconds import TillSeconds, seconds_at_till, seconds_of_scans
from stampwell.languages.period_names import name_days
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import StaffMember
from stampwell.reconciling.found import Found
from stampwell.reconciling.models import Reconciliation
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.refusals import VoucherExpired
from stampwell.web.dashboard.figures import till_question
from tests.following import follow_everything
from tests.moments import COUNTDOWN
from tests.reconciling.working import coffee_shop, compare, line_of, report_of, show_one
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.scanner.phone import Phone
from tests.web.scanner.test_entered import hidden_in
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
PAGE = "/figures/redeem-codes/"


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def offer(lume: Shop) -> Offer:
    return coffee_shop(lume)


def use(offer: Offer, way: str, times: int, *, days_ago: int = 1) -> None:
    """As the follower keeps it."""
    day = local_day(offer.shop.merchant, now()) - timedelta(days=days_ago)
    RedemptionTotal.objects.create(
        merchant=offer.shop.merchant,
        day=day,
        program_id=offer.program.id,
        way=way,
        times=times,
    )


def compared(shop: Shop, days_ago: int = 0, days: tuple[date, date] | None = None, **counts: int) -> None:
    """As the job keeps it."""
    first, last = days or (None, None)
    found = Found(currency="EUR", first_day=first, last_day=last, counts=counts)
    Reconciliation.objects.create(
        merchant=shop.merchant,
        id=new_id(),
        name="till.csv",
        digest=b"",
        size=1,
        shape="",
        found=msgspec.to_builtins(found),
        finished=now() - timedelta(days=days_ago),
        source="owner",
    )


def test_a_new_shop_is_told_how_few_figures_there_are(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 29)
    use(offer, "redeem_code", 500, days_ago=90)

    said = words(desk.open(PAGE))

    assert "Not enough to say yet" in said
    assert "29 rewards were used in these days. With 30 or more, the page can answer." in said
    assert "No report of the till was compared in this time." in said


def test_without_a_report_of_the_till_nothing_is_said_of_codes(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 100)
    compared(offer.shop, confirmed=20, leaked=9, unknown=900)

    said = words(desk.open(PAGE))

    assert "29 codes were compared with the till’s report. With 30 or more, the page can answer." in said
    assert '<a href="/reconciliations/">' in desk.open(PAGE).content.decode()


def test_a_comparison_from_before_these_days_answers_nothing(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 100)
    compared(offer.shop, days_ago=90, confirmed=50, leaked=50)

    said = words(desk.open(PAGE))

    assert "0 codes were compared with the till’s report." in said
    assert "No report of the till was compared in this time." in said


def test_the_days_of_the_tills_report_are_said(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 100)
    days = (date(2025, 3, 3), date(2025, 3, 9))
    compared(offer.shop, days_ago=89, days=days, confirmed=100)

    assert f'<p class="soft">{name_days(*days)}</p>' in desk.open(PAGE).content.decode()


def test_a_till_that_agrees_needs_no_connection(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 100)
    compared(offer.shop, days_ago=90, leaked=50)
    compared(offer.shop, days_ago=7, confirmed=20, not_used=1)
    compared(offer.shop, confirmed=16, not_used=1)

    said = words(desk.open(PAGE))

    assert "A connection to the till would help" in said
    assert "2 of 38 codes do not match the till’s reports." in said

    compared(offer.shop, confirmed=62)
    said = words(desk.open(PAGE))
    assert "Yes, redeem codes are enough" in said
    assert "2 of 100 codes do not match the till’s reports." in said


def test_a_connection_helps_where_one_code_of_twenty_goes_wrong(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 60)
    use(offer, "staff_scan", 40)
    compared(offer.shop, confirmed=95, leaked=3, twice=2)

    said = words(desk.open(PAGE))

    assert "A connection to the till would help" in said
    assert "Used, but never shown 3 Used twice 2" in said
    assert "60 of 100 60% A code on the customer’s phone" in said
    assert "40 of 100 40% Staff scan the voucher" in said


def test_a_shop_without_codes_is_told_so(desk: DeskClient, offer: Offer) -> None:
    use(offer, "staff_scan", 30)

    assert "none of them with a code at the till" in words(desk.open(PAGE))


def test_two_programs_are_told_apart(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 3)
    assert "By program" not in words(desk.open(PAGE))

    use(offer.shop.publish(), "self_redeem", 2)

    assert "By program" in words(desk.open(PAGE))


def test_it_is_told_from_what_really_happened(desk: DeskClient, offer: Offer) -> None:
    used = show_one(offer, now() - timedelta(hours=5))
    compare(offer.shop, report_of(line_of("FREECOFFEE", used.at)))
    note_refusal(offer.shop.merchant, Recognised(), VoucherExpired(), actor=offer.shop.actor)
    follow_everything()

    said = words(desk.open(PAGE))

    assert "1 reward was used in these days." in said
    assert "0 of 1 0% Used but never shown" in said
    assert "Nine of ten rewards were used on the day on which they became ready." in said
    assert "Voucher expired 1 100%" in said


def test_how_long_the_till_took_is_told_where_its_report_tells_the_time(
    desk: DeskClient, lume: Shop, rossi: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till_question, "LEAST", 3)
    shown = [show_one(offer, now() - timedelta(hours=20 - hour)) for hour in range(4)]
    lines = [
        line_of("FREECOFFEE", used.at - COUNTDOWN + timedelta(seconds=seconds), receipt=str(seconds))
        for used, seconds in zip(shown, (-40, 12, 95, 30), strict=True)
    ]
    compare(lume, report_of(*lines[:2]))
    assert "told the time of 2 codes. With 3 or more, the page can answer." in words(desk.open(PAGE))

    compare(lume, report_of(*lines))
    assert "at most 12 for half of the codes, 95 for nine of ten." in words(desk.open(PAGE))
    give_back(lume.merchant, shown[1].id, reason="Wrong coffee", actor=lume.actor)
    assert "at most 30 for half of the codes, 95 for nine of ten." in words(desk.open(PAGE))
    with stopped_at(now() + timedelta(days=DAYS)):
        assert told(lume) == told(rossi) == TillSeconds(0, None, None)


def test_how_long_staff_took_from_a_scan_is_told_of_what_they_scanned(
    desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till_question, "LEAST", 3)
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo"))
    tea = {"stamps": 1, "reward": {"name": "Tea", "path": "staff_scan"}}
    offer = lume.publish(goal=1, milestones=[tea])

    def hand_out(seconds: int, *, is_typed: bool = False) -> None:
        card = offer.card()
        began = now()
        panel = phone.scan(card.row.short_number if is_typed else card.code)
        with stopped_at(began + timedelta(seconds=seconds)):
            assert phone.tap(panel.url("/redemption"), **hidden_in(panel, "/redemption")).outcome == "handed_over"

    hand_out(4)
    hand_out(31)
    hand_out(600, is_typed=True)
    assert "Staff scanned and handed out 2 rewards. With 3 or more, the page can answer." in words(desk.open(PAGE))

    hand_out(9)
    assert "at most 9 for half of the rewards, 31 for nine of ten." in words(desk.open(PAGE))
    with merchant_transaction(lume.merchant.id) as tx:
        assert seconds_of_scans(tx, since=now() + timedelta(hours=1)) == TillSeconds(0, None, None)


def told(shop: Shop) -> TillSeconds:
    with merchant_transaction(shop.merchant.id) as tx:
        return seconds_at_till(tx, since=now() - timedelta(days=DAYS))


def test_half_of_them_on_the_same_day_is_no_number_of_days(desk: DeskClient, offer: Offer) -> None:
    for waited, times in ((0, 6), (4, 4)):
        CardFigure.objects.create(
            merchant=offer.shop.merchant,
            figure="waited",
            program_id=offer.program.id,
            day=local_day(offer.shop.merchant, now()),
            number=waited,
            times=times,
        )
    use(offer, "redeem_code", 10)

    said = words(desk.open(PAGE))

    assert "Half of the rewards were used on the day on which they became ready, nine of ten within 4 days." in said


def test_the_page_asks_as_many_questions_however_much_happened(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 30)
    desk.open(PAGE)
    with CaptureQueriesContext(connection) as few:
        desk.open(PAGE)
    for days in range(2, 80):
        use(offer, "redeem_code", 30, days_ago=days)
        compared(offer.shop, confirmed=100, leaked=days)
    with CaptureQueriesContext(connection) as many:
        desk.open(PAGE)

    assert len(many) == len(few)


def test_it_is_for_owners_who_find_it_from_the_figures(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)

    assert bo.open(PAGE).status_code == 403
    assert PAGE not in bo.open("/figures/").content.decode()
    assert PAGE in desk.open("/figures/").content.decode()


def test_another_shop_sees_none_of_it(rossi: Shop, desk: DeskClient, offer: Offer) -> None:
    use(coffee_shop(rossi), "redeem_code", 400)
    compared(rossi, confirmed=400)

    assert "0 rewards were used in these days." in words(desk.open(PAGE))


def test_how_often_a_code_was_shown_stands_against_the_count_of_the_till(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    used = show_one(offer, now() - timedelta(hours=5))
    show_one(offer, now() - timedelta(hours=4))
    leaks = [line_of("FREECOFFEE", used.at + timedelta(minutes=90), receipt=f"L{number}") for number in range(3)]
    compare(lume, report_of(line_of("FREECOFFEE", used.at, receipt="1"), *leaks))
    report = Reconciliation.objects.get(merchant=lume.merchant)

    for page in (PAGE, f"/reconciliations/{public_id('rcn', report.id)}/"):
        said = words(desk.open(page))
        assert "FREECOFFEE 2 4 The till counts 2 uses more than were shown here." in said


def test_home_says_that_codes_were_used_and_never_compared(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    use(offer, "redeem_code", 9, days_ago=40)
    use(offer, "staff_scan", 500, days_ago=40)
    assert "not yet compared" not in words(desk.open("/"))
    use(offer, "redeem_code", 3, days_ago=30)

    assert "12 codes were used and not yet compared with the till’s report." in words(desk.open("/"))
    assert "not yet compared" not in words(sign_up_staff(lume, StaffMember.Role.MANAGER).open("/"))
    compared(lume, days_ago=29, confirmed=5)
    use(offer, "redeem_code", 10, days_ago=2)
    assert "10 codes were used and not yet compared with the till’s report." in words(desk.open("/"))
    compared(lume, confirmed=5)
    assert "not yet compared" not in words(desk.open("/"))


def test_a_shop_that_never_compared_is_told_after_four_weeks(desk: DeskClient, offer: Offer) -> None:
    use(offer, "redeem_code", 500, days_ago=27)
    assert "not yet compared" not in words(desk.open("/"))

    use(offer, "redeem_code", 10, days_ago=28)
    assert "10 codes were used and not yet compared with the till’s report." in words(desk.open("/"))


def test_home_says_for_two_weeks_that_the_last_report_told_of_a_leak(desk: DeskClient, lume: Shop) -> None:
    compared(lume, days_ago=14, leaked=2)
    assert "nobody was shown" not in words(desk.open("/"))

    compared(lume, days_ago=13, leaked=2, confirmed=5)
    assert "2 codes were used that nobody was shown here" in words(desk.open("/"))
    report = Reconciliation.objects.latest("id")
    assert f'href="/reconciliations/{public_id("rcn", report.id)}/"' in desk.open("/").content.decode()
    compared(lume, confirmed=7)
    assert "nobody was shown" not in words(desk.open("/"))
