"""What came from a file is nothing that happened in the shop: it joined on no day, and had been there before."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.insight.customer_figures import (
    Visitors,
    count_cohorts,
    count_standing,
    count_steps,
    count_visitors,
)
from stampwell.insight.models import CardFigure
from stampwell.merchants.local_time import local_day
from stampwell.transactions import merchant_transaction
from tests.following import follow_everything
from tests.imports.working import PEOPLE, bring_in, undo
from tests.insight.test_daily_totals import MORNING
from tests.web.customer import AT_ONCE
from tests.world import HeldCard, Shop

pytestmark = [pytest.mark.django_db, pytest.mark.moment(MORNING)]
MANY = PEOPLE + "".join(f"Guest {number};g{number}@x.example;;;;{number};\n" for number in range(7))


def figures_of(shop: Shop) -> tuple[object, ...]:
    follow_everything()
    today = local_day(shop.merchant, now())
    with merchant_transaction(shop.merchant.id) as tx:
        return (
            {step: times for step, times in count_steps(tx, today, today).items() if times},
            [(one.joined, sum(one.still_came.values())) for one in count_cohorts(tx, today, today)],
            count_visitors(tx, today, today),
            sum(count_standing(tx).collected.values()),
        )


def read_anew(shop: Shop) -> tuple[object, ...]:
    CardFigure.objects.update(times=1_000_000)
    call_command("followers", "--rewind", "card_lives", "--shop", shop.merchant.slug, stdout=StringIO())
    return figures_of(shop)


def test_imported_cards_are_no_new_cards_and_their_first_visit_here_is_no_first_one(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    import_id = bring_in(lume, offer, MANY)
    here = offer.card()
    nothing_but_here = ({"joined": 1}, [(1, 0)], Visitors(0, 0))

    assert figures_of(lume) == (*nothing_but_here, 21)
    assert read_anew(lume) == (*nothing_but_here, 21)

    for card in (here, HeldCard(lume, Card.objects.exclude(id=here.id).order_by("id")[0].id)):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    came = ({"joined": 1, "came": 1}, [(1, 0)], Visitors(first=1, all=2))
    assert figures_of(lume) == (*came, 23)

    undo(lume, import_id)
    assert figures_of(lume) == (*came, 2)
    assert read_anew(lume) == (*came, 2)
    with stopped_at(now() + timedelta(days=40)):
        assert figures_of(lume) == ({}, [], Visitors(0, 0), 2)
