"""What was done at this phone today, with its undo: for a minute by whoever did it, then by a manager with a reason."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from stampwell.cards.models import Stamp
from stampwell.clock import now, stopped_at
from stampwell.events.draining import put_in_order
from stampwell.ids import public_id
from stampwell.journal import device_acts
from stampwell.merchants.models import StaffMember
from stampwell.vouchers.models import Redemption, Reversal
from tests.following import follow_everything
from tests.web.customer import give_stamps
from tests.web.scanner.phone import Phone
from tests.web.scanner.test_agreeing import protect
from tests.world import HeldCard, Offer, Shop

LATER = timedelta(minutes=2)
LINE = re.compile(r"<li(?: class=.*?)?>.*?</li>", re.DOTALL)


@pytest.fixture
def boss(lume: Shop, phone: Phone) -> Phone:
    """Di, a manager, takes over Bo's phone."""
    di = lume.hire("Di", StaffMember.Role.MANAGER)
    taken = Phone(lume)
    taken.client = phone.client
    return _signed_in(taken, di)


def _signed_in(phone: Phone, member: StaffMember) -> Phone:
    phone.sign_in(member)
    return phone


def lines(phone: Phone) -> list[str]:
    """As they are read, without the moment."""
    return [
        " ".join(re.sub(r"<time.*?</time>|<[^>]+>", " ", line, flags=re.DOTALL).split())
        for line in LINE.findall(page(phone))
    ]


def page(phone: Phone) -> str:
    return phone.get("/scanner/today").content.decode()


def hand_out(phone: Phone, card: HeldCard) -> None:
    url = f"/scanner/vouchers/{public_id('vch', card.open_vouchers[0].id)}/redemption"
    assert phone.tap(url).outcome == "handed_over"


def undo(phone: Phone, place: int = 0, **fields: str) -> HttpResponse:
    """Sends the form of one line."""
    line = LINE.findall(page(phone))[place]
    form = re.search(r'<form[^>]*action="([^"]+)".*?name="key" value="([^"]+)"', line, re.DOTALL)
    assert form, line
    return phone.post(form[1], key=form[2], **fields)


def test_what_was_done_is_listed_the_newest_first(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code, count=5)
    hand_out(phone, card)

    number = f"{card.row.short_number[:4]} {card.row.short_number[4:]}"
    assert lines(phone) == [
        f"Reward handed out: A biscuit {number} Restore the voucher",
        f"5 stamps added {number} Undo",
    ]


def test_it_is_listed_whether_the_journal_has_come_to_it_or_not(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)
    before = lines(phone)
    put_in_order(phone.shop.merchant.id)
    numbered = lines(phone)
    follow_everything()

    assert before == numbered == lines(phone)
    assert len(before) == 1


def test_a_stamp_is_undone_from_the_list_for_a_minute(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)

    answer = undo(phone)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/scanner/today")
    assert card.row.stamps == 0
    assert "Undone" in lines(phone)[0]
    assert "<form" not in page(phone).partition("<ol")[2].partition("</ol>")[0]


def test_a_voucher_is_restored_from_the_list_for_a_minute(phone: Phone, card: HeldCard) -> None:
    give_stamps(card, 5)
    hand_out(phone, card)

    assert undo(phone).status_code == 302
    assert Reversal.objects.get().reason == "Mistake at the counter"


def test_where_restoring_needs_a_manager_only_a_manager_is_offered_it(
    phone: Phone, boss: Phone, card: HeldCard, bo: StaffMember
) -> None:
    protect(phone.shop, restoring_needs_manager=True)
    _signed_in(phone, bo)
    phone.scan(card.code, count=5)
    hand_out(phone, card)

    handed_out, stamped = lines(phone)
    assert stamped.endswith("Undo")
    assert "Restore the voucher" not in handed_out
    assert "Here a used voucher is restored only with a manager." in page(phone)

    _signed_in(boss, StaffMember.objects.get(name="Di"))
    assert "Here a used voucher is restored only with a manager." not in page(boss)
    assert undo(boss).status_code == 302
    assert Reversal.objects.count() == 1


