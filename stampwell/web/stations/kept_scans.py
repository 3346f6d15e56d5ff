"""Scans that a device had kept come in a batch, and the key with which it signs them: the same for every station."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from msgspec import Meta

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.clock import now
from stampwell.counter.guessing import a_device
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.languages.offered import active_locale
from stampwell.languages.patterns import whole
from stampwell.merchants.closing import ShopClosed, refuse_if_closed, while_open
from stampwell.merchants.enrolling import itself
from stampwell.merchants.models import Station
from stampwell.merchants.seeing import Keeps, note_scanned
from stampwell.offline.believing import corrected
from stampwell.offline.device_keys import read_point, register_key
from stampwell.offline.lines import Line, Taken
from stampwell.offline.taking import Online, Taking
from stampwell.offline.words import say_counted, say_what_became, say_why
from stampwell.programs.limits import MOST_MONEY
from stampwell.requests.once import fingerprint
from stampwell.tokens import from_base64url
from stampwell.web.body_sizes import HANDING_IN
from stampwell.web.json_bodies import UNREADABLE
from stampwell.web.stations.answering import Told, not_understood, read_json
from stampwell.web.stations.guarding import speaking
from stampwell.web.stations.keeping import Moment, moment, what_it_keeps
from stampwell.web.stations.presence import Counter, find_counter_handing_in

MOST_SCANS = 10_000
_LONGEST_TEXT = 2_000

Tone = Literal["good", "attention", "bad"]


# What is signed stands in lines: of all its parts only the code may have several, or it could be read in two ways.
OneLine = Annotated[str, whole(r"[^\x00\n]+", least=1, most=255)]


class KeptScan(msgspec.Struct, frozen=True, kw_only=True):
    """`sequence` is the device's own count; `signature` is over all that stands before it. One with a `reward` says
    that this one was handed out for the voucher that was scanned, one that was `taken_back` by whom, as `shift` says
    who scanned; the signature is over either as well.
    """

    key: OneLine
    sequence: Annotated[int, Meta(ge=1, lt=2**53)]
    code: Annotated[str, Meta(min_length=1, max_length=20_000)]
    scanned_at: Moment
    count: Annotated[int, Meta(ge=1, le=MOST_STAMPS_AT_ONCE)] | None = None
    amount: Annotated[int, Meta(ge=1, le=MOST_MONEY)] | None = None
    shift: Annotated[str, whole(r"[^\n]*", most=_LONGEST_TEXT)] = ""
    reward: Annotated[str, whole(r"[a-z0-9_]+", least=1, most=40)] | None = None
    taken_back: Annotated[str, whole(r"[^\n]*", most=_LONGEST_TEXT)] | None = None
    signature: Annotated[str, Meta(max_length=_LONGEST_TEXT)] = ""

    @property
    def message(self) -> bytes:
        """What the page signs of the scan itself, which is the same whether or not it was taken back."""
        parts = (self.key, self.sequence, self.code, self.scanned_at, self.count, self.amount, self.shift)
        text = "stampwell-scan-1\n" + "\n".join("" if part is None else str(part) for part in parts)
        return (text if self.reward is None else f"stampwell-handed-out-1\n{text}\n{self.reward}").encode()

    @property
    def signed(self) -> bytes:
        if self.taken_back is None:
            return self.message
        return b"stampwell-taken-back-1\n" + self.message + b"\n" + self.taken_back.encode()


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The lines are read one by one: what is wrong with one of them, or with `left`, harms no other."""

    sent_at: Moment
    scans: Annotated[list[msgspec.Raw], Meta(max_length=MOST_SCANS)]
    left: msgspec.Raw = msgspec.Raw(b"")


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one scan. One that is `held` cannot be taken now and holds up none behind it."""

    key: str
    state: str
    tone: Tone
    words: str
    why: str = ""
    held: bool = False


class Results(msgspec.Struct, frozen=True, kw_only=True):
    results: list[Result]
    server_time: int
    retry_after: int | None = None


class DeviceKeyGiven(msgspec.Struct, frozen=True):
    key: Annotated[str, Meta(max_length=200)]


class Door(msgspec.Struct, frozen=True):
    """Where the kept scans of one kind of station come in.

    `same_scan` is the fingerprint of such a scan where it was sent alone, `show` what is answered when it is sent alone
    once more, after it came in a batch; its `outcome` is "stamped" where the scan counts.
    """

    kind: Station.Kind
    same_scan: Callable[[Station, Line], bytes]
    show: Callable[[Result, Told], msgspec.Struct]


class _Outcome(msgspec.Struct, frozen=True):
    outcome: str


_TONES: dict[str, Tone] = {
    "counted": "good",
    "waiting": "attention",
    "refused": "bad",
    "invalid": "bad",
    "later": "attention",
}


def batches_of(door: Door) -> Callable[[HttpRequest], HttpResponse]:
    """The view. Nobody need be signed in, and a device that was switched off hands in what it had kept."""

    def take_batch(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        counter = find_counter_handing_in(request, door.kind)
        if counter is None:
            return JsonResponse({"code": "not_enrolled"}, status=401)
        received_at = now()
        batch = read_json(request, Batch, most=HANDING_IN)
        if batch is None:
            return not_understood()
        with speaking(request, counter):
            answer, keeps = _take(door, counter, batch, received_at)
        if not counter.station.revoked:
            note_scanned(counter.merchant, counter.station, keeps)
        response = HttpResponse(msgspec.json.encode(answer), content_type="application/json")
        add_never_cache_headers(response)
        return response

    return take_batch


def answer_device_key(request: HttpRequest, counter: Counter, actor: Actor) -> HttpResponse:
    given = read_json(request, DeviceKeyGiven)
    point = _point(given.key) if given else None
    if point is None:
        return not_understood()
    try:
        refuse_if_closed(counter.merchant)
        with while_open():
            known = register_key(counter.merchant, counter.station, point, actor=actor)
    except ShopClosed as closed:
        return JsonResponse({"code": closed.code}, status=409)
    return JsonResponse({"station": public_id("stn", counter.station.id), "known": known})


def is_good(result: Result) -> bool:
    return result.state == "counted"


def said_again(outcome: str, told: Told) -> Result | None:
    """What came of a scan that was sent alone, in the active language; None where more than words was shown."""
    if outcome == "stamped":
        return Result(key="", state="counted", tone="good", words=say_counted(told.added))
    if outcome == "refused":
        state = told.state or "refused"
        words = say_what_became(Taken(key="", state=state))
        return Result(key="", state=state, tone=_TONES[state], words=words, why=say_why(told.code))
    return None


def _take(door: Door, counter: Counter, batch: Batch, received_at: datetime) -> tuple[Results, Keeps | None]:
    station = counter.station
    sent_at = moment(batch.sent_at)
    lines = [_read_line(raw, sent_at, received_at) for raw in batch.scans]
    taking = Taking(
        counter.merchant,
        actor=itself(station),
        sender_id=station.id,
        guesser=a_device(station),
        received_at=received_at,
        station=station,
        online=_sent_alone(door, station),
    )
    taken = iter(taking.take_all([line for line in lines if isinstance(line, Line)]))
    all_taken = [next(taken) if isinstance(line, Line) else line for line in lines]
    waits = [_seconds(each) for each in all_taken if each.state == "later" and each.reason]
    results = Results(
        results=[_result(each) for each in all_taken],
        server_time=int(now().timestamp() * 1000),
        retry_after=max(waits, default=None),
    )
    both = zip(lines, all_taken, strict=True)
    later = [line.claimed for line, each in both if isinstance(line, Line) and each.state == "later"]
    return results, what_it_keeps(batch.left, later, sent_at=sent_at, received_at=received_at)


def _seconds(later: Taken) -> int:
    seconds: int = later.refusal.facts.get("seconds", 60) if later.refusal else 60
    return seconds


def _read_line(raw: msgspec.Raw, sent_at: datetime, received_at: datetime) -> Line | Taken:
    try:
        scan = msgspec.json.decode(raw, type=KeptScan)
        message, signed = scan.message, scan.signed
    except UNREADABLE:
        return Taken(key=_key_of(raw), state="invalid", reason="unreadable")
    scanned_at = moment(scan.scanned_at)
    return Line(
        key=scan.key,
        code=scan.code,
        scanned_at=scanned_at,
        claimed=corrected(scanned_at, sent_at=sent_at, received_at=received_at),
        fingerprint=fingerprint("kept", message),
        count=scan.count,
        amount=scan.amount,
        sequence=scan.sequence,
        shift=scan.shift,
        reward=scan.reward,
        signature=_signature(scan.signature),
        message=signed,
        taken_back=scan.taken_back,
    )


def _key_of(raw: msgspec.Raw) -> str:
    """So that the page knows which of its scans cannot be read; empty where not even that can be."""
    try:
        found: Any = msgspec.json.decode(raw)
    except UNREADABLE:
        return ""
    key = found.get("key") if isinstance(found, dict) else None
    return key[:255] if isinstance(key, str) else ""


def _sent_alone(door: Door, station: Station) -> Online:
    def is_stamped(body: bytes) -> bool:
        return msgspec.json.decode(body, type=_Outcome).outcome == "stamped"

    return Online(
        lambda line: door.same_scan(station, line),
        is_stamped,
        lambda taken: msgspec.json.encode(door.show(_result(taken), _told(taken))),
    )


def _told(taken: Taken) -> Told:
    assert taken.row is not None, "what is kept has a row"
    return Told(
        locale=active_locale(),
        added=taken.row.given or 0,
        code=taken.reason,
        state=taken.row.state,
    )


def _result(taken: Taken) -> Result:
    decided_against = bool(taken.row and taken.row.state == "refused" and taken.row.decided_at)
    return Result(
        key=taken.key,
        state=taken.state,
        tone=_TONES[taken.state],
        words=say_what_became(taken),
        held=taken.state == "later" and bool(taken.reason),
        why=say_why(taken.reason, decided_against=decided_against) if taken.state in ("waiting", "refused") else "",
    )


def _signature(text: str) -> bytes:
    """What is no signature is not its absence: an unsigned scan says so by an empty text."""
    try:
        return from_base64url(text)
    except ValueError:
        return b"?"


def _point(text: str) -> bytes | None:
    try:
        raw = from_base64url(text)
    except ValueError:
        return None
    return raw if read_point(raw) else None
