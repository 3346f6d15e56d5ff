"""From the till's file to what came of it: confirmed once, told what is not fine, and nothing taken back."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import DeskChange, Event
from stampwell.ids import public_id
from stampwell.jobs.models import Job
from stampwell.merchants.models import Location
from stampwell.reconciling import reconcile
from stampwell.reconciling.clearing import KEPT, forget_old_reconciliations
from stampwell.reconciling.found import CodeFound
from stampwell.reconciling.models import ReconciledRow, Reconciliation
from stampwell.reconciling.refusals import ReportOfSums, ReportUnclear, ReportUnderWay
from stampwell.refusal import NotFound
from stampwell.sheets.files import file_of, sheets_folder
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, VoucherConfirmation
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from tests.kept import made_once
from tests.reconciling.reports import SAMPLES
from tests.reconciling.working import (
    HEADINGS,
    ask,
    coffee_shop,
    compare,
    found_of,
    hand_in,
    line_of,
    report_of,
    rows_kept,
    show_one,
    work,
)
from tests.web.customer import AT_ONCE
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return coffee_shop(lume)


def test_what_was_shown_and_used_is_confirmed_with_an_event(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)

    found = compare(lume, report_of(line_of("FREECOFFEE", used.at, lume.location.name, "3.50", "17")))

    (told,) = VoucherConfirmation.objects.all()
    assert (told.redemption_id, told.voucher_id, told.receipt_id) == (used.id, used.voucher_id, "17")
    assert (told.amount, told.currency, told.location_id) == (350, "EUR", lume.location.id)
    assert (told.at and told.at.replace(microsecond=0)) == used.at.replace(microsecond=0)
    assert found.counts == {"confirmed": 1}
    (event,) = Event.objects.filter(type="voucher.confirmed")
    assert event.data["confirmation"]["redemption_id"] == public_id("rdm", used.id)
    assert (event.data["confirmation"]["discount"], event.data["voucher"]["state"]) == (350, "redeemed")
    assert (event.staff_member_id, event.location_id, event.voucher_id) == (
        lume.ada.id,
        lume.location.id,
        used.voucher_id,
    )
    assert "FREECOFFEE" not in str(event.data)
    assert [change.kind for change in DeskChange.objects.filter(name="till.csv")] == ["report.begun"]
    assert rows_kept(lume) == []


def test_a_till_may_have_seen_a_code_as_early_as_its_reward_shows_it(lume: Shop) -> None:
    for minutes, verdict in ((15, "confirmed"), (1, "leaked")):
        code = {"kind": "static", "code": f"FREE{minutes}", "countdown_minutes": minutes}
        reward = {"name": f"Tea {minutes}", "path": "redeem_code", "redeem_code": code}
        card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}]).card()
        add_stamp(lume.merchant, card.id, Purchase(count=1), actor=lume.actor)
        until = reveal_code(lume.merchant, card.open_vouchers[0].id).until
        with stopped_at(until):
            let_vouchers_age(lume.merchant.id)

        found = compare(lume, report_of(line_of(f"FREE{minutes}", until - timedelta(minutes=30))))

        assert found.counts.get(verdict) == 1


def test_a_clock_that_was_ahead_hides_nothing_that_was_shown(lume: Shop) -> None:
    with stopped_at(now() + timedelta(hours=20)):
        offer = coffee_shop(lume)

    used = show_one(offer, now() - timedelta(hours=5))
    found = compare(lume, report_of(line_of("FREECOFFEE", used.at, lume.location.name, "3.50", "17")))

    assert found.counts == {"confirmed": 1}


def test_what_nobody_was_shown_is_told_with_its_row_and_its_money(lume: Shop, offer: Offer) -> None:
    used, later = show_one(offer), now() + timedelta(minutes=90)

    found = compare(
        lume, report_of(line_of("FREECOFFEE", used.at), line_of("freecoffee", later, "Old Town", "4.20", "18"))
    )

    assert (found.counts, found.money) == ({"confirmed": 1, "leaked": 1}, {"confirmed": 350, "leaked": 420})
    assert rows_kept(lume, "verdict", "row", "code", "place", "receipt", "amount", "voucher_id") == [
        ("leaked", 3, "freecoffee", "Old Town", "18", 420, None)
    ]


def test_what_the_till_has_not_seen_leads_to_its_voucher(lume: Shop, offer: Offer) -> None:
    first, unseen, last = (show_one(offer, now() + timedelta(hours=hours)) for hours in range(3))

    found = compare(lume, report_of(line_of("FREECOFFEE", first.at), line_of("FREECOFFEE", last.at)))

    assert found.counts == {"confirmed": 2, "not_used": 1}
    assert rows_kept(lume, "verdict", "row", "code", "voucher_id", "redemption_id") == [
        ("not_used", 0, "", unseen.voucher_id, unseen.id)
    ]


def test_the_name_of_a_button_stands_for_the_code_of_the_reward(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)

    found = compare(lume, report_of(line_of("a free coffee", used.at), line_of("Staff 20%", used.at)))

    assert found.counts == {"confirmed": 1, "unknown": 1}
    assert [(other.code, other.times) for other in found.others] == [("Staff 20%", 1)]


def test_a_till_without_codes_is_told_what_its_discounts_stand_for(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    report = f"Date,Receipt number,Discounts\n{used.at.isoformat()},7,3.50\n{used.at.isoformat()},8,0.00\n"

    found = compare(lume, report, code_of_all="FREECOFFEE")

    assert (found.counts, found.uses) == ({"confirmed": 1}, 1)


def test_the_same_report_again_confirms_nothing_twice_and_accuses_nobody(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    report = report_of(line_of("FREECOFFEE", used.at, receipt="17"))
    compare(lume, report)

    again = compare(lume, report)

    assert (again.counts, again.known_before) == ({"confirmed": 1}, 1)
    assert VoucherConfirmation.objects.count() == 1
    assert Event.objects.filter(type="voucher.confirmed").count() == 1


def test_what_was_used_before_the_days_that_were_said_is_confirmed_and_accuses_nobody(lume: Shop, offer: Offer) -> None:
    used, later = (show_one(offer, now() + timedelta(days=days)) for days in (0, 9))
    report = report_of(line_of("FREECOFFEE", used.at, receipt="1"), line_of("FREECOFFEE", later.at, receipt="2"))

    with stopped_at(later.at):
        found = compare(lume, report, first_day=later.at.date())

    assert found.counts == {"confirmed": 2}


def test_a_later_report_takes_no_confirmation_back(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    compare(lume, report_of(line_of("FREECOFFEE", used.at, receipt="17")))

    compare(lume, report_of(line_of("FREECOFFEE", used.at + timedelta(hours=3), receipt="18")))

    assert VoucherConfirmation.objects.count() == 1
    assert [row[0] for row in rows_kept(lume, "verdict")] == ["leaked"]


def test_a_voucher_that_was_restored_is_not_confirmed(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    with stopped_at(used.at + timedelta(minutes=5)):
        reverse_redemption(lume.merchant, used.id, reason="Wrong table", actor=lume.actor)

    found = compare(lume, report_of(line_of("FREECOFFEE", used.at)))

    assert found.counts == {"given_back": 1}
    assert not VoucherConfirmation.objects.exists()


def test_places_of_the_till_are_ours_by_their_names_or_as_they_were_chosen(lume: Shop, offer: Offer) -> None:
    harbour = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    used = show_one(offer)
    report = report_of(line_of("FREECOFFEE", used.at, "HARBOUR"), line_of("FREECOFFEE", used.at, "Till 7"))
    first = hand_in(lume, report)
    ask(lume, first, places={"till 7": lume.location.id})
    work(lume, first)

    found = found_of(lume, first).has_found
    assert found is not None
    assert {place.name: place.location_id for place in found.places} == {
        "HARBOUR": harbour.id,
        "Till 7": lume.location.id,
    }
    assert found_of(lume, hand_in(lume, report)).chosen.places == {"till 7": lume.location.id}, "remembered"


def test_what_was_chosen_for_a_heading_is_remembered(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    report = f"Foo,Bar\nFREECOFFEE,{used.at.isoformat()}\n"
    first = hand_in(lume, report)
    assert found_of(lume, first).chosen.columns == ["code", ""]
    with pytest.raises(ReportUnclear):
        ask(lume, first)
    ask(lume, first, columns=["code", "at"])
    work(lume, first)

    assert found_of(lume, hand_in(lume, report)).chosen.columns == ["code", "at"]


def test_a_row_that_cannot_be_read_is_told_and_the_others_count(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)

    found = compare(
        lume, report_of(line_of("FREECOFFEE", used.at), "FREECOFFEE,some day,,3.50,", line_of("X", used.at))
    )

    assert (found.unread, found.counts) == (1, {"confirmed": 1, "unknown": 1})
    assert rows_kept(lume, "verdict", "row", "code", "receipt") == [("unread", 3, "some day", "time")]


def test_sums_of_days_and_dates_that_could_be_two_are_not_guessed(lume: Shop, offer: Offer) -> None:
    sums = hand_in(lume, (SAMPLES / "airregi_sums.csv").read_bytes())
    with pytest.raises(ReportOfSums):
        ask(lume, sums)
    open_dates = hand_in(lume, "Code,Date\nFREECOFFEE,3/4/2026\n")
    with pytest.raises(ReportUnclear):
        ask(lume, open_dates)

    ask(lume, open_dates, date_order="dmy")


def test_one_report_at_a_time_and_each_once(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    first, second = (hand_in(lume, report_of(line_of("FREECOFFEE", used.at, receipt=no))) for no in ("1", "2"))
    ask(lume, first)
    with pytest.raises(ReportUnderWay):
        ask(lume, second)
    ask(lume, first)

    assert Job.objects.filter(kind="reconcile").count() == 1


def test_a_foreign_report_is_not_found(lume: Shop, rossi: Shop) -> None:
    theirs = hand_in(rossi, report_of(line_of("X", now())))

    with pytest.raises(NotFound):
        found_of(lume, theirs)


@pytest.mark.parametrize("stops", range(2, 12))
def test_a_job_that_is_cut_off_goes_on_and_writes_each_once(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, stops: int
) -> None:
    monkeypatch.setattr(reconcile, "AT_ONCE", 2)
    used = [show_one(offer, now() + timedelta(minutes=30 * number)) for number in range(5)]
    lines = [line_of("FREECOFFEE", one.at, receipt=str(number)) for number, one in enumerate(used)]
    leaks = [line_of("FREECOFFEE", one.at + timedelta(days=-2), receipt=f"x{no}") for no, one in enumerate(used[:3])]
    reconciliation = hand_in(lume, report_of(*lines, *leaks))
    ask(lume, reconciliation)
    steps = iter(range(1, 100))
    work(lume, reconciliation, is_stopping=lambda: next(steps) >= stops)
    work(lume, reconciliation)

    found = found_of(lume, reconciliation).has_found
    assert found is not None
    assert found.counts == {"confirmed": 5, "leaked": 3}
    assert VoucherConfirmation.objects.count() == Event.objects.filter(type="voucher.confirmed").count() == 5
    assert [row[0] for row in rows_kept(lume, "verdict")] == ["leaked"] * 3
    assert not list(sheets_folder().rglob("*.csv")), "the file is gone when it was compared"


def test_more_rows_than_are_kept_are_counted_all_the_same(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "MOST_KEPT", 2)
    at = show_one(offer).at

    found = compare(lume, report_of(*(line_of("FREECOFFEE", at, receipt=str(number)) for number in range(6))))

    assert (found.counts["leaked"], ReconciledRow.objects.count()) == (5, 2)


def test_what_nobody_compares_goes_after_a_day_and_the_rest_after_two_years(lume: Shop, offer: Offer) -> None:
    used = show_one(offer)
    report = report_of(line_of("FREECOFFEE", used.at), line_of("FREECOFFEE", used.at, receipt="2"))
    compare(lume, report)
    waits = hand_in(lume, report)
    assert file_of(lume.merchant.id, waits).exists()
    with stopped_at(now() + timedelta(days=1, hours=13)):
        forget_old_reconciliations()
        assert not file_of(lume.merchant.id, waits).exists()
        assert (Reconciliation.objects.count(), ReconciledRow.objects.count()) == (1, 1)
    with stopped_at(now() + KEPT + timedelta(days=1)):
        forget_old_reconciliations()

    assert (Reconciliation.objects.count(), ReconciledRow.objects.count()) == (0, 0)
    assert (VoucherConfirmation.objects.count(), Redemption.objects.count()) == (1, 1)


def test_each_code_that_many_are_shown_is_counted_on_both_sides(lume: Shop, offer: Offer) -> None:
    """Of two coffees the till has one, and two that nobody was shown; and a tea that was taken back."""
    code = {"kind": "static", "code": "FREETEA"}
    reward = {"name": "Tea", "path": "redeem_code", "redeem_code": code}
    tea = lume.publish(goal=1, earning=AT_ONCE, milestones=[{"stamps": 1, "reward": reward}])
    first, _unseen, cup = show_one(offer), show_one(offer, now() + timedelta(hours=2)), show_one(tea)

    sales = [
        line_of("FREECOFFEE", first.at, receipt="1"),
        line_of("freecoffee", first.at + timedelta(hours=5), receipt="2"),
        line_of("FREECOFFEE", first.at + timedelta(hours=6), receipt="3"),
        line_of("FREETEA", cup.at, receipt="4"),
        line_of("STAFF20", first.at, receipt="5"),
    ]
    back = line_of("FREETEA", cup.at, receipt="4")
    headings = f"{HEADINGS},Transaction type"
    found = compare(lume, "\n".join([headings, *(f"{line},Sale" for line in sales), f"{back},Refund", ""]))

    assert found.codes == [CodeFound("FREECOFFEE", shown=2, used=3), CodeFound("FREETEA", shown=1, used=0)]
