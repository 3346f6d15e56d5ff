"""A lost card goes on with new links and codes, and the old ones open nothing."""

from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.links import card_code, card_token, card_url, rotating_secret
from stampwell.cards.models import Card, ReplacedLink
from stampwell.cards.numbers import group_digits
from stampwell.cards.recounting import recount
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardMoved, CardVoid, CodeAlreadyUsed
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.clock import stopped_at
from stampwell.counter.own_codes import UnknownCode
from stampwell.counter.receipt_scans import ScannedReceipt
from stampwell.counter.scanning import ScannedCard, ScannedVoucher, recognise, take_scan
from stampwell.events.models import Event
from stampwell.refusal import NotFound
from stampwell.tokens import secret_hash
from stampwell.vouchers.links import voucher_code, voucher_token, voucher_url
from tests.kept import made_once
from tests.moments import START
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Shop

STEP = int(START.timestamp()) // STEP_SECONDS


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """With a biscuit that was earned."""
    card = lume.publish(earning=AT_ONCE).card(name="Cy", email="cy@lume.example")
    give_stamps(card, 6)
    return card


def recover(card: HeldCard) -> None:
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)


def scan(card: HeldCard, text: str) -> ScannedCard | ScannedVoucher | ScannedReceipt:
    with stopped_at(START):
        return take_scan(card.shop.merchant, recognise(card.shop.merchant, text), Purchase(), actor=card.shop.actor)


def recognise_at_start(card: HeldCard, text: str) -> UUID | None:
    with stopped_at(START):
        found = recognise(card.shop.merchant, text)
    return found.card.id if found.card and not found.refusal else None


def rotating_code(number: str, card: HeldCard, issue: int) -> str:
    return rotating_text(number, code_at_step(rotating_secret(card.id, issue), STEP))


def test_stamps_and_vouchers_stay(card: HeldCard) -> None:
    before, (biscuit,) = card.row, card.open_vouchers

    recover(card)

    (kept,) = card.open_vouchers
    assert (card.row.stamps, card.row.round, card.row.customer_id) == (6, 1, before.customer_id)
    assert (card.row.issue, card.row.revision) == (1, before.revision + 1)
    assert (kept.id, kept.state, kept.expires) == (biscuit.id, "ready", biscuit.expires)
    assert recount(card.shop.merchant.id) == []


def test_the_new_link_code_and_number_open_the_card_and_its_vouchers(card: HeldCard) -> None:
    (biscuit,) = card.open_vouchers

    recover(card)

    slug, number = card.shop.merchant.slug, card.row.short_number
    for text in (card_code(card.id, 1), card_url(slug, card.id, 1), rotating_code(number, card, 1), number):
        assert recognise_at_start(card, text) == card.id
    for text in (voucher_code(biscuit.id, 1), voucher_url(slug, biscuit.id, 1)):
        assert isinstance(scan(card, text), ScannedVoucher)


def test_what_opened_it_before_is_named_at_the_counter_and_stamps_nothing(card: HeldCard) -> None:
    (biscuit,), slug, number = card.open_vouchers, card.shop.merchant.slug, card.row.short_number

    recover(card)

    for text in (
        card.code,
        card.url,
        number,
        group_digits(number),
        rotating_code(number, card, 0),
        voucher_code(biscuit.id, 0),
        voucher_url(slug, biscuit.id, 0),
    ):
        with pytest.raises(CardMoved):
            scan(card, text)
    assert card.row.stamps == 6


def test_a_rotating_code_of_the_old_phone_is_refused_under_the_new_number_too(card: HeldCard) -> None:
    recover(card)

    with pytest.raises(CodeAlreadyUsed):
        scan(card, rotating_code(card.row.short_number, card, 0))


def test_recovered_twice_only_the_last_opens_it(card: HeldCard) -> None:
    recover(card)
    recover(card)

    for issue in (0, 1):
        with pytest.raises(CardMoved):
            scan(card, card_code(card.id, issue))
    assert isinstance(scan(card, card_code(card.id, 2)), ScannedCard)


def test_vouchers_that_are_earned_afterwards_open_by_their_own_links(card: HeldCard) -> None:
    recover(card)

    earned = give_stamps(card, 4).issued[0]

    assert earned.issue == 1
    assert isinstance(scan(card, voucher_code(earned.id, 1)), ScannedVoucher)


def test_a_void_card_is_not_recovered(card: HeldCard) -> None:
    Card.objects.update(state="void")

    with pytest.raises(CardVoid):
        recover(card)

    assert card.row.issue == 0
    assert not Event.objects.filter(type="card.recovered").exists()


def test_only_the_shops_own_card_is_recovered(card: HeldCard, rossi: Shop) -> None:
    with pytest.raises(NotFound):
        recover_card(rossi.merchant, card.id, actor=rossi.actor)


def test_a_code_that_never_was_is_as_unknown_as_before(card: HeldCard, rossi: Shop) -> None:
    recover(card)

    with pytest.raises(UnknownCode):
        scan(card, card_code(card.id, 7))
    with pytest.raises(UnknownCode):
        take_scan(rossi.merchant, recognise(rossi.merchant, card.code), Purchase(), actor=rossi.actor)


def test_it_is_written_down_with_who_did_it_and_holds_no_link(card: HeldCard) -> None:
    recover(card)

    event = Event.objects.get(type="card.recovered")
    assert (event.card_id, event.staff_member_id) == (card.id, card.shop.ada.id)
    assert event.data["card"]["issue"] == 1
    assert card_token(card.id, 1) not in str(event.data)


def test_the_database_keeps_hashes_alone(card: HeldCard) -> None:
    (biscuit,) = card.open_vouchers

    recover(card)

    row = Card.objects.get()
    assert bytes(row.token_hash) == secret_hash(card_token(card.id, 1))
    assert {bytes(old.token_hash) for old in ReplacedLink.objects.all()} == {
        secret_hash(card_token(card.id, 0)),
        secret_hash(voucher_token(biscuit.id, 0)),
    }
