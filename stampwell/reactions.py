"""Who follows the events: the whole list.

One line each: its name, which names its cursor for ever, and what it does with the events that come next.
"""

from functools import partial

from stampwell.events.reader import Follower
from stampwell.insight.card_lives import forget_lives, keep_lives
from stampwell.insight.card_standings import forget_standings, keep_standings
from stampwell.insight.daily_totals import add_to_months, add_to_totals, forget_months, forget_totals
from stampwell.insight.event_stretches import FOLLOWER, forget_stretches, note_stretches
from stampwell.insight.hourly_totals import add_to_hours, forget_hours
from stampwell.insight.purchase_totals import add_purchases, forget_purchases
from stampwell.insight.refusal_totals import add_refusals, forget_refusals
from stampwell.wallet.apple.changes import EVERY_PASS, touch_passes
from stampwell.wallet.changed_cards import note_changes
from stampwell.wallet.google.queue import EVERY_CARD, note_changed_cards

FOLLOWERS = [
    Follower(name="apple", follow=partial(note_changes, note_cards=touch_passes, everything=EVERY_PASS)),
    Follower(name="google", follow=partial(note_changes, note_cards=note_changed_cards, everything=EVERY_CARD)),
    Follower(name="daily_totals", follow=add_to_totals, forget=forget_totals),
    Follower(name=FOLLOWER, follow=note_stretches, forget=forget_stretches),
    Follower(name="card_standings", follow=keep_standings, forget=forget_standings),
    Follower(name="monthly_totals", follow=add_to_months, forget=forget_months),
    Follower(name="hourly_totals", follow=add_to_hours, forget=forget_hours),
    Follower(name="card_lives", follow=keep_lives, forget=forget_lives),
    Follower(name="refusal_totals", follow=add_refusals, forget=forget_refusals),
    Follower(name="purchase_totals", follow=add_purchases, forget=forget_purchases),
]


def find_follower(name: str) -> Follower | None:
    return next((follower for follower in FOLLOWERS if follower.name == name), None)