def test_the_same_form_sent_twice_undoes_once(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)
    phone.scan(card.code)
    form = re.search(r'action="([^"]+/undo)".*?name="key" value="([^"]+)"', page(phone), re.DOTALL)
    assert form

    answers = [phone.post(form[1], key=form[2]).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert Stamp.objects.filter(count__lt=0).count() == 1


def test_after_a_minute_a_cashier_is_told_to_ask_a_manager(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)
    url = f"/scanner/today/stamps/stp_{Stamp.objects.get().id.hex}/undo"

    with stopped_at(now() + LATER):
        shown, answer = page(phone), phone.post(url, reason="I want to")

    assert "After that, ask a manager." in shown
    assert "/undo" not in shown
    assert answer.status_code == 403
    assert "A manager can undo it on the card’s page, with a reason." in answer.content.decode()
    assert card.row.stamps == 1


def test_a_manager_undoes_it_later_and_says_why(boss: Phone, phone: Phone, card: HeldCard, bo: StaffMember) -> None:
    _signed_in(phone, bo).scan(card.code)
    di = StaffMember.objects.get(name="Di")

    with stopped_at(now() + LATER):
        _signed_in(boss, di)
        missing = undo(boss, reason="  ")
        done = undo(boss, reason="Wrong customer")

    assert missing.status_code == 422
    assert "Undoing something needs a reason" in missing.content.decode()
    assert done.status_code == 302
    taken = Stamp.objects.get(count__lt=0)
    assert (taken.reason, taken.staff_member_id) == ("Wrong customer", di.id)


def test_a_manager_restores_a_voucher_later_and_says_why(boss: Phone, card: HeldCard) -> None:
    give_stamps(card, 5)
    hand_out(boss, card)

    with stopped_at(now() + LATER):
        assert undo(boss, reason="Sold out").status_code == 302

    assert Reversal.objects.get().reason == "Sold out"


def test_cashiers_see_their_own_acts_and_managers_those_of_everybody(
    phone: Phone, offer: Offer, bo: StaffMember, lume: Shop
) -> None:
    phone.scan(offer.card(name="Cy Bērziņš").code)
    eve, di = lume.hire("Eve"), lume.hire("Di", StaffMember.Role.MANAGER)
    _signed_in(phone, eve).scan(offer.card().code)

    assert len(lines(phone)) == 1
    both = lines(_signed_in(phone, di))
    assert [("Bo" in line, "Eve" in line) for line in both] == [(False, True), (True, False)]


def test_names_are_shortened_as_where_customers_are_found(phone: Phone, offer: Offer) -> None:
    phone.scan(offer.card(name="Anna Bērziņa").code)

    assert "Anna B." in lines(phone)[0]
    assert "Bērziņa" not in page(phone)


def test_another_phone_is_another_list(phone: Phone, lume: Shop, bo: StaffMember, card: HeldCard) -> None:
    phone.scan(card.code)
    other = _signed_in(Phone(lume).enrol(), lume.hire("Di", StaffMember.Role.MANAGER))
    url = f"/scanner/today/stamps/stp_{Stamp.objects.get().id.hex}/undo"

    assert lines(other) == []
    assert "Nothing was stamped or handed out here today." in page(other)
    assert other.post(url, reason="Mine").status_code == 404
    assert card.row.stamps == 1


def test_what_happened_before_the_day_and_the_shift_is_not_listed(boss: Phone, card: HeldCard) -> None:
    boss.scan(card.code)
    url = f"/scanner/today/stamps/stp_{Stamp.objects.get().id.hex}/undo"

    with stopped_at(now() + timedelta(days=2)):
        _signed_in(boss, StaffMember.objects.get(name="Di"))
        assert lines(boss) == []
        assert boss.post(url, reason="Late").status_code == 404


def test_a_rivals_stamps_and_redemptions_are_unknown(boss: Phone, rossi: Shop) -> None:
    theirs = rossi.publish().card()
    their_phone = _signed_in(Phone(rossi).enrol(), rossi.hire("Luca"))
    their_phone.scan(theirs.code, count=5)
    hand_out(their_phone, theirs)
    stamp, used = Stamp.objects.get(), Redemption.objects.get()

    for path in (
        f"stamps/stp_{stamp.id.hex}/undo",
        f"redemptions/rdm_{used.id.hex}/reversal",
        "stamps/nothing/undo",
        "redemptions/nothing/reversal",
    ):
        assert boss.post(f"/scanner/today/{path}", reason="Mine").status_code == 404
    assert theirs.row.stamps == 5
    assert lines(boss) == []


def test_a_refusal_of_undoing_is_explained_above_the_list(phone: Phone, card: HeldCard) -> None:
    stamped = phone.scan(card.code, count=5)
    hand_out(phone, card)

    answer = undo(phone, place=1)

    assert stamped.outcome == "stamped"
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    assert card.row.stamps == 5


def test_the_list_costs_as_many_questions_for_six_as_for_one(phone: Phone, offer: Offer) -> None:
    phone.scan(offer.card(name="Cy").code)
    follow_everything()
    with CaptureQueriesContext(connection) as one:
        page(phone)
    for _card in range(5):
        phone.scan(offer.card(name="Di").code)
    follow_everything()
    with CaptureQueriesContext(connection) as many:
        assert len(lines(phone)) == 6

    assert len(many) == len(one)


def test_fifty_are_listed_at_most_wherever_they_lie(
    phone: Phone, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_acts, "MOST", 4)
    cards = [offer.card() for _card in range(6)]
    for card in cards:
        phone.scan(card.code)
        give_stamps(offer.card(), 1)
        follow_everything()
    phone.scan(cards[0].code)

    shown = [line.split(" added ")[1].split(" Undo")[0] for line in lines(phone)]

    assert shown == [f"{one.row.short_number[:4]} {one.row.short_number[4:]}" for one in reversed(cards[2:])]
