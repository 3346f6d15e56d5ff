"""A kept scan before it is counted: what it is of, when it was, and whether it may count by itself."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.counter.guessing import Guesser, recognise_for
from stampwell.counter.own_codes import UnknownCode
from stampwell.counter.receipt_scans import ReceiptCodeScanned
from stampwell.counter.scanning import Recognised
from stampwell.counter.self_service import is_only_a_number
from stampwell.merchants.models import Merchant, Station
from stampwell.offline.believing import CLOCKS_DIFFER, Believed, believe
from stampwell.offline.device_keys import DeviceKeyRow, Signers
from stampwell.offline.handing_out import HandedOut, read_handed_out
from stampwell.offline.lines import Line
from stampwell.offline.refusals import (
    ClockNotBelieved,
    DeviceSwitchedOff,
    KeptScanWaits,
    NumberedTwice,
    PinUnchecked,
    PinWasWrong,
    RewardsNeedConnection,
    ShiftOver,
    ShiftUnknown,
    SignatureUnknown,
    TakenBack,
)
from stampwell.offline.shifts import Shifts, Stood
from stampwell.refusal import PASSING, Refusal
from stampwell.transactions import merchant_reads

_TROUBLES: dict[str, type[KeptScanWaits]] = {
    "shift_unknown": ShiftUnknown,
    "shift_over": ShiftOver,
    "wrong_pin": PinWasWrong,
    "pin_locked": PinUnchecked,
}
# In the order of the device's own count, and only where its time was believed: others say nothing of the order.
_SCAN_BEFORE = """
    SELECT happened_at FROM kept_scan
    WHERE merchant_id = %s AND sender_id = %s AND sequence < %s AND device_key_id = %s AND clock_believed
    ORDER BY sequence DESC LIMIT 1
"""
_SAME_NUMBER = """
    SELECT id FROM kept_scan
    WHERE merchant_id = %s AND sender_id = %s AND sequence = %s AND device_key_id = %s AND key <> %s LIMIT 1
"""
# Each is counted no further than it matters: whoever has but the cookie of a device may ask again and again.
_SINCE_IT_WAS_SWITCHED_OFF = """
    SELECT count(*) FROM (
        SELECT 1 FROM kept_scan WHERE merchant_id = %s AND sender_id = %s AND received_at >= %s LIMIT %s
    ) few
"""
_HOW_MANY_WAIT = """
    SELECT count(*) FROM (
        SELECT 1 FROM kept_scan WHERE merchant_id = %s AND sender_id = %s AND state = 'waiting' LIMIT %s
    ) few
"""
# Of one device. More stay where they are until some are decided: nothing is lost, and nobody fills the owner's list.
MOST_SIGNED_WAITING, MOST_UNSIGNED_WAITING = 2_000, 200
# What one device may still hand in once it is switched off: whoever has it, or a copy of its cookie, writes no more.
MOST_SIGNED, MOST_UNSIGNED = 10_000, 200


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A scan before its transaction: what it is of, when it was, and what keeps it from being counted by itself.
    Where it `is_kept` not, it is answered and leaves no trace. `by` is who acted last: who scanned, or took it back.
    `handed` is the reward that was handed out, where one was.
    """

    found: Recognised
    believed: Believed
    signer: DeviceKeyRow | None = None
    stood: Stood
    by: Stood | None = None
    waits: Refusal | None = None
    refused: Refusal | None = None
    handed: HandedOut | None = None
    is_kept: bool = True

    @property
    def card_id(self) -> UUID | None:
        if self.handed:
            return self.handed.voucher.card_id
        return self.found.card.id if self.found.card else None


