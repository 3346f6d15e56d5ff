"""Sends the cards that are due, in a few threads of the worker.

Google takes some tenths of a second for an answer, so one thread alone would ask less often than we may. Without a
service account nothing is ever due.
"""

import logging
import threading
from datetime import timedelta
from uuid import UUID

import psycopg
from django.db import Error, connection

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import for_each_merchant
from stampwell.wallet.configuration import is_google_connected
from stampwell.wallet.google.account import AccountProblem, google_account
from stampwell.wallet.google.http import GoogleBusy, GoogleProblem
from stampwell.wallet.google.queue import (
    claim_card,
    count_due_cards,
    merchants_with_due_cards,
    wait_after_failure,
    wait_after_refusal,
    write_done,
)
from stampwell.wallet.google.rate import hold_off, is_held
from stampwell.wallet.google.rest import GoogleCalls
from stampwell.wallet.google.sync import bring_up_to_date
from stampwell.wallet.google.table import ObjectRow
from stampwell.wallet.google.visit import DENIED

SENDERS = 4
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=10)
DENIED_PAUSE = timedelta(minutes=15)  # somebody has to do something about the account first
REFUSED_PAUSES = (timedelta(hours=1), timedelta(hours=6))  # before it is tried once more, and for the last time
UNMADE_PAUSE = timedelta(hours=1)
DENIED_REST = 60.0  # seconds in which no other card is tried either

log = logging.getLogger(__name__)
_sending: list[threading.Thread] = []


def keep_google_up_to_date() -> None:
    """Begins to send what is due, unless enough threads do so already. The worker's other steps do not wait."""
    _sending[:] = [sender for sender in _sending if sender.is_alive()]
    free = SENDERS - len(_sending)
    if not free or not is_google_connected() or is_held():
        return
    for _one in range(count_due_cards(at_most=free)):
        sender = threading.Thread(target=_send_in_background, name="google", daemon=True)
        sender.start()
        _sending.append(sender)


def send_due_cards() -> int:
    """Sends one card of each shop in turn, until nothing is due or Google has to be left alone. Returns how many."""
    if not is_google_connected():
        return 0
    try:
        calls = GoogleCalls(google_account())
    except AccountProblem as problem:
        log.warning("Cards at Google wait: %s", problem.explain())
        hold_off(DENIED_REST)
        return 0
    sent, must_rest = 0, False

    def send_next(merchant_id: UUID) -> None:
        nonlocal sent, must_rest
        if must_rest or not (row := claim_card(merchant_id)):
            return
        must_rest = not _send(calls, Merchant.objects.get(id=merchant_id), row)
        sent += not must_rest

    while True:
        before = sent
        for_each_merchant(merchants_with_due_cards(), send_next)
        if must_rest or sent == before:
            return sent


def _send(calls: GoogleCalls, merchant: Merchant, row: ObjectRow) -> bool:
    """False if Google should be left alone for a while."""
    try:
        bring_up_to_date(calls, merchant, row)
    except GoogleProblem as problem:
        return _put_off(merchant.id, row, problem)
    except NotFound:
        log.warning("Card %s of %s is not there any more; Google keeps what it has", row.card_id, merchant.slug)
    except (Error, psycopg.Error):
        raise  # the database does not answer; it will again
    except Exception:
        log.exception("Card %s of %s could not be made for Google", row.card_id, merchant.slug)
        wait_after_failure(merchant.id, row, "could not be made", status=0, again=now() + UNMADE_PAUSE)
        return True  # a card that cannot be made must not keep the others waiting
    write_done(merchant.id, row)
    return True


def _put_off(merchant_id: UUID, row: ObjectRow, problem: GoogleProblem) -> bool:
    log.warning("Google did not take card %s: %s", row.card_id, problem)
    if isinstance(problem, GoogleBusy):
        pause = min(SHORTEST_PAUSE * 2 ** min(row.tries, 10), LONGEST_PAUSE)
        wait_after_failure(merchant_id, row, str(problem), status=problem.status, again=now() + pause)
        return problem.status >= 500  # then it may be this card alone, and the others may be taken
    if problem.status in DENIED:
        wait_after_failure(merchant_id, row, str(problem), status=problem.status, again=now() + DENIED_PAUSE)
        hold_off(DENIED_REST)
        return False
    _put_off_refused(merchant_id, row)
    return True


def _put_off_refused(merchant_id: UUID, row: ObjectRow) -> None:
    """Tries a refused card twice more: Google may just have failed to fetch a picture. After that it is given up."""
    if row.refusals < len(REFUSED_PAUSES):
        again = now() + REFUSED_PAUSES[row.refusals]
        wait_after_refusal(merchant_id, row, refusals=row.refusals + 1, again=again)
    else:
        write_done(merchant_id, row)  # the next change is another chance


def _send_in_background() -> None:
    try:
        send_due_cards()
    except (Error, psycopg.Error):
        log.exception("sending to Google failed and will be tried again")
    finally:
        connection.close()
