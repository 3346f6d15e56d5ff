"""Looking for something in the journal: by number, name, receipt, code or reference; exactly what belongs to it."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.earning import Purchase
from stampwell.cards.links import card_code
from stampwell.cards.models import Card, Stamp
from stampwell.cards.numbers import group_digits
from stampwell.cards.recovering import recover_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.customers.search_index import prepare_search_index
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.exports.asking import SearchTooWide
from stampwell.ids import public_id
from stampwell.journal.searching import MOST
from stampwell.journal.wanted import LEFT_OUT, Wanted, group_of
from stampwell.vouchers.finding import reference_of
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from stampwell.web.dashboard.journal.pages import read_journal
from tests.exports.working import ask, made, rows_of
from tests.following import follow_everything
from tests.insight.test_daily_totals import AT_ONCE, MORNING, live
from tests.kept import made_once
from tests.redeem_codes.working import lay_in, pool_of
from tests.vouchers.test_till_codes import offer_from, show, voucher_of
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_journal import all_pages
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.moment(MORNING)


@pytest.fixture
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


def stamp_with(card: HeldCard, receipt: str, count: int = 1) -> Stamp:
    done = add_stamp(card.shop.merchant, card.id, Purchase(count=count, receipt_id=receipt), actor=card.shop.actor)
    return Stamp.objects.get(id=done.stamp.id)


def types_found(shop: Shop, typed: str) -> list[str]:
    """What stands in the journal for it, the oldest first."""
    numbers = all_pages(shop, Wanted(words=typed))
    types = dict(Event.objects.filter(merchant=shop.merchant).values_list("sequence", "type"))
    return [types[number] for number in reversed(numbers)]


def cards_found(shop: Shop, typed: str) -> set[str]:
    journal = read_journal(shop.merchant, Wanted(words=typed), below=None)
    return {entry.card.name for day in journal.days for entry in day.entries if entry.card}


def test_a_name_or_a_number_finds_all_that_happened_on_the_card_and_nothing_else(lume: Shop) -> None:
    live(lume, 1)
    one, other = Card.objects.order_by("id")
    follow_everything()
    since, until = MORNING + timedelta(days=3), MORNING + timedelta(days=9)

    def by_hand(wanted: Wanted) -> list[int]:
        return [
            event.sequence or 0
            for event in Event.objects.filter(card_id=one.id).order_by("-at", "-id")
            if event.type not in LEFT_OUT
            and wanted.group in (None, group_of(event.type))
            and wanted.person in (None, event.staff_member_id)
            and (wanted.since is None or event.at >= wanted.since)
            and (wanted.until is None or event.at < wanted.until)
        ]

    person = (
        Event.objects.filter(card_id=one.id).exclude(staff_member_id=None).values_list("staff_member_id", flat=True)
    )
    for wanted in (
        Wanted(words=one.short_number),
        Wanted(words=group_digits(one.short_number)),
        Wanted(words=card_code(one.id, one.issue)),
        Wanted(words=public_id("crd", one.id)),
        Wanted(words=public_id("cus", one.customer_id)),
        Wanted(words=one.short_number, group="undone"),
        Wanted(words=one.short_number, person=person[0]),
        Wanted(words=one.short_number, since=since, until=until),
    ):
        expected = by_hand(wanted)
        assert len(expected) > 3, wanted
        assert all_pages(lume, wanted) == expected, wanted
    assert set(all_pages(lume, Wanted(words=other.short_number))).isdisjoint(by_hand(Wanted()))


def test_a_customer_is_found_as_in_the_list_of_cards(lume: Shop, offer: Offer) -> None:
    prepare_search_index()
    for name, email in (("Jānis Bērziņš", "janis@example.com"), ("Jana", ""), ("Līga", "")):
        stamp_with(offer.card(name=name, email=email), name)
    follow_everything()

    assert cards_found(lume, "berzins jan") == {"Jānis Bērziņš"}
    assert cards_found(lume, "jan") == {"Jānis Bērziņš", "Jana"}
    assert cards_found(lume, "janis@") == {"Jānis Bērziņš"}
    assert cards_found(lume, "nobody") == set()


def test_a_receipt_finds_its_stamp_what_that_gave_and_that_it_was_undone(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp_with(card, "R-1", 4)
    with stopped_at(now() + timedelta(hours=1)):
        second = stamp_with(card, "R-2")
    with stopped_at(now() + timedelta(hours=2)):
        undo_stamp(lume.merchant, second.id, reason="Wrong card", actor=lume.actor)
    with stopped_at(now() + timedelta(hours=3)):
        stamp_with(card, "R-3")
    follow_everything()

    expected = ["stamp.added", "voucher.issued", "voucher.voided", "stamp.reversed"]
    assert types_found(lume, "R-2") == expected
    assert types_found(lume, public_id("stp", second.id)) == expected
    assert types_found(lume, "R-3")[0] == "stamp.added"
    assert types_found(lume, "R-") == []


def test_the_receipt_of_a_redemption_finds_it_and_that_it_was_given_back(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp_with(card, "R-1", 6)
    (voucher,) = card.open_vouchers
    with stopped_at(now() + timedelta(hours=1)):
        hand_over(lume.merchant, voucher.id, actor=lume.actor, receipt_id="T-9")
    used = Redemption.objects.get()
    with stopped_at(now() + timedelta(hours=2)):
        give_back(lume.merchant, used.id, reason="Wrong biscuit", actor=lume.actor)
    follow_everything()

    assert types_found(lume, "T-9") == ["voucher.redeemed", "voucher.reversed"]
    assert types_found(lume, public_id("rdm", used.id)) == ["voucher.redeemed", "voucher.reversed"]


def test_a_voucher_is_found_by_its_code_and_by_what_staff_call_it(lume: Shop, offer: Offer) -> None:
    card, other = offer.card(), offer.card()
    for number, one in enumerate((card, other)):
        stamp_with(one, f"R-{number}", 6)
    (voucher,) = card.open_vouchers
    hand_over(lume.merchant, voucher.id, actor=lume.actor)
    follow_everything()

    for typed in (
        voucher_code(voucher.id, card.row.issue),
        reference_of(voucher.id),
        reference_of(voucher.id).lower(),
        public_id("vch", voucher.id),
    ):
        assert types_found(lume, typed) == ["voucher.issued", "voucher.redeemed"], typed


def test_a_till_code_that_a_receipt_names_finds_the_voucher_that_showed_it(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool, ["KAFE-1", "KAFE-2"])
    offer = offer_from(lume, pool)
    one, other = voucher_of(offer), voucher_of(offer)
    code, _others = show(lume, one), show(lume, other)
    follow_everything()

    for typed in (code, code.lower()):
        assert types_found(lume, typed) == types_found(lume, public_id("vch", one)), typed
    assert types_found(lume, code)
    assert types_found(lume, "KAFE-3") == []


def test_the_number_that_a_card_had_before_it_was_recovered_still_finds_it(lume: Shop, offer: Offer) -> None:
    card = offer.card(name="Cy")
    before = card.row
    recover_card(lume.merchant, card.id, actor=lume.actor)
    follow_everything()

    assert card.row.short_number != before.short_number
    for typed in (before.short_number, card_code(before.id, before.issue), card.row.short_number):
        assert types_found(lume, typed) == ["card.issued", "card.recovered"], typed


def test_what_happened_this_moment_is_found_before_it_has_a_number(lume: Shop, offer: Offer) -> None:
    card = offer.card(name="Cy")
    put_in_order(lume.merchant.id)
    stamp_with(card, "R-1")

    journal = read_journal(lume.merchant, Wanted(words="cy"), below=None)

    assert [entry.line.what for day in journal.days for entry in day.entries] == [
        "1 stamp added",
        "A customer got a new card",
    ]


def test_the_pages_of_a_search_hold_each_line_once_also_those_without_a_number(lume: Shop, offer: Offer) -> None:
    prepare_search_index()
    card = offer.card(name="Cy")
    for number in range(90):
        with stopped_at(now() + timedelta(minutes=number)):
            stamp_with(card, f"R-{number}")
    put_in_order(lume.merchant.id)
    for late in (2, 40, 41, 42, 88):  # committed after others that are younger
        Event.objects.filter(at=MORNING + timedelta(minutes=late), type="stamp.added").update(sequence=None)

    told: list[str] = []
    below: int | None = None
    for _page in range(2):
        journal = read_journal(lume.merchant, Wanted(words="cy", group="stamps"), below=below)
        told += [entry.line.id for day in journal.days for entry in day.entries]
        below = journal.older

    events = Event.objects.filter(type="stamp.added").order_by("-at", "-id")
    assert told == [public_id("evt", event.id) for event in events]
    assert below is None


def test_a_search_stays_with_filters_pages_and_the_export(
    desk: DeskClient, lume: Shop, offer: Offer, data_folder: Path
) -> None:
    prepare_search_index()
    card = offer.card(name="Cy")
    for number in range(60):
        with stopped_at(now() + timedelta(minutes=number)):
            stamp_with(card, f"R-{number}")
    stamp_with(offer.card(name="Nobody"), "R-99")
    follow_everything()

    page = desk.open("/journal/?q=cy&kind=stamps").content.decode()

    assert 'value="cy"' in page
    assert "?q=cy&amp;kind=rewards" in page
    assert "?subject=journal&amp;q=cy&amp;kind=stamps" in page
    assert "?q=cy&amp;kind=stamps&amp;before=" in page
    assert "Nobody" not in words(desk.open("/journal/?q=cy"))
    told = rows_of(made(lume, "journal", wanted={"q": "cy", "kind": "stamps"}))
    assert len(told) == 60
    assert {row["Customer"] for row in told} == {"Cy"}


def test_more_than_is_looked_at_is_said_and_not_written_to_a_file(
    desk: DeskClient, lume: Shop, offer: Offer, data_folder: Path
) -> None:
    prepare_search_index()
    for number in range(MOST + 1):
        with stopped_at(now() + timedelta(days=number)):
            card = offer.card(name=f"Cy {number}")
    stamp_with(card, "R-1", 6)
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor, receipt_id="17")
    used = Redemption.objects.get()
    for number in range(1, MOST + 1):  # a till that begins with 1 every day
        used.pk, used.reversal_no, used.at = uuid4(), number, MORNING + timedelta(days=number)
        used.save(force_insert=True)
    follow_everything()

    by_name, by_receipt = words(desk.open("/journal/?q=cy")), words(desk.open("/journal/?q=17"))

    assert "Only the newest 50 are searched: enter more of the name." in by_name
    assert "Only its last 50 uses are shown: choose days." in by_receipt
    assert f"Cy {MOST} " in by_name
    assert "Cy 0 " not in by_name
    for page in (by_name, by_receipt):
        assert "Export" not in page
    for typed in ("cy", "17"):
        with pytest.raises(SearchTooWide):
            ask(lume, "journal", wanted={"q": typed})
    told = rows_of(made(lume, "journal", wanted={"q": "17", "to": "2026-03-02"}))
    assert {row["Customer"] for row in told} == {f"Cy {MOST}"}


def test_of_another_shop_nothing_is_found(lume: Shop, rossi: Shop) -> None:
    prepare_search_index()
    card = lume.publish(earning=AT_ONCE).card(name="Cy")
    stamp_with(card, "R-1", 6)
    (voucher,) = card.open_vouchers
    follow_everything()

    for typed in ("Cy", "R-1", card.row.short_number, reference_of(voucher.id), public_id("crd", card.id)):
        assert all_pages(rossi, Wanted(words=typed)) == [], typed


@pytest.mark.parametrize(
    "typed", ["%25", "_", "%00", "'", "a" * 300, "+R-2+", "%F0%9F%98%80", "crd_", "١٢٣٤٥٦٧٨", "%20"]
)
def test_whatever_is_typed_gets_a_page(desk: DeskClient, lume: Shop, typed: str) -> None:
    assert desk.open(f"/journal/?q={typed}&before=7").status_code == 200


def test_as_many_questions_for_many_cards_as_for_one(
    desk: DeskClient, offer: Offer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    prepare_search_index()
    for number in range(12):
        stamp_with(offer.card(name=f"Cy {number}"), f"R-{number}")
    follow_everything()
    with django_assert_max_num_queries(45) as many:
        desk.open("/journal/?q=cy")
    with django_assert_max_num_queries(45) as few:
        desk.open("/journal/?q=cy+7")
    assert len(many) == len(few)
