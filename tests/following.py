"""What the worker does after the fact, done now."""

from stampwell.events.draining import merchants_with_waiting_events, put_in_order
from stampwell.events.reader import merchants_behind
from stampwell.reactions import FOLLOWERS
from stampwell.schedule import follow_events


def follow_everything() -> None:
    """All that has happened is put in order, and everybody who follows has read it."""
    for merchant_id in merchants_with_waiting_events():
        put_in_order(merchant_id)
    while any(merchants_behind(follower) for follower in FOLLOWERS):
        follow_events()
