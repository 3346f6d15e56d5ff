"""Writing down that a card came into a phone's wallet, or left it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import WALLET
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.transactions import Statements

type WalletName = Literal["apple", "google"]


class WalletEvent(msgspec.Struct, frozen=True):
    card_id: str
    wallet: str


def record_saved(tx: Statements, card_id: UUID, wallet: WalletName, *, at: datetime) -> None:
    record(tx, "card.saved", WalletEvent(public_id("crd", card_id), wallet), at=at, actor=WALLET, card_id=card_id)


def record_removed(tx: Statements, card_id: UUID, wallet: WalletName, *, at: datetime) -> None:
    record(tx, "card.removed", WalletEvent(public_id("crd", card_id), wallet), at=at, actor=WALLET, card_id=card_id)
