"""What a restored database needs before it may serve: this release's form, and nothing that goes out twice.

Each step may be taken again: a restore that was killed goes on here.
"""

from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.db import connection

from stampwell.backups import BackupTrouble
from stampwell.backups.loading import RESTORED_FROM
from stampwell.cards.links import card_token
from stampwell.cards.models import Card
from stampwell.jobs.parking import empty_queue, set_aside_open_jobs
from stampwell.mail.clearing import set_aside_waiting_mail
from stampwell.merchants.models import Merchant
from stampwell.schedule import SPREADS
from stampwell.tokens import is_same_secret
from stampwell.transactions import merchant_transaction
from stampwell.wallet.apple.changes import forget_what_phones_show
from stampwell.wallet.google.states import doubt_shop
from stampwell.wallet.whole_shop import remake_passes
from stampwell.webhooks.clearing import set_aside_deliveries

TRIED = 100


def settle() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    require_fitting_key()
    hold_back()
    _finish()


def require_fitting_key() -> None:
    """The newest cards are opened by the links that the key in the data folder gives them."""
    for card in Card.objects.order_by("-id")[:TRIED]:
        if not _is_opened(card):
            raise BackupTrouble("The key of the archive does not open its cards: their links and codes would not work.")


def _is_opened(card: Card) -> bool:
    try:
        return is_same_secret(card_token(card.id, card.issue), bytes(card.token_hash))
    except InvalidTag:  # it has brought its secrets from elsewhere, and they are sealed under another key
        return False


def hold_back() -> None:
    """Open jobs, mail and events that wait to be sent are set aside. Every pass is looked at anew, in the worker's
    portions, for a phone may show what happened after the backup.
    """
    empty_queue()
    set_aside_waiting_mail()
    for merchant_id in Merchant.objects.values_list("id", flat=True):
        with merchant_transaction(merchant_id) as tx:
            set_aside_open_jobs(tx)
            forget_what_phones_show(tx)
            doubt_shop(tx)
            set_aside_deliveries(tx)
        remake_passes(merchant_id, SPREADS)


def _finish() -> None:
    """The planner learns the tables; the archive's name goes last."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"DROP TABLE IF EXISTS {RESTORED_FROM}")
