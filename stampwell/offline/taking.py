"""Kept scans come in: each has its one effect, waits for the owner, or is refused for good.

A scan is known by its sender and its key. Its row is written in the transaction of its effect, so of two callers who
bring the same scan the slower breaks on the key, is rolled back and reads what the faster one did.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import CardVoid, link_ended
from stampwell.cards.rows import CardRow, StampRow, ask_to_lock_card
from stampwell.cards.stamping_late import stamp_later
from stampwell.clock import new_id
from stampwell.counter.guessing import Guesser
from stampwell.counter.scanning import Recognised, ScanEvent
from stampwell.counter.self_service import why_not_alone
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.merchants.models import Merchant, Station
from stampwell.merchants.seeing import note_turned_away
from stampwell.offline.believing import Believed, is_moment
from stampwell.offline.handing_out import use_what_was_handed_out
from stampwell.offline.judging import Judge, Judged
from stampwell.offline.lines import Line, Taken
from stampwell.offline.rows import KeptScanRow, State, scans_by_key
from stampwell.offline.shifts import Stood
from stampwell.offline.telling import tell_conflict
from stampwell.offline.waiting_rewards import mark_handed_out
from stampwell.refusal import PASSING, Refusal, RequestInProgress
from stampwell.requests.once import Answer, KeptAnswer, keep_answer, kept_answers
from stampwell.transactions import Statements, merchant_reads, merchant_transaction
from stampwell.transactions.outages import OUTAGES

PATIENCE = 5.0  # seconds for one call; what is left then is sent again
_TRIES = 3

log = logging.getLogger(__name__)


class Online(msgspec.Struct, frozen=True):
    """How the same scan is known where it was sent alone, with a network: its answer may have been lost on the way.

    `fingerprint` is that of the single request, `is_stamped` reads a kept answer, `body` writes one.
    """

    fingerprint: Callable[[Line], bytes]
    is_stamped: Callable[[bytes], bool]
    body: Callable[[Taken], bytes]


class Taking:
    """Takes the scans of one sender, in one call. `actor` is the sender's, without the person."""

    def __init__(
        self,
        merchant: Merchant,
        *,
        actor: Actor,
        sender_id: UUID,
        guesser: Guesser,
        received_at: datetime,
        station: Station | None = None,
        online: Online | None = None,
    ) -> None:
        self._merchant, self._actor, self._sender_id = merchant, actor, sender_id
        self._received_at, self._online, self._station = received_at, online, station
        self._judge = Judge(merchant, sender_id, guesser, station, received_at=received_at)

    def take_all(self, lines: Sequence[Line], *, patience: float = PATIENCE) -> list[Taken]:
        """One for each line, in their order. They are taken in the order in which the sender counted them."""
        taken: dict[str, Taken] = {}
        keys = list({line.key for line in lines})
        with merchant_reads(self._merchant.id) as tx:
            known = scans_by_key(tx, self._sender_id, keys)
        answered = kept_answers(self._merchant.id, [key for key in keys if key not in known]) if self._online else {}
        end = time.monotonic() + patience
        for line in sorted(lines, key=lambda line: line.sequence or 0):
            if line.key in taken:
                continue
            if row := known.get(line.key):
                taken[line.key] = _replay(line, row)
            elif not is_moment(line.scanned_at):
                taken[line.key] = Taken(key=line.key, state="invalid", reason="no_moment")
            elif time.monotonic() > end:
                taken[line.key] = Taken(key=line.key, state="later")
            else:
                taken[line.key] = self._take_alone(line, answered.get(line.key))
        if self._judge.turned_away:
            with while_open():
                note_turned_away(self._merchant, self._sender_id, self._judge.turned_away)
        return [_of_line(line, taken[line.key]) for line in lines]

    def _take_alone(self, line: Line, answered: KeptAnswer | None) -> Taken:
        """A mistake of ours with one scan holds up no other. It is sent again, and counts once that is mended."""
        try:
            return self._take(line, answered)
        except (Refusal, *OUTAGES):
            raise
        except Exception:
            log.exception("A kept scan of sender %s at %s could not be taken", self._sender_id, self._merchant.id)
            return Taken(key=line.key, state="later", reason="internal_error")

    def _take(self, line: Line, answered: KeptAnswer | None) -> Taken:
        for _try in range(_TRIES):
            try:
                refuse_if_closed(self._merchant)
                with while_open():
                    return self._take_once(line, answered)
            except UniqueViolation:
                with merchant_reads(self._merchant.id) as tx:
                    row = scans_by_key(tx, self._sender_id, [line.key]).get(line.key)
                if row:
                    return _replay(line, row)
                answered = kept_answers(self._merchant.id, [line.key]).get(line.key)
            except Refusal as refusal:
                if refusal.kind in PASSING or isinstance(refusal, RequestInProgress):
                    return Taken(key=line.key, state="later", reason=refusal.code, refusal=refusal)
                raise
        return Taken(key=line.key, state="later")

    def _take_once(self, line: Line, answered: KeptAnswer | None) -> Taken:
        if self._was_counted(line, answered):
            return self._note_answered(line)
        judged = self._judge.judge(line)
        if judged.refused and not judged.is_kept:
            return Taken(key=line.key, state="refused", reason=judged.refused.code, refusal=judged.refused)
        keeps = self._online is not None and answered is None
        if judged.refused or judged.waits:
            return self._write(line, judged, judged.refused or judged.waits, keeps=keeps)
        try:
            return (
                self._hand_out(line, judged, keeps=keeps) if judged.handed else self._count(line, judged, keeps=keeps)
            )
        except Refusal as refusal:
            if refusal.kind in PASSING or isinstance(refusal, RequestInProgress):
                raise
            return self._write(line, judged, refusal, keeps=keeps)

    def _was_counted(self, line: Line, answered: KeptAnswer | None) -> bool:
        """Whether it was sent alone before, and gave its stamp. A "no" that nobody read is no answer.

        The page asks for the amount only once it keeps a scan: sent alone, the same scan had none.
        """
        if self._online is None or answered is None or line.reward is not None:
            return False
        alone = {self._online.fingerprint(each) for each in (line, msgspec.structs.replace(line, amount=None))}
        return answered.fingerprint in alone and self._online.is_stamped(answered.body)

    def _count(self, line: Line, judged: Judged, *, keeps: bool) -> Taken:
        ref = judged.found.card
        assert ref is not None, "what opens nothing was refused before"
        purchase = Purchase(count=line.count, amount=line.amount)
        with merchant_transaction(self._merchant.id) as tx:
            asked = ask_to_lock_card(tx, ref.id)
            card = asked.rows()[0]
            if card.issue != ref.issue:
                raise link_ended(card.state)
            stamped = stamp_later(
                tx,
                self._merchant,
                asked,
                purchase,
                actor=self._who(line, judged.stood),
                happened=judged.believed.at,
                step=judged.found.step,
                entered=judged.found.entered,
                why_not=lambda card: self._why_not_alone(card, judged.believed.at),
            )
            row = self._row(line, judged, "counted", card_id=ref.id, stamp=stamped.stamp)
            taken = Taken(key=line.key, state="counted", row=row)
            self._keep(tx, line, taken, keeps=keeps)
        return taken

    def _hand_out(self, line: Line, judged: Judged, *, keeps: bool) -> Taken:
        assert judged.handed is not None, "else a card is stamped"
        actor, happened = self._who(line, judged.stood), judged.believed.at
        with merchant_transaction(self._merchant.id) as tx:
            done = use_what_was_handed_out(tx, self._merchant, judged.handed, actor=actor, happened=happened)
            row = self._row(line, judged, "counted", card_id=done.voucher.card_id)
            row = msgspec.structs.replace(row, redemption_id=done.redemption.id)
            taken = Taken(key=line.key, state="counted", row=row)
            self._keep(tx, line, taken, keeps=keeps)
        return taken

    def _why_not_alone(self, card: CardRow, at: datetime) -> Refusal | None:
        """What a kiosk stamps less than staff may holds for what it kept as well."""
        if self._station is None or self._station.kind != Station.Kind.KIOSK:
            return None
        return why_not_alone(self._merchant, self._station, card, at)

    def _write(self, line: Line, judged: Judged, why: Refusal | None, *, keeps: bool) -> Taken:
        """Written down with its reason: to wait for the owner, or for good where nobody could count it."""
        assert why is not None, "what is fine is counted"
        card_id = judged.card_id
        is_final = why is judged.refused or isinstance(why, CardVoid) or card_id is None
        if not is_final and not self._judge.may_wait(judged.signer):
            return Taken(key=line.key, state="later", reason="too_many_waiting")
        row = self._row(line, judged, "refused" if is_final else "waiting", card_id=card_id, reason=why.code)
        taken = Taken(key=line.key, state=row.state, reason=why.code, row=row, refusal=why)
        actor, at = self._who(line, judged.by or judged.stood), self._received_at
        shown, voucher_id = public_id("crd", card_id) if card_id else None, judged.found.voucher_id
        with merchant_transaction(self._merchant.id) as tx:
            if is_final:
                told = ScanEvent(why.code, shown, public_id("vch", voucher_id) if voucher_id else None)
                record(tx, "scan.refused", told, at=at, actor=actor, card_id=card_id, voucher_id=voucher_id)
            else:
                conflict = tell_conflict(row, judged.handed.reward if judged.handed else None)
                record(tx, "scan.conflicted", conflict, at=at, actor=actor, card_id=card_id, voucher_id=voucher_id)
                if judged.handed:
                    mark_handed_out(tx, judged.handed.voucher.id, row.happened_at)
            self._keep(tx, line, taken, keeps=keeps)
        return taken

    def _note_answered(self, line: Line) -> Taken:
        """It was counted when it was sent alone; its answer was lost on the way."""
        believed = Believed(self._received_at, clock=False)
        row = self._row(line, Judged(found=Recognised(), believed=believed, stood=Stood()), "counted")
        with merchant_transaction(self._merchant.id) as tx:
            _insert(tx, row)
        return Taken(key=line.key, state="counted", row=row)

    def _keep(self, tx: Statements, line: Line, taken: Taken, *, keeps: bool) -> None:
        """The keys are written last, as in `requests.once`."""
        assert taken.row is not None, "what is kept has a row"
        _insert(tx, taken.row)
        if keeps and self._online:
            keep_answer(tx, line.key, self._online.fingerprint(line), Answer(200, self._online.body(taken)))

    def _row(
        self,
        line: Line,
        judged: Judged,
        state: State,
        *,
        card_id: UUID | None = None,
        stamp: StampRow | None = None,
        reason: str = "",
    ) -> KeptScanRow:
        return KeptScanRow(
            id=new_id(),
            source=self._actor.source,
            sender_id=self._sender_id,
            key=line.key,
            fingerprint=line.fingerprint,
            sequence=line.sequence,
            device_key_id=judged.signer.id if judged.signer else None,
            location_id=line.location_id or self._actor.location_id,
            staff_member_id=judged.stood.member_id,
            card_id=card_id,
            count=line.count,
            amount=line.amount,
            scanned_at=line.scanned_at,
            received_at=self._received_at,
            happened_at=judged.believed.at,
            clock_believed=judged.believed.clock,
            state=state,
            reason=reason,
            stamp_id=stamp.id if stamp else None,
            given=stamp.count if stamp else None,
            voucher_id=judged.handed.voucher.id if judged.handed else None,
            reward_id=judged.handed.reward.reward.id if judged.handed else None,
        )

    def _who(self, line: Line, stood: Stood) -> Actor:
        return msgspec.structs.replace(
            self._actor,
            staff_member_id=stood.member_id,
            location_id=line.location_id or self._actor.location_id,
        )


def _insert(tx: Statements, row: KeptScanRow) -> None:
    tx.insert("kept_scan", row)


def _of_line(line: Line, taken: Taken) -> Taken:
    """Of two lines with one key the first that was taken has it."""
    return _replay(line, taken.row) if taken.row and taken.row.fingerprint != line.fingerprint else taken


def _replay(line: Line, row: KeptScanRow) -> Taken:
    if row.fingerprint != line.fingerprint:
        return Taken(key=line.key, state="invalid", reason="key_reused")
    return Taken(key=line.key, state=row.state, reason=row.reason, row=row)
