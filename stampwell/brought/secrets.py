"""The secrets of cards, vouchers and customers: ours are derived, those of a shop that has moved here came along.

An issue below zero says that the card came from elsewhere: -1 stands for the issue 0 there, -2 for 1. So a card tells
by itself where its secrets are, and no other pays for the question. What such a card is given here, such as a new
voucher, has brought nothing and is derived as ever. When the card is recovered, it gets an issue of ours.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import msgspec

from stampwell.tokens import derived_secret, seal, unseal
from stampwell.transactions import ask_row, ask_rows

# What is derived for each kind of row, and how many bytes: this is what has to travel with a shop.
PURPOSES = {
    "card": {
        "card-link": 16,
        "card-code": 16,
        "card-paper": 16,
        "rotating-code": 20,
        "pass-serial": 16,
        "pass-token": 16,
    },
    "voucher": {"voucher-link": 16, "voucher-code": 16, "pass-serial": 16, "pass-token": 16},
    "customer": {"no-messages": 16},
}
_FIND = "SELECT id, sealed FROM brought_secret WHERE id = %s"
_FIND_ALL = "SELECT id, sealed FROM brought_secret WHERE id = ANY(%s)"

type Secrets = dict[int, dict[str, bytes]]  # by issue, as the other installation counted it, and by purpose


class SealedRow(msgspec.Struct, frozen=True):
    id: UUID
    sealed: bytes


_remembered: ContextVar[dict[UUID, Secrets] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Inside, the secrets of a card are asked for once: around a request, or the making of one pass.

    Nothing is remembered any longer: another process may take away what was brought, and bring something else.
    """
    if _remembered.get() is not None:
        yield
        return
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def read_ahead(issues: Iterable[tuple[UUID, int]]) -> None:
    """The secrets of many rows at once, of each its id and its issue: before a list is shown, inside of `remembered`.

    Of rows that have brought nothing, nothing is asked.
    """
    known = _remembered.get()
    if known is None:
        return
    if wanted := {row_id for row_id, issue in issues if issue < 0} - known.keys():
        known.update({row_id: {} for row_id in wanted})
        known.update((row.id, unseal_secrets(row.sealed)) for row in ask_rows(SealedRow, _FIND_ALL, (list(wanted),)))


def plain_issue(issue: int) -> int:
    """How often the links were replaced, here and elsewhere."""
    return max(issue, ~issue)


def secret_of(purpose: str, row_id: UUID, issue: int = 0, *, size: int = 16) -> bytes:
    if issue < 0:
        issue = plain_issue(issue)
        if secret := _brought(row_id).get(issue, {}).get(purpose):
            return secret
    return derived_secret(purpose, row_id, issue, size=size)


def brought_secret(purpose: str, row_id: UUID) -> bytes | None:
    """For what has no issue of its own. None where nothing was brought."""
    return _brought(row_id).get(0, {}).get(purpose)


def seal_secrets(secrets: Secrets) -> bytes:
    return seal(msgspec.msgpack.encode(secrets))


def unseal_secrets(sealed: bytes) -> Secrets:
    secrets: Secrets = msgspec.msgpack.decode(unseal(sealed), type=Secrets.__value__)
    return secrets


def _brought(row_id: UUID) -> Secrets:
    known = _remembered.get()
    if known is None:
        return _ask(row_id)
    if row_id not in known:
        known[row_id] = _ask(row_id)
    return known[row_id]


def _ask(row_id: UUID) -> Secrets:
    row = ask_row(SealedRow, _FIND, (row_id,))
    return unseal_secrets(row.sealed) if row else {}
