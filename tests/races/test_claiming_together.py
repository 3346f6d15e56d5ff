"""Many hold one receipt code at the same moment: one card gets its stamps."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from stampwell.cards.models import Card, Stamp
from stampwell.receipts.claiming import claim_code, join_with_code
from stampwell.receipts.making import Wanted, code_of, codes_of, make_batch, make_receipt_code
from stampwell.receipts.models import ReceiptBatch, ReceiptClaim, ReceiptSeries
from stampwell.receipts.refusals import ReceiptCodeRevoked, ReceiptCodeUsed, TooManyReceiptsToday
from stampwell.receipts.revoking import revoke_batch
from tests.moments import START
from tests.races.callers import run_together
from tests.world import Offer, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 12
NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}


@pytest.fixture
def offer() -> Offer:
    return open_lume().publish(earning=NO_COOLDOWN)


def made(offer: Offer) -> str:
    wanted = Wanted(program_id=offer.program.id)
    return code_of(make_receipt_code(offer.shop.merchant, wanted, "R-1", actor=offer.shop.actor).batch)


def claimed_by_all(offer: Offer, code: str) -> list[BaseException | None]:
    cards = [offer.card() for _person in range(PEOPLE)]
    return run_together(*[lambda card=card: claim_code(offer.shop.merchant, code, card.id) for card in cards])


def test_one_code_on_many_cards_at_once_is_claimed_once(offer: Offer) -> None:
    ends = claimed_by_all(offer, made(offer))

    assert sum(end is None for end in ends) == 1
    assert {type(end) for end in ends if end} == {ReceiptCodeUsed}
    assert ReceiptClaim.objects.count() == Stamp.objects.count() == 1


def test_without_the_key_of_the_table_one_code_is_claimed_several_times(offer: Offer, without_key: None) -> None:
    """So there is a race, and it is the key that decides it."""
    wanted = Wanted(program_id=offer.program.id)
    code = next(codes_of(make_batch(offer.shop.merchant, wanted, size=1, actor=offer.shop.actor)))
    for _try in range(20):
        ReceiptClaim.objects.all().delete()
        ends = claimed_by_all(offer, code)
        if sum(end is None for end in ends) > 1:
            return
    raise AssertionError("no two claimed it at once")


@pytest.fixture
def without_key() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE receipt_claim DROP CONSTRAINT a_receipt_code_is_claimed_once")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM receipt_claim")
        cursor.execute(
            "ALTER TABLE receipt_claim ADD CONSTRAINT a_receipt_code_is_claimed_once UNIQUE"
            " (merchant_id, batch_id, serial)"
        )


def test_many_who_join_with_one_code_at_once_are_one_customer(offer: Offer) -> None:
    code = made(offer)

    ends = run_together(
        *[lambda: join_with_code(offer.shop.merchant, code, offer.terms, locale="en") for _person in range(PEOPLE)]
    )

    assert sum(end is None for end in ends) == 1
    assert Card.objects.count() == 1
    assert Card.objects.get().stamps == 1


def test_many_codes_on_one_card_at_once_keep_to_the_limit_of_the_day(offer: Offer) -> None:
    wanted = Wanted(program_id=offer.program.id, daily_limit=3)
    batch = make_batch(offer.shop.merchant, wanted, size=PEOPLE, actor=offer.shop.actor)
    card = offer.card()

    ends = run_together(*[lambda code=code: claim_code(offer.shop.merchant, code, card.id) for code in codes_of(batch)])

    assert sum(end is None for end in ends) == card.row.stamps == 3
    assert {type(end) for end in ends if end} == {TooManyReceiptsToday}


def test_many_codes_on_two_cards_of_a_customer_at_once_keep_to_the_limit_of_the_day(offer: Offer) -> None:
    wanted = Wanted(program_id=offer.program.id, daily_limit=3)
    batch = make_batch(offer.shop.merchant, wanted, size=PEOPLE, actor=offer.shop.actor)
    cards = [offer.card(), offer.card()]
    Card.objects.update(customer=Card.objects.get(id=cards[0].id).customer)

    ends = run_together(
        *[
            lambda code=code, card=cards[number % 2]: claim_code(offer.shop.merchant, code, card.id)
            for number, code in enumerate(codes_of(batch))
        ]
    )

    assert sum(end is None for end in ends) == sum(card.row.stamps for card in cards) == 3
    assert {type(end) for end in ends if end} == {TooManyReceiptsToday}


def test_the_same_receipt_asked_for_by_many_at_once_has_one_code(offer: Offer) -> None:
    codes: list[str] = []

    ends = run_together(*[lambda: codes.append(made(offer)) for _till in range(PEOPLE)])

    assert ends == [None] * PEOPLE
    assert len(set(codes)) == 1
    assert (ReceiptBatch.objects.count(), ReceiptSeries.objects.count()) == (0, 1)


def test_many_receipts_of_a_series_at_once_have_a_code_each(offer: Offer) -> None:
    wanted, codes = Wanted(program_id=offer.program.id), list[str]()

    def make(receipt: int) -> None:
        made = make_receipt_code(offer.shop.merchant, wanted, f"R-{receipt:03}", actor=offer.shop.actor)
        assert made.is_new
        codes.append(code_of(made.batch))

    ends = run_together(*[lambda receipt=receipt: make(receipt) for receipt in range(PEOPLE)])

    assert ends == [None] * PEOPLE
    assert len(set(codes)) == PEOPLE
    assert bytes(ReceiptSeries.objects.get().made).hex().startswith("ff0f00")


def test_two_codes_of_one_receipt_at_once_earn_once(offer: Offer) -> None:
    by_end = [
        Wanted(program_id=offer.program.id, expires=START + timedelta(days=days)) for days in range(1, PEOPLE + 1)
    ]
    actor, merchant = offer.shop.actor, offer.shop.merchant
    codes = [code_of(make_receipt_code(merchant, wanted, "R-1", actor=actor).batch) for wanted in by_end]
    cards = [offer.card() for _code in codes]

    ends = run_together(
        *[
            lambda card=card, code=code: claim_code(merchant, code, card.id)
            for card, code in zip(cards, codes, strict=True)
        ]
    )

    assert len(set(codes)) == PEOPLE
    assert sum(end is None for end in ends) == 1
    assert {type(end) for end in ends if end} == {ReceiptCodeUsed}
    assert (ReceiptBatch.objects.count(), ReceiptClaim.objects.count(), Stamp.objects.count()) == (1, 1, 1)


def test_a_code_of_a_series_that_is_revoked_while_it_is_claimed_is_used_or_revoked(offer: Offer) -> None:
    batches = [
        make_receipt_code(
            offer.shop.merchant, Wanted(program_id=offer.program.id), f"R-{receipt}", actor=offer.shop.actor
        ).batch
        for receipt in range(PEOPLE // 2)
    ]
    cards = [offer.card() for _batch in batches]

    ends = run_together(
        *[
            lambda card=card, batch=batch: claim_code(offer.shop.merchant, code_of(batch), card.id)
            for card, batch in zip(cards, batches, strict=True)
        ],
        *[lambda batch=batch: revoke_batch(offer.shop.merchant, batch.id, actor=offer.shop.actor) for batch in batches],
    )

    claims, revocations = ends[: len(batches)], ends[len(batches) :]
    assert revocations == [None] * len(batches)
    assert {type(end) for end in claims if end} <= {ReceiptCodeRevoked}
    assert ReceiptBatch.objects.exclude(revoked=None).count() == len(batches)
    assert ReceiptClaim.objects.count() == sum(end is None for end in claims)


def test_after_a_batch_was_revoked_none_of_its_codes_is_claimed(offer: Offer) -> None:
    """Whoever was claiming at that moment is waited for."""
    wanted = Wanted(program_id=offer.program.id)
    batch = make_batch(offer.shop.merchant, wanted, size=PEOPLE + 1, actor=offer.shop.actor)
    *codes, last = codes_of(batch)
    cards = [offer.card() for _person in range(PEOPLE)]

    ends = run_together(
        *[
            lambda card=card, code=code: claim_code(offer.shop.merchant, code, card.id)
            for card, code in zip(cards, codes, strict=True)
        ],
        lambda: revoke_batch(offer.shop.merchant, batch.id, actor=offer.shop.actor),
    )

    assert ends[-1] is None
    assert {type(end) for end in ends if end} <= {ReceiptCodeRevoked}
    assert ReceiptClaim.objects.count() == sum(end is None for end in ends[:-1])
    with pytest.raises(ReceiptCodeRevoked):
        claim_code(offer.shop.merchant, last, cards[0].id)
