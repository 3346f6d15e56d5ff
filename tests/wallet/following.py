"""What the worker does for the wallets, done now."""

from stampwell.events.draining import merchants_with_waiting_events, put_in_order
from stampwell.schedule import follow_wallets, look_at_passes


def catch_up() -> None:
    """Everything that happened is followed, and every touched pass looked at."""
    for merchant_id in merchants_with_waiting_events():
        put_in_order(merchant_id)
    follow_wallets()
    look_at_passes()
