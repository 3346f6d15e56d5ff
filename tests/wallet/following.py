"""What the worker does for the wallets, done now."""

from stampwell.schedule import look_at_passes, spread_shop_changes
from stampwell.wallet.apple.changes import EVERY_PASS
from stampwell.wallet.whole_shop import merchants_to_spread
from tests.following import follow_everything


def catch_up() -> None:
    """Everything that happened is followed, and every touched pass looked at."""
    follow_everything()
    look_at_passes()
    while merchants_to_spread(EVERY_PASS):
        spread_shop_changes()
        look_at_passes()
