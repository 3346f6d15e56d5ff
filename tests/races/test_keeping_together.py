"""Somebody taps “Keep my card” at the moment at which they are deleted; and a draft is published while one saves it."""

from datetime import timedelta
from functools import partial

import pytest

from stampwell.cards.erasing_inactive import erase_inactive_of
from stampwell.clock import stopped_at
from stampwell.customers.models import Customer
from stampwell.customers.retention import change_retention, keep_customer
from stampwell.programs.models import SavedDraft
from stampwell.programs.saved_drafts import DraftSeen, drop_published, save_draft
from stampwell.refusal import NotFound
from tests.following import follow_everything
from tests.moments import START
from tests.races.callers import run_together
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def test_whoever_reads_that_the_card_stays_keeps_it() -> None:
    card = open_lume().publish().card()
    merchant = card.shop.merchant
    change_retention(merchant, 12, actor=card.shop.actor)
    follow_everything()
    for day in range(340, 369):
        with stopped_at(START + day * DAY):
            erase_inactive_of(merchant.id)

    with stopped_at(START + 371 * DAY):
        looked, kept = run_together(
            lambda: erase_inactive_of(merchant.id), lambda: keep_customer(merchant, card.row.customer_id)
        )

        erased = Customer.objects.filter(erased__isnull=False).count()
        assert looked is None
        assert (type(kept), erased) in [(type(None), 0), (NotFound, 1)]

        Customer.objects.update(erased=START)
        with pytest.raises(NotFound):
            keep_customer(merchant, card.row.customer_id)


def test_what_is_saved_while_the_draft_is_published_is_kept() -> None:
    shop = open_lume()
    for _time in range(5):
        saved = save_draft(shop.merchant, {}, name="Tea", program=None, seen=None, actor=shop.actor)
        seen = DraftSeen(saved.draft_id, 1)

        ends = run_together(partial(drop_published, shop.merchant, seen), partial(save_again, shop, seen))

        assert ends == [None, None]
        assert SavedDraft.objects.get().name == "Tea, too"
        SavedDraft.objects.all().delete()


def save_again(shop: Shop, seen: DraftSeen) -> None:
    save_draft(shop.merchant, {}, name="Tea, too", program=None, seen=seen, actor=shop.actor)
