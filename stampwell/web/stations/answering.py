"""What a station sends is done once, and whatever comes of it is one answer: also when it is asked for again."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse

from stampwell.languages.offered import active_locale
from stampwell.languages.patterns import whole
from stampwell.merchants.closing import ShopClosed, refuse_if_closed, while_open
from stampwell.merchants.models import Station
from stampwell.refusal import KeyReused, Refusal, RequestInProgress
from stampwell.requests.limits import TooManyAttempts
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.web.json_bodies import UNREADABLE
from stampwell.web.stations.presence import Counter


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept beside the words of an answer, so that it can be said anew: in which language they are, how many
    stamps a scan gave, the code of a refusal, and what became of a scan that came in a batch.
    """

    locale: str
    added: int = 0
    code: str = ""
    state: Literal["", "counted", "waiting", "refused"] = ""


class _Kept(msgspec.Struct, frozen=True):
    outcome: str
    told: Told | None = None


# The database keeps every sign but this one.
Key = Annotated[str, whole(r"[^\x00]+", least=1, most=255)]


def answer_act[Panel: msgspec.Struct](
    request: HttpRequest,
    counter: Counter,
    key: str,
    *,
    act: Callable[[], Panel],
    explain: Callable[[Refusal], Panel],
    say: Callable[[Refusal], Panel],
    asked: bytes = b"",
    say_anew: Callable[[str, Told], Panel | None] = lambda _outcome, _told: None,
) -> HttpResponse:
    """A refusal is an answer like any other here, hence always 200: a device sends again what was not answered.

    `explain` also writes a refusal down for the owner, `say` only shows it. `asked` is the fingerprint of what was
    sent, where the same may come in other bytes. `say_anew` says what was answered before, its outcome and what was
    told, to somebody who reads another language; None where it cannot, and then the kept words are shown.
    """
    station = counter.station
    try:
        with while_open():
            kept = answer_once(
                counter.merchant.id,
                key=key,
                fingerprint=asked or fingerprint(station.kind, station.id.hex, request.path, request.body),
                act=lambda: _as_answer(_unless_closed(counter, act)),
                explain=lambda refusal: _as_answer(explain(refusal)),
            )
    except RequestInProgress:
        return JsonResponse({"code": RequestInProgress.code}, status=503, headers={"Retry-After": "1"})
    except KeyReused as reused:
        kept = _as_answer(say(reused))
    except ShopClosed as closed:  # not kept, because it passes, and not written down for the owner
        kept = _as_answer(say(closed))
    except TooManyAttempts as refusal:  # not kept, because it passes
        kept = _as_answer(explain(refusal))
    if kept.replayed and (panel := _in_other_words(kept.body, say_anew)):
        kept = msgspec.structs.replace(_as_answer(panel), replayed=True)
    headers = {"Idempotency-Replayed": "true"} if kept.replayed else None
    return HttpResponse(kept.body, status=kept.status, content_type="application/json", headers=headers)


def same_scan(station: Station, key: str, code: str) -> bytes:
    """The fingerprint of what a scan says, not of its bytes: the same scan may come again in a batch."""
    return fingerprint(station.kind, station.id.hex, "scan", key, code)


def read_json[Body](request: HttpRequest, shape: type[Body], *, most: int | None = None) -> Body | None:
    """None for what is not of this shape. `most` is how many bytes, for a route that takes more than all others."""
    if request.content_type != "application/json":
        return None
    try:
        return msgspec.json.decode(request.read(most) if most else request.body, type=shape)
    except UNREADABLE:
        return None


def not_understood() -> HttpResponse:
    return JsonResponse({"code": "invalid_request"}, status=422)


def _unless_closed[Panel](counter: Counter, act: Callable[[], Panel]) -> Panel:
    refuse_if_closed(counter.merchant)
    return act()


def _in_other_words[Panel](body: bytes, say_anew: Callable[[str, Told], Panel | None]) -> Panel | None:
    kept = msgspec.json.decode(body, type=_Kept)
    if kept.told is None or kept.told.locale == active_locale():
        return None
    return say_anew(kept.outcome, kept.told)


def _as_answer(panel: Any) -> Answer:
    return Answer(200, msgspec.json.encode(panel))
