"""Forgetting erased customers where no column tells which rows are about them: in the answers that are kept.

They are sealed, so each is opened and looked at. All customers who were erased since the oldest answer that is kept
are looked for at once, so it does no harm if several jobs do it.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.cards.personal_facts import take_out_person
from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.jobs.run import Run
from stampwell.requests.pruning import ANSWERS_KEPT
from stampwell.requests.rewriting import rewrite_answers
from stampwell.transactions import Statements

FORGET_ERASED = "forget_erased"  # the kind of the job
AT_ONCE = 500  # answers
_LONGER = timedelta(days=2)  # than answers are kept, for they are thrown away some time later
_NONE = UUID(int=0)
_ID = re.compile(r"(?:crd|cus)_[0-9a-f]{32}")
_ERASED = "SELECT id FROM customer WHERE merchant_id = %s AND erased > %s"
_THEIR_CARDS = """
    SELECT c.id FROM customer u JOIN card c ON c.merchant_id = %(merchant)s AND c.customer_id = u.id
    WHERE u.merchant_id = %(merchant)s AND u.erased > %(since)s
"""


def forget_erased(run: Run) -> None:
    with run.step() as tx:
        ids = _erased_since(tx, now() - ANSWERS_KEPT - _LONGER)
    while _forget_further(run, ids):
        pass


def _erased_since(tx: Statements, since: datetime) -> frozenset[str]:
    people = tx.values(UUID, _ERASED, (tx.merchant_id, since))
    cards = tx.values(UUID, _THEIR_CARDS, {"merchant": tx.merchant_id, "since": since})
    return frozenset([*(public_id("cus", one) for one in people), *(public_id("crd", one) for one in cards)])


def _forget_further(run: Run, ids: frozenset[str]) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        after = UUID(run.cursor) if run.cursor else _NONE
        last, count = rewrite_answers(tx, lambda body: _without_person(body, ids), after=after, most=AT_ONCE)
        if last is None:
            return False
        run.note(tx, done=run.done + count, cursor=str(last))
    return True


def _without_person(body: bytes, ids: frozenset[str]) -> bytes | None:
    """None where nothing is in it."""
    if ids.isdisjoint(_ID.findall(body.decode())):
        return None
    said = msgspec.json.decode(body)
    return msgspec.json.encode(said) if take_out_person(said, ids) else None
