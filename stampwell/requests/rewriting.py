"""Changing answers that are kept: whoever sends the same request again gets them as they are by then."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from stampwell.tokens import seal, unseal
from stampwell.transactions import Statements


class _Kept(msgspec.Struct, frozen=True):
    id: UUID
    body: bytes


_NEXT = "SELECT id, body FROM stored_answer WHERE merchant_id = %s AND id > %s ORDER BY id LIMIT %s"
_REWRITE = "UPDATE stored_answer SET body = %s WHERE merchant_id = %s AND id = %s"


def rewrite_answers(
    tx: Statements, rewrite: Callable[[bytes], bytes | None], *, after: UUID, most: int
) -> tuple[UUID | None, int]:
    """The id of the last of the next answers, and how many there were. `rewrite` gives another text, or None."""
    kept = tx.rows(_Kept, _NEXT, (tx.merchant_id, after, most))
    for answer in kept:
        if (text := rewrite(unseal(answer.body))) is not None:
            tx.write(_REWRITE, (seal(text), tx.merchant_id, answer.id))
    return (kept[-1].id if kept else None), len(kept)
