"""The secrets of cards, vouchers and customers: ours are derived, those of a shop that has moved here came along.

An issue below zero says that the card came from elsewhere: -1 stands for the issue 0 there, -2 for 1. So a card tells
by itself where its secrets are, and no other pays for the question. What such a card is given here, such as a new
voucher, has brought nothing and is derived as ever. When the card is recovered, it gets an issue of ours.
"""

from functools import lru_cache
from uuid import UUID

import msgspec

from stampwell.tokens import derived_secret, seal, unseal
from stampwell.transactions import ask_row

# What is derived for each kind of row, and how many bytes: this is what has to travel with a shop.
PURPOSES = {
    "card": {"card-link": 16, "card-code": 16, "rotating-code": 20, "pass-serial": 16, "pass-token": 16},
    "voucher": {"voucher-link": 16, "voucher-code": 16, "pass-serial": 16, "pass-token": 16},
    "customer": {"no-messages": 16},
}
_FIND = "SELECT sealed FROM brought_secret WHERE id = %s"

type Secrets = dict[int, dict[str, bytes]]  # by issue, as the other installation counted it, and by purpose


class SealedRow(msgspec.Struct, frozen=True):
    sealed: bytes


def brought_issue(issue: int) -> int:
    """How an issue is written of which the secrets were brought."""
    return ~issue


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
    try:
        return _found(row_id)
    except KeyError:
        return {}


@lru_cache(maxsize=5000)
def _found(row_id: UUID) -> Secrets:
    """Remembered, because a card asks for several. What is not there raises, and an exception is not remembered."""
    row = ask_row(SealedRow, _FIND, (row_id,))
    if row is None:
        raise KeyError(row_id)
    return unseal_secrets(row.sealed)
