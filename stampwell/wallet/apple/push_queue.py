"""Telling phones that their passes changed.

A push that is due is claimed by setting its `due` ahead, then sent, then its answer written down. A worker that
dies in between leaves it due again when the claim ends: at least once, and hardly ever twice.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction, merchants_where
from stampwell.wallet.apple.changes import APART
from stampwell.wallet.apple.push_link import Answer, Push
from stampwell.wallet.apple.push_service import PushService
from stampwell.wallet.apple.push_services import push_services
from stampwell.wallet.apple.registrations import drop_registration

BATCH = 1000
CLAIMED = timedelta(seconds=60)
# The pauses after each try that failed, where the reason goes away by itself.
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600)]
# A push that is due later than this was put off while a clock was ahead: it is due now.
FURTHEST = max(PAUSES) + CLAIMED
OURS = timedelta(minutes=10)  # our certificate or key is wrong, and a person has to repair it
# By these answers Apple says that the push token belongs to no phone any more, or never did for this pass type.
GONE = {"BadDeviceToken", "DeviceTokenNotForTopic"}
# When Apple calls so many tokens wrong in a row and takes no push in between, our certificate or host is wrong, and not
# all the phones.
MOST_GONE = 3

log = logging.getLogger(__name__)


class Claimed(msgspec.Struct, frozen=True):
    id: UUID
    pass_id: UUID
    device_id: UUID
    wanted_tag: int
    registered: datetime
    tries: int
    push_token: str
    pass_type: str


# The rows are taken in the order of their index and never waited for.
_CLAIM = """
    UPDATE registration r SET due = %(until)s, tries = r.tries + 1
    FROM (
        SELECT r.id, p.pass_type, d.push_token FROM registration r
        JOIN pass p ON (p.merchant_id, p.id) = (r.merchant_id, r.pass_id)
        JOIN device d ON (d.merchant_id, d.id) = (r.merchant_id, r.device_id)
        WHERE r.merchant_id = %(merchant)s AND (r.due <= %(now)s OR r.due > %(furthest)s)
            AND p.pass_type = ANY(%(types)s)
        ORDER BY r.due LIMIT %(batch)s FOR UPDATE OF r SKIP LOCKED
    ) c
    WHERE r.merchant_id = %(merchant)s AND r.id = c.id
    RETURNING r.id, r.pass_id, r.device_id, r.wanted_tag, r.registered, r.tries, c.push_token, c.pass_type
"""
# A change that came while the push was on its way waits for its own.
_DELIVERED = """
    UPDATE registration r SET pushed_tag = n.tag, pushed = %(now)s, tries = 0, last_answer = '200',
        due = CASE WHEN r.wanted_tag > n.tag THEN %(next)s END
    FROM (
        SELECT r.id, n.tag FROM registration r
        JOIN unnest(%(ids)s::uuid[], %(tags)s::bigint[]) AS n (id, tag) ON n.id = r.id
        WHERE r.merchant_id = %(merchant)s ORDER BY r.id FOR UPDATE OF r
    ) n
    WHERE r.merchant_id = %(merchant)s AND r.id = n.id
