"""What the worker does for the wallets, done now."""

from stampwell.events.draining import merchants_with_waiting_events, put_in_order
from stampwell.schedule import follow_wallets, look_at_passes, spread_shop_changes
from stampwell.wallet.apple.changes import EVERY_PASS
from stampwell.wallet.whole_shop import merchants_to_spread


def follow_everything() -> None:
    """What has happened is put in order and followed; nothing is looked at."""
    for merchant_id in merchants_with_waiting_events():
        put_in_order(merchant_id)
    follow_wallets()


def catch_up() -> None:
    """Everything that happened is followed, and every touched pass looked at."""
    follow_everything()
    look_at_passes()
    while merchants_to_spread(EVERY_PASS):
        spread_shop_changes()
        look_at_passes()
