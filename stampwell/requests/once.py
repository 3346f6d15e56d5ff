"""The same request twice has one effect and one answer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from stampwell.clock import new_id, now
from stampwell.refusal import PASSING, KeyReused, Refusal, RequestInProgress
from stampwell.requests.models import StoredAnswer
from stampwell.tokens import seal, unseal
from stampwell.transactions import Statements, merchant_transaction


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes
    replayed: bool = False


class StoredAnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    idempotency_key: str
    fingerprint: bytes
    status: int
    body: bytes
    created: datetime


def fingerprint(*parts: str | bytes) -> bytes:
    """What makes two requests the same one: who asks, where, and the body's bytes."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return sha256(b"".join(len(part).to_bytes(8) + part for part in raw)).digest()


def answer_once(
    merchant_id: UUID,
    *,
    key: str,
    fingerprint: bytes,
    act: Callable[[], Answer],
    explain: Callable[[Refusal], Answer],
) -> Answer:
    """Acts and keeps the answer in one transaction; a request that comes again gets the kept bytes.

    The key is written last. Of two callers with one key the slower breaks on its uniqueness, so its effect is
    rolled back and it reads the faster one's answer. Business refusals are kept too; failures of ours are not, nor
    is what passes, such as a "too many", which takes no earlier answer away. `explain` runs in the transaction that
    keeps its answer.
    Refuses: KeyReused, RequestInProgress and what passes.
    """
    try:
        try:
            with merchant_transaction(merchant_id) as tx:
                answer = act()
                keep_answer(tx, key, fingerprint, answer)
        except RequestInProgress:
            raise
        except Refusal as refusal:
            if refusal.kind in PASSING:
                return _kept_answer(merchant_id, key, fingerprint, refusal)
            try:
                with merchant_transaction(merchant_id) as tx:
                    answer = explain(refusal)
                    keep_answer(tx, key, fingerprint, answer)
            except Refusal:  # there is no page to explain it on; perhaps this very form has taken the thing away
                return _kept_answer(merchant_id, key, fingerprint, refusal)
    except UniqueViolation as taken:
        return _kept_answer(merchant_id, key, fingerprint, taken)
    return answer


def answered_before(merchant_id: UUID, *, key: str, fingerprint: bytes) -> Answer | None:
    """For whoever has much to do before `answer_once`. Refuses: KeyReused."""
    kept = StoredAnswer.objects.filter(merchant_id=merchant_id, idempotency_key=key).first()
    if kept is None:
        return None
    if bytes(kept.fingerprint) != fingerprint:
        raise KeyReused
    return Answer(kept.status, unseal(bytes(kept.body)), replayed=True)


def keep_answer(tx: Statements, key: str, fingerprint: bytes, answer: Answer) -> None:
    """Keeps the answer in the transaction of the effect. If the key was used before, the commit fails."""
    row = StoredAnswerRow(
        id=new_id(),
        idempotency_key=key,
        fingerprint=fingerprint,
        status=answer.status,
        body=seal(answer.body),
        created=now(),
    )
    tx.insert("stored_answer", row)


class KeptAnswer(msgspec.Struct, frozen=True):
    fingerprint: bytes
    body: bytes


def kept_answers(merchant_id: UUID, keys: Sequence[str]) -> dict[str, KeptAnswer]:
    """What is kept under these keys, for a step that answers many at once."""
    kept = StoredAnswer.objects.filter(merchant_id=merchant_id, idempotency_key__in=keys)
    return {row.idempotency_key: KeptAnswer(bytes(row.fingerprint), unseal(bytes(row.body))) for row in kept}


def _kept_answer(merchant_id: UUID, key: str, fingerprint: bytes, otherwise: Exception) -> Answer:
    """Raises `otherwise` where none is kept; if that is a constraint, another one broke, which is a fault of ours."""
    if (answer := answered_before(merchant_id, key=key, fingerprint=fingerprint)) is None:
        raise otherwise
    return answer
