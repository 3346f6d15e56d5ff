"""What happens by the clock: the whole list."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from stampwell.backups.clockwork import back_up_when_due
from stampwell.cards.day_counts import forget_old_day_counts
from stampwell.cards.erasing_inactive import erase_inactive_customers
from stampwell.cards.recounting import ask_for_recounts
from stampwell.cards.recovering_by_mail import forget_old_links
from stampwell.customers.forgetting_merged import forget_merged_people
from stampwell.customers.messages import settle_messages
from stampwell.customers.refolding import ask_for_refolding
from stampwell.customers.search_index import prepare_search_index
from stampwell.draws.tallying import merchants_with_untallied_draws, tally_draws
from stampwell.events.draining import merchants_with_waiting_events, put_in_order
from stampwell.events.months import prepare_months
from stampwell.events.reader import Follower, merchants_behind, take_turn
from stampwell.exports.clearing import forget_old_exports
from stampwell.imports.clearing import forget_old_imports
from stampwell.jobs.clearing import forget_old_jobs
from stampwell.jobs.queue import take_back_from_the_dead
from stampwell.mail.clearing import forget_old_mail
from stampwell.merchants.hiring import forget_old_team_invitations
from stampwell.merchants.inviting import forget_old_shop_invitations
from stampwell.merchants.unfinished import forget_unfinished_shops
from stampwell.offline.clearing import forget_settled_scans
from stampwell.offline.waiting_rewards import clear_stale_marks
from stampwell.programs.announcing import begin_due_terms, merchants_with_due_terms
from stampwell.reactions import FOLLOWERS
from stampwell.receipts.clearing import forget_old_receipt_codes
from stampwell.reconciling.clearing import forget_old_reconciliations
from stampwell.redeem_codes.clearing import forget_old_code_files
from stampwell.redeem_codes.running_low import merchants_with_pools, tell_of_low_pools
from stampwell.removal.deleting import sweep_after_deletions
from stampwell.requests.pruning import forget_ended_sessions, forget_old_answers, forget_old_attempts, forget_old_cache
from stampwell.transactions import for_each_merchant
from stampwell.vouchers.ageing import let_vouchers_age, merchants_with_due_vouchers
from stampwell.vouchers.reminding import merchants_to_remind, remind_of_ends
from stampwell.vouchers.waiting import hand_out_to_waiting, merchants_with_waiting_vouchers
from stampwell.wallet.apple.changes import EVERY_PASS, look_again, merchants_to_look_at
from stampwell.wallet.apple.push_queue import push_due
from stampwell.wallet.google.callbacks import forget_old_callbacks
from stampwell.wallet.google.dispatch import keep_google_up_to_date
from stampwell.wallet.google.queue import EVERY_CARD
from stampwell.wallet.whole_shop import (
    Spread,
    merchants_to_spread,
    merchants_with_outdated_passes,
    remake_passes,
    spread_further,
)
from stampwell.watch import figures, heartbeat, public_certificate
from stampwell.watch.errors import bring_errors, forget_old_errors
from stampwell.watch.rounds import watch_over
from stampwell.webhooks.clearing import forget_old_deliveries
from stampwell.webhooks.dispatch import send_webhooks
from stampwell.webhooks.making import merchants_with_replays, replay_further

# Everything that a change of a whole shop has to reach.
SPREADS = [EVERY_PASS, EVERY_CARD]
# So many passes and cards of all shops together are marked in one step. More would keep the worker's other steps
# waiting while they are looked at.
SPREAD_AT_ONCE = 200


def order_events() -> None:
    for_each_merchant(merchants_with_waiting_events(), put_in_order)


def age_vouchers() -> None:
    def age(merchant_id: UUID) -> None:
        while let_vouchers_age(merchant_id):
            pass

    for_each_merchant(merchants_with_due_vouchers(), age)


def remind_customers() -> None:
    def remind(merchant_id: UUID) -> None:
        while remind_of_ends(merchant_id):
            pass

    for_each_merchant(merchants_to_remind(), remind)


def look_at_pools() -> None:
    for_each_merchant(merchants_with_pools(), tell_of_low_pools)


def count_draws() -> None:
    def count(merchant_id: UUID) -> None:
        while tally_draws(merchant_id):
            pass

    for_each_merchant(merchants_with_untallied_draws(), count)


def serve_waiting_vouchers() -> None:
    for_each_merchant(merchants_with_waiting_vouchers(), hand_out_to_waiting)


def begin_announced_terms() -> None:
    for_each_merchant(merchants_with_due_terms(), begin_due_terms)


def follow_events() -> None:
    for follower in FOLLOWERS:
        _let_follow(follower)


def _let_follow(follower: Follower) -> None:
    def follow_here(merchant_id: UUID) -> None:
        take_turn(merchant_id, follower)

    follow_here.__qualname__ = f"The follower {follower.name}"  # so it stands in the log
    for_each_merchant(merchants_behind(follower), follow_here)


def spread_shop_changes() -> None:
    for everything in SPREADS:
        _spread(everything)


def _spread(everything: Spread) -> None:
    touched = 0

    def spread(merchant_id: UUID) -> None:
        nonlocal touched
        if touched < SPREAD_AT_ONCE:
            touched += spread_further(merchant_id, everything, most=SPREAD_AT_ONCE - touched)

    for_each_merchant(merchants_to_spread(everything), spread)


def remake_outdated_passes() -> None:
    """Also when the worker starts: the address or the edition may be new then."""

    def remake(merchant_id: UUID) -> None:
        remake_passes(merchant_id, SPREADS)

    for_each_merchant(merchants_with_outdated_passes(), remake)


def look_at_passes() -> None:
    def look(merchant_id: UUID) -> None:
        while look_again(merchant_id):
            pass

    for_each_merchant(merchants_to_look_at(), look)


def push_to_phones() -> None:
    while push_due():
        pass


def replay_webhooks() -> None:
    for_each_merchant(merchants_with_replays(), replay_further)


def make_backups() -> None:
    back_up_when_due(settings.DATA_DIR)


SCHEDULE: list[tuple[timedelta, Callable[[], None]]] = [
    (timedelta(seconds=0.5), order_events),
    (timedelta(seconds=0.5), follow_events),
    (timedelta(seconds=0.5), spread_shop_changes),
    (timedelta(seconds=0.5), look_at_passes),
    (timedelta(seconds=0.5), push_to_phones),
    (timedelta(seconds=0.5), keep_google_up_to_date),
    (timedelta(seconds=0.5), send_webhooks),
    (timedelta(seconds=1), replay_webhooks),
    (heartbeat.EVERY, heartbeat.beat),
    (figures.EVERY, watch_over),
    (public_certificate.EVERY, public_certificate.ask_public_certificate),
    (timedelta(minutes=1), bring_errors),
    (timedelta(hours=1), forget_old_errors),
    (timedelta(seconds=5), age_vouchers),
    (timedelta(seconds=5), begin_announced_terms),
    (timedelta(seconds=10), serve_waiting_vouchers),
    (timedelta(minutes=1), remind_customers),
    (timedelta(seconds=10), take_back_from_the_dead),
    (timedelta(minutes=1), make_backups),
    (timedelta(hours=1), remake_outdated_passes),
    (timedelta(hours=1), forget_old_answers),
    (timedelta(hours=1), forget_old_attempts),
    (timedelta(hours=1), forget_ended_sessions),
    (timedelta(hours=1), forget_old_cache),
    (timedelta(hours=1), forget_old_callbacks),
    (timedelta(hours=1), forget_unfinished_shops),
    (timedelta(hours=1), forget_old_shop_invitations),
    (timedelta(hours=1), forget_old_team_invitations),
    (timedelta(hours=1), forget_old_jobs),
    (timedelta(hours=1), forget_old_exports),
    (timedelta(hours=1), forget_merged_people),
    (timedelta(minutes=10), erase_inactive_customers),
    (timedelta(hours=1), forget_old_imports),
    (timedelta(hours=1), forget_old_code_files),
    (timedelta(minutes=1), look_at_pools),
    (timedelta(minutes=1), count_draws),
    (timedelta(hours=1), forget_old_receipt_codes),
    (timedelta(hours=1), forget_old_reconciliations),
    (timedelta(hours=1), forget_old_deliveries),
    (timedelta(hours=1), clear_stale_marks),  # before their scans are forgotten
    (timedelta(hours=1), forget_settled_scans),
    (timedelta(hours=1), forget_old_day_counts),
    (timedelta(hours=1), sweep_after_deletions),
    (timedelta(hours=1), settle_messages),  # before their mail is forgotten
    (timedelta(hours=1), forget_old_mail),
    (timedelta(minutes=10), forget_old_links),
    (timedelta(hours=1), ask_for_recounts),
    (timedelta(hours=1), ask_for_refolding),
    (timedelta(hours=6), prepare_months),
    (timedelta(hours=6), prepare_search_index),
]
