"""Who follows the events: the whole list.

One line each: its name, which names its cursor for ever, and what it does with the events that come next.
"""

from functools import partial

from stampwell.events.reader import Follower
from stampwell.insight.card_standings import forget_standings, keep_standings
from stampwell.insight.counting_anew import BY_DAYS
from stampwell.insight.event_stretches import FOLLOWER, forget_stretches, note_stretches
from stampwell.wallet.apple.changes import EVERY_PASS, touch_passes
from stampwell.wallet.changed_cards import note_changes
from stampwell.wallet.google.queue import EVERY_CARD, note_changed_cards
from stampwell.webhooks.making import make_deliveries

FOLLOWERS = [
    Follower(name="apple", follow=partial(note_changes, note_cards=touch_passes, everything=EVERY_PASS)),
    Follower(name="google", follow=partial(note_changes, note_cards=note_changed_cards, everything=EVERY_CARD)),
    Follower(name=FOLLOWER, follow=note_stretches, forget=forget_stretches),
    Follower(name="webhooks", follow=make_deliveries),
    Follower(name="card_standings", follow=keep_standings, forget=forget_standings),
    *BY_DAYS,
]


def find_follower(name: str) -> Follower | None:
    return next((follower for follower in FOLLOWERS if follower.name == name), None)