"""
_POSTPONED = "UPDATE registration SET due = %s, last_answer = %s WHERE merchant_id = %s AND id = %s"
_LOCK_DEVICE = "SELECT id FROM device WHERE merchant_id = %s AND id = %s AND push_token = %s FOR UPDATE"


def push_due() -> int:
    """Sends the pushes that are due, at most a batch; returns how many."""
    services = push_services()
    claims = _claim_batch(list(services))
    by_type: dict[str, list[Push]] = defaultdict(list)
    for claim in (claim for claimed in claims.values() for claim in claimed):
        by_type[claim.pass_type].append(Push(claim.id, claim.push_token, claim.pass_type))
    answers = [answer for pass_type, pushes in by_type.items() for answer in _send(services[pass_type], pushes)]
    _complain(answers)
    answered = {answer.push.registration_id: answer for answer in answers}

    def write_down(merchant_id: UUID) -> None:
        write_answers(merchant_id, [(claim, answered[claim.id]) for claim in claims[merchant_id]])

    for_each_merchant(claims, write_down)
    return len(answers)


def claim_due(merchant_id: UUID, pass_types: list[str], *, most: int) -> list[Claimed]:
    at = now()
    moments = {"until": at + CLAIMED, "now": at, "furthest": at + FURTHEST}
    facts = {"merchant": merchant_id, "types": pass_types, "batch": most, **moments}
    with merchant_transaction(merchant_id) as tx:
        return tx.rows(Claimed, _CLAIM, facts)


def write_answers(merchant_id: UUID, answers: Iterable[tuple[Claimed, Answer]]) -> None:
    delivered: list[Claimed] = []
    for claim, answer in answers:
        if answer.status == 200:
            delivered.append(claim)
        elif _is_gone(claim, answer):
            _forget(merchant_id, claim)
        else:
            _postpone(merchant_id, claim, answer)
    if delivered:
        with merchant_transaction(merchant_id) as tx:
            _note_delivered(tx, delivered)


def _send(service: PushService, pushes: list[Push]) -> list[Answer]:
    """Pushes of one pass type. No phone is forgotten for what is rather our mistake."""
    answers = service.send(pushes)
    if any(answer.status == 200 for answer in answers):
        service.gone_in_a_row = 0
        return answers
    service.gone_in_a_row += sum(answer.reason in GONE for answer in answers)
    if service.gone_in_a_row <= MOST_GONE:
        return answers
    return [msgspec.structs.replace(answer, is_doubted=True) for answer in answers]


def _claim_batch(pass_types: list[str]) -> dict[UUID, list[Claimed]]:
    """Of many shops together, so that a push of a small one does not cost a round trip of its own."""
    claims: dict[UUID, list[Claimed]] = {}

    def claim(merchant_id: UUID) -> None:
        left = BATCH - sum(map(len, claims.values()))
        if left and (claimed := claim_due(merchant_id, pass_types, most=left)):
            claims[merchant_id] = claimed

    for_each_merchant(_merchants_with_due_pushes(pass_types), claim)
    return claims


def _merchants_with_due_pushes(pass_types: list[str]) -> list[UUID]:
    if not pass_types:
        return []
    at = now()
    return merchants_where(
        "SELECT DISTINCT merchant_id FROM registration WHERE due <= %s OR due > %s", (at, at + FURTHEST)
    )


def _note_delivered(tx: Statements, delivered: list[Claimed]) -> None:
    facts = {"ids": [claim.id for claim in delivered], "tags": [claim.wanted_tag for claim in delivered]}
    at = now()
    tx.write(_DELIVERED, facts | {"merchant": tx.merchant_id, "now": at, "next": at + APART})


def _is_gone(claim: Claimed, answer: Answer) -> bool:
    """A phone that registered after Apple noticed that it was gone has come back."""
    if answer.status == 410:
        return answer.since is None or claim.registered < answer.since
    return answer.status == 400 and answer.reason in GONE and not answer.is_doubted


def _forget(merchant_id: UUID, claim: Claimed) -> None:
    """Unless the phone has told us another push token by now."""
    with merchant_transaction(merchant_id) as tx:
        if tx.exists(_LOCK_DEVICE, (merchant_id, claim.device_id, claim.push_token)):
            drop_registration(tx, claim.pass_id, claim.device_id)
        else:
            tx.write(_POSTPONED, (now(), "new push token", merchant_id, claim.id))


def _postpone(merchant_id: UUID, claim: Claimed, answer: Answer) -> None:
    passes_by_itself = answer.status in (0, 410, 429) or answer.status >= 500
    pause = PAUSES[min(claim.tries, len(PAUSES)) - 1] if passes_by_itself else OURS
    said = f"{answer.status or 'none'} {answer.reason}"[:60]
    with merchant_transaction(merchant_id) as tx:
        tx.write(_POSTPONED, (now() + pause, said, merchant_id, claim.id))


def _complain(answers: list[Answer]) -> None:
    """One line for each kind of trouble; never a push token, which is the phone's secret."""
    troubles = {(answer.push.topic, answer.status, answer.reason) for answer in answers if _is_trouble(answer)}
    for topic, status, reason in sorted(troubles):
        log.warning("Pushes for %s are not taken: %s %s", topic, status or "no answer", reason)


def _is_trouble(answer: Answer) -> bool:
    return answer.is_doubted or (answer.status not in (200, 410) and answer.reason not in GONE)
