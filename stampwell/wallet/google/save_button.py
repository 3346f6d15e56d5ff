"""The button “Add to Google Wallet”. A tap puts the card at Google first, so that the link carries only its name."""

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.wallet.configuration import is_google_connected
from stampwell.wallet.google.account import GoogleAccount, google_account
from stampwell.wallet.google.http import GoogleProblem
from stampwell.wallet.google.objects import object_id
from stampwell.wallet.google.queue import ask_for_card
from stampwell.wallet.google.rest import GoogleCalls
from stampwell.wallet.google.save_jwt import save_url, save_url_of_known_card
from stampwell.wallet.google.sync import place_card
from stampwell.wallet.google.table import remember
from stampwell.wallet.google.visit import Visit
from stampwell.wallet.google.wanted import Wanted, gather

PATIENCE = 4.0  # seconds for which somebody who has tapped the button waits
REST = 60.0  # seconds in which nobody else waits for a Google that has just not answered

log = logging.getLogger(__name__)
_silent_until = 0.0


def save_link(merchant: Merchant, card_id: UUID) -> str:
    """The address behind the button.

    If Google has the card, the link carries ids only. Otherwise it carries the card itself, with a fixed code, and the
    worker puts the rotating code in its place as soon as Google answers.
    Refuses: NotFound. Raises AccountProblem where no service account is configured, or a wrong one.
    """
    account, origins = google_account(), [settings.BASE_URL]
    wanted = gather(merchant, card_id, account.issuer)
    if is_google_connected() and _is_there(merchant, card_id, account, wanted):
        return save_url_of_known_card(account, wanted.card, origins=origins)
    return save_url(account, wanted.card, logo_url=wanted.logo_url, hero_url=wanted.hero_url, origins=origins)


def _is_there(merchant: Merchant, card_id: UUID, account: GoogleAccount, wanted: Wanted) -> bool:
    """Whether Google has the card. It is put there now if it was not; its offers are left to the worker."""
    name = object_id(account.issuer, wanted.card)
    ours_until = now() + timedelta(seconds=2 * PATIENCE)  # the worker leaves it alone until we have tried
    row = remember(merchant.id, "card", card_id, name, card_id=card_id, leased_until=ours_until)
    if row.is_there:
        ask_for_card(merchant.id, row)
        return True
    if time.monotonic() < _silent_until:
        return False
    try:
        calls = GoogleCalls(account, deadline=time.monotonic() + PATIENCE)
        place_card(Visit(calls, merchant.id, row), wanted)
    except GoogleProblem as problem:
        log.warning("Google did not take card %s in time: %s", card_id, problem)
        _note_silence(problem)
        return False
    ask_for_card(merchant.id, row)
    return True


def _note_silence(problem: GoogleProblem) -> None:
    """Remembers that Google has not answered: a thread that waits for it serves nobody, and there are only a few."""
    global _silent_until
    if not problem.status:
        _silent_until = time.monotonic() + REST
