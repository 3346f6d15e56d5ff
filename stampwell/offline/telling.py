"""The events of scans that wait and of what is decided about them."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from stampwell.ids import public_id
from stampwell.offline.handing_out import describe_named
from stampwell.offline.rows import KeptScanRow
from stampwell.programs.low_cost import NamedReward
from stampwell.vouchers.describing import RewardFacts

Decision = Literal["count", "leave"]


class ConflictEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """`reward` is what was handed out, for `voucher_id`; both are absent where a card was scanned."""

    scan_id: str
    reason: str
    card_id: str | None
    scanned_at: datetime
    voucher_id: str | UnsetType = UNSET
    reward: RewardFacts | UnsetType = UNSET


class DecisionEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """`without_voucher` is whether a reward counts as handed out, and no voucher is used for it."""

    scan_id: str
    decision: Decision
    reason: str
    card_id: str | None
    scanned_at: datetime
    voucher_id: str | UnsetType = UNSET
    reward: RewardFacts | UnsetType = UNSET
    without_voucher: bool | UnsetType = UNSET


def tell_conflict(scan: KeptScanRow, reward: NamedReward | None) -> ConflictEvent:
    return ConflictEvent(
        scan_id=public_id("ksc", scan.id),
        reason=scan.reason,
        card_id=_card_of(scan),
        scanned_at=scan.happened_at,
        voucher_id=_voucher_of(scan),
        reward=describe_named(reward) if reward else UNSET,
    )


def tell_decision(scan: KeptScanRow, decision: Decision, reward: NamedReward | None) -> DecisionEvent:
    """`scan` is as it was decided."""
    return DecisionEvent(
        scan_id=public_id("ksc", scan.id),
        decision=decision,
        reason=scan.reason,
        card_id=_card_of(scan),
        scanned_at=scan.happened_at,
        voucher_id=_voucher_of(scan),
        reward=describe_named(reward) if reward else UNSET,
        without_voucher=scan.redemption_id is None if reward and decision == "count" else UNSET,
    )


def _card_of(scan: KeptScanRow) -> str | None:
    return public_id("crd", scan.card_id) if scan.card_id else None


def _voucher_of(scan: KeptScanRow) -> str | UnsetType:
    return public_id("vch", scan.voucher_id) if scan.voucher_id else UNSET
