"""What is kept of each card for the list is what the card itself says, whatever happened to it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.insight.models import CardStanding
from stampwell.vouchers.models import Voucher
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING, live
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)
LATER = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)

type Standing = tuple[object, ...]


def kept() -> set[Standing]:
    columns = ("merchant_id", "id", "joined", "seen", "stamps", "to_go", "ready")
    return set(CardStanding.objects.values_list(*columns))


def told_by_the_cards() -> set[Standing]:
    return {
        (
            card.merchant_id,
            card.id,
            card.created,
            card.last_stamp or card.created,
            card.stamps,
            card.goal - card.stamps,
            Voucher.objects.filter(card_id=card.id, state="ready").count(),
        )
        for card in Card.objects.filter(state="active")
    }


def test_the_standings_are_what_the_cards_say(lume: Shop, rossi: Shop) -> None:
    live(lume, 1)
    live(rossi, 2)

    with stopped_at(LATER):
        follow_everything()

    assert len(kept()) == 4
    assert kept() == told_by_the_cards()


def test_read_anew_they_are_exactly_the_same(lume: Shop) -> None:
    card = lume.publish().card()
    add_stamp(lume.merchant, card.id, Purchase(count=7), actor=lume.actor)
    with stopped_at(LATER):
        follow_everything()
        before = kept()
        CardStanding.objects.update(ready=1_000)

        call_command("followers", "--rewind", "card_standings", "--shop", "cafe-lume", stdout=StringIO())
        follow_everything()

    assert kept() == before


def test_a_card_that_was_replaced_stands_nowhere(lume: Shop) -> None:
    offer = lume.publish()
    cards = [offer.card() for _number in range(2)]
    follow_everything()
    Card.objects.filter(id=cards[0].id).update(state="void")

    with stopped_at(MORNING + timedelta(days=1)):
        call_command("followers", "--rewind", "card_standings", "--shop", "cafe-lume", stdout=StringIO())
        follow_everything()

    assert [row.id for row in CardStanding.objects.all()] == [cards[1].id]
