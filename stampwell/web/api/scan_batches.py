"""POST /scans/batch: scans that a program kept while it had no network."""

from typing import Literal

import msgspec
from django.http import HttpResponse
from dmr import validate

from stampwell.clock import now
from stampwell.counter.guessing import a_key
from stampwell.ids import public_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.closing import refuse_if_closed
from stampwell.offline.lines import Line, Taken
from stampwell.offline.taking import Taking
from stampwell.offline.words import say_what_became, say_why
from stampwell.refusal import NotFound
from stampwell.requests.once import fingerprint
from stampwell.web.api.answering import ApiController, changing, in_language_of
from stampwell.web.api.asking import actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.mistakes import MESSAGES, describe_mistake
from stampwell.web.api.refusals import InvalidRequest, LocationNotAllowed
from stampwell.web.api.scan_lines import KeptScanAsked, Misshapen, ScansBody
from stampwell.web.refusals import ShapeError


class KeptScanFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` is why it waits, does not count or comes later: the code of a refusal or a mistake. `message` is for
    staff. `errors` is null unless the scan has not the form that it must have: then it says which value, and how.
    """

    key: str
    state: Literal["counted", "waiting", "refused", "invalid", "later"]
    reason: str | None
    message: str
    scan_id: str | None
    card_id: str | None
    stamp_id: str | None
    errors: list[ShapeError] | None = None


class ScansFacts(msgspec.Struct, frozen=True):
    """One for each scan, in their order."""

    results: list[KeptScanFacts]


class ScanBatches(ApiController):
    @validate(
        *changing(ScansFacts),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Hand in scans that were kept",
        description=(
            "Takes scans that were made without a network, each by itself and once for its `key`: counted, waiting for"
            " the owner, refused for good, invalid, or to be sent again later. Pause and daily limit are judged by"
            " `scanned_at`, which is believed for a week; rewards are not handed out. The same scans may be sent again,"
            " with any `Idempotency-Key`."
        ),
        operation_id="handInScans",
        tags=["Scans"],
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: ScansBody) -> HttpResponse:
        refuse_if_closed(self.caller.merchant)
        sent: list[KeptScanAsked | Misshapen] = parsed_body
        lines = [asked if isinstance(asked, Misshapen) else _line(self.caller, asked) for asked in sent]
        taken = iter(take(self.caller, [line for line in lines if isinstance(line, Line)]))
        with in_language_of(self.request, self.caller):
            results = [_describe(next(taken) if isinstance(line, Line) else line) for line in lines]
        return self.answer(ScansFacts(results))


def take(caller: ApiCaller, lines: list[Line]) -> list[Taken]:
    assert caller.actor.api_key_id is not None, "a caller has a key"
    taking = Taking(
        caller.merchant,
        actor=caller.actor,
        sender_id=caller.actor.api_key_id,
        guesser=a_key(caller),
        received_at=now(),
    )
    return taking.take_all(lines)


def _describe(taken: Taken | Misshapen) -> KeptScanFacts:
    """In the active language, whatever it was when the scan was taken."""
    if isinstance(taken, Misshapen):
        return KeptScanFacts(
            key=taken.key,
            state="invalid",
            reason=InvalidRequest.code,
            message=str(InvalidRequest.staff_text),
            scan_id=None,
            card_id=None,
            stamp_id=None,
            errors=[describe_mistake(taken.mistake)],
        )
    row = taken.row
    decided_against = bool(row and row.state == "refused" and row.decided_at)
    reason = "decided_against" if decided_against else taken.reason
    return KeptScanFacts(
        key=taken.key,
        state=taken.state,
        reason=reason or None,
        message=str(MESSAGES.get(reason, "")) or say_why(reason) or say_what_became(taken),
        scan_id=public_id("ksc", row.id) if row else None,
        card_id=public_id("crd", row.card_id) if row and row.card_id else None,
        stamp_id=public_id("stp", row.stamp_id) if row and row.stamp_id else None,
    )


def _line(caller: ApiCaller, asked: KeptScanAsked) -> Line | Taken:
    """What cannot be taken as it was written harms no other: it is `invalid`."""
    if asked.count is not None and asked.amount is not None:
        return Taken(key=asked.key, state="invalid", reason="not_together")
    try:
        location_id = actor_at(caller, asked.location_id).location_id
    except (NotFound, LocationNotAllowed) as refusal:
        return Taken(key=asked.key, state="invalid", reason=refusal.code)
    return Line(
        key=asked.key,
        code=asked.code,
        scanned_at=asked.scanned_at,
        claimed=asked.scanned_at,
        fingerprint=fingerprint("kept", msgspec.json.encode(asked)),
        count=asked.count,
        amount=asked.amount,
        location_id=location_id,
    )