class Judge:
    """Judges the scans of one sender, which come in one call."""

    def __init__(
        self, merchant: Merchant, sender_id: UUID, guesser: Guesser, station: Station | None, *, received_at: datetime
    ) -> None:
        self._merchant, self._sender_id, self._guesser, self._station = merchant, sender_id, guesser, station
        self._received_at = received_at
        self._signers = Signers(merchant, station.id) if station else None
        self._shifts = Shifts(merchant, station) if station else None
        self._kept_since_revoked: int | None = None
        self._waiting: int | None = None
        self.turned_away = 0  # of a device that was switched off: the owner is told how many

    def judge(self, line: Line) -> Judged:
        """Refuses: what passes, such as TooManyGuesses."""
        signer = self._signers.find(line.signature, line.message) if self._signers and line.signature else None
        if self._station and self._station.revoked and not self._may_still_hand_in(line, signer):
            self.turned_away += 1
            return self._without_a_trace(DeviceSwitchedOff())
        if self._stands_alone and is_only_a_number(line.code):
            return self._without_a_trace(UnknownCode())  # as with a network: the barcode of a product fills no journal
        stood = self._shifts.stood(line.shift) if self._shifts else Stood()
        previous, is_twice = self._look_around(line, signer)
        not_before = stood.contact or (self._station.enrolled if self._station else None)
        believed = believe(line.claimed, received_at=self._received_at, not_before=not_before, previous=previous)
        revoked = self._station.revoked if self._station else None
        if revoked and believed.clock and believed.at >= revoked + CLOCKS_DIFFER:
            # For what a device scans after it was switched off, no code is looked up: it would find out which are good.
            # A slow upload makes a scan later than it was: what may have been before waits, for it was to count.
            return Judged(
                found=Recognised(), believed=believed, signer=signer, stood=stood, refused=DeviceSwitchedOff()
            )
        found = recognise_for(self._merchant, self._guesser, line.code, scanned=believed.at)
        if found.refusal and found.refusal.kind in PASSING:
            raise found.refusal
        waits = self._why_it_waits(line, signer, stood, believed, is_twice=is_twice)
        judged = Judged(
            found=found, believed=believed, signer=signer, stood=stood, handed=self._find_handed_out(line, found)
        )
        if line.taken_back is not None and not isinstance(waits, DeviceSwitchedOff | SignatureUnknown):
            return self._judge_taken_back(line.taken_back, judged)
        if isinstance(found.refusal, CodeAlreadyUsed) and found.card and line.reward is None:
            return msgspec.structs.replace(judged, waits=waits or found.refusal)
        return msgspec.structs.replace(judged, waits=waits, refused=_why_refused(line, judged))

    def _find_handed_out(self, line: Line, found: Recognised) -> HandedOut | None:
        """Only where staff stand: nobody hands anything out at a kiosk, and an autopilot scans what lies there."""
        if line.reward is None or found.voucher_id is None:
            return None
        if self._station is None or self._station.kind != Station.Kind.SCANNER:
            return None
        return read_handed_out(self._merchant, found.voucher_id, line.reward)

    def _judge_taken_back(self, by: str, judged: Judged) -> Judged:
        """It does not count, whatever else is true of it, unless nobody knows who took it back."""
        assert self._shifts is not None, "only devices take scans back"
        who = self._shifts.stood(by)
        waits = _TROUBLES[who.trouble]() if who.trouble else None
        refused = None if waits and judged.card_id else TakenBack()
        return msgspec.structs.replace(judged, by=who, waits=waits, refused=refused)

    @property
    def _stands_alone(self) -> bool:
        """Whether nobody of the shop signs in there."""
        return self._station is not None and self._station.kind != Station.Kind.SCANNER

    def _without_a_trace(self, refused: Refusal) -> Judged:
        believed = Believed(self._received_at, clock=False)
        return Judged(found=Recognised(), believed=believed, stood=Stood(), refused=refused, is_kept=False)

    def _may_still_hand_in(self, line: Line, signer: DeviceKeyRow | None) -> bool:
        """What it signed, or all of a device whose key we never heard of; and not without end."""
        assert self._station is not None, "only devices are switched off"
        assert self._signers is not None, "each device has them"
        if signer is None and self._signers.is_any:
            return False
        if self._kept_since_revoked is None:
            with merchant_reads(self._merchant.id) as tx:
                bounds = (tx.merchant_id, self._sender_id, self._station.revoked, MOST_SIGNED)
                self._kept_since_revoked = tx.value(int, _SINCE_IT_WAS_SWITCHED_OFF, bounds) or 0
        self._kept_since_revoked += 1
        return self._kept_since_revoked <= (MOST_SIGNED if signer else MOST_UNSIGNED)

    def may_wait(self, signer: DeviceKeyRow | None) -> bool:
        """Asked once for each scan that is to wait."""
        if self._station is None or self._station.revoked:
            return True
        if self._waiting is None:
            with merchant_reads(self._merchant.id) as tx:
                bounds = (tx.merchant_id, self._sender_id, MOST_SIGNED_WAITING)
                self._waiting = tx.value(int, _HOW_MANY_WAIT, bounds) or 0
        self._waiting += 1
        return self._waiting <= (MOST_SIGNED_WAITING if signer else MOST_UNSIGNED_WAITING)

    def _look_around(self, line: Line, signer: DeviceKeyRow | None) -> tuple[datetime | None, bool]:
        """When the scan before was, and whether another one has this one's number."""
        if signer is None or line.sequence is None:
            return None, False
        with merchant_reads(self._merchant.id) as tx:
            place = (tx.merchant_id, self._sender_id, line.sequence, signer.id)
            before = tx.later(_Moment, _SCAN_BEFORE, place)
            is_twice = tx.exists(_SAME_NUMBER, (*place, line.key))
            row = before.row()
        return row.happened_at if row else None, is_twice

    def _why_it_waits(
        self, line: Line, signer: DeviceKeyRow | None, stood: Stood, believed: Believed, *, is_twice: bool
    ) -> Refusal | None:
        if self._station and self._station.revoked:
            return DeviceSwitchedOff()
        if self._signers and not _is_signed(self._signers, line, signer, believed):
            return SignatureUnknown()
        if stood.trouble:
            return _TROUBLES[stood.trouble]()
        if not believed.clock:
            return ClockNotBelieved()
        if not stood.lasts_at(line.scanned_at if stood.by_device_clock else believed.at):
            return ShiftOver()
        if self._was_handed_over(line, stood, believed):
            return ShiftOver()
        return NumberedTwice() if is_twice else None

    def _was_handed_over(self, line: Line, stood: Stood, believed: Believed) -> bool:
        """Whether somebody else had signed in there before the scan, or locked it, and we were told."""
        changed = self._station.shift_changed if self._station else None
        if changed is None or stood.began is None:
            return False
        if not stood.by_device_clock:
            return stood.began < changed and believed.at > changed + CLOCKS_DIFFER
        began = line.claimed - (line.scanned_at - stood.began)
        return began < changed - CLOCKS_DIFFER and believed.at > changed + CLOCKS_DIFFER


def _why_refused(line: Line, judged: Judged) -> Refusal | None:
    """Why nobody could count it."""
    if judged.handed:
        return None
    if judged.found.voucher_id:
        return RewardsNeedConnection()
    if line.reward is not None:
        return judged.found.refusal or UnknownCode()  # no page of ours says that a reward was handed out for a card
    return ReceiptCodeScanned() if judged.found.receipt else judged.found.refusal


class _Moment(msgspec.Struct, frozen=True):
    happened_at: datetime


def _is_signed(signers: Signers, line: Line, signer: DeviceKeyRow | None, believed: Believed) -> bool:
    """A device that has no key signs nothing: over plain http browsers make none, and its cookie says who it is."""
    if signer is None:
        return not signers.is_any and not line.signature
    return signer.replaced is None or believed.at < signer.replaced
