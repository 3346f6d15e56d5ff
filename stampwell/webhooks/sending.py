"""Sending one thing to one address, once: how it went, whatever the other side does."""

import time

import msgspec

from stampwell.clock import now
from stampwell.outgoing import Answer, OutgoingProblem, TooLarge, ask, to_the_world, wait_asked_for
from stampwell.webhooks.bodies import NoBody, message_id
from stampwell.webhooks.rows import DeliveryRow, EndpointRow
from stampwell.webhooks.signing import signed_headers

SECONDS = 15.0  # for all of it
MOST_BYTES = 16 * 1024  # of an answer: nobody reads it but who looks for a mistake
KEPT_LETTERS = 1000
GONE = 410
HEADERS = {"content-type": "application/json", "user-agent": "Stampwell-Webhooks/1"}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is None where nothing was answered; `problem` says why in a few words. `asked_for` is a wait in seconds
    that the receiver has asked for. Where there was nothing to send, it was not asked; `for_good` is not tried again.
    """

    status: int | None
    took_ms: int
    problem: str = ""
    answer: str = ""
    asked_for: float | None = None
    was_asked: bool = True
    for_good: bool = False

    @property
    def is_success(self) -> bool:
        return not self.problem and self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def send(endpoint: EndpointRow, delivery: DeliveryRow, body: bytes | NoBody) -> Outcome:
    """Signed at this moment: receivers refuse what was signed more than five minutes ago."""
    if isinstance(body, NoBody):
        return Outcome(status=None, took_ms=0, problem=body.problem, was_asked=False, for_good=body.for_good)
    at = now()
    headers = HEADERS | signed_headers(endpoint.secrets_at(at), message_id(delivery), at, body)
    begun = time.monotonic()
    try:
        destination = to_the_world(endpoint.url)
        left = SECONDS - (time.monotonic() - begun)
        answer = ask(destination, "POST", content=body, headers=headers, seconds=left, most_bytes=MOST_BYTES)
    except TooLarge as long:
        return _judge(Answer(long.status, {}, long.begun), begun)
    except OutgoingProblem as problem:
        return Outcome(status=problem.status or None, took_ms=_since(begun), problem=str(problem)[:200])
    return _judge(answer, begun)


def _judge(answer: Answer, begun: float) -> Outcome:
    """What was answered is kept only where it did not go well; a success may repeat what was sent."""
    if answer.is_success:
        return Outcome(status=answer.status, took_ms=_since(begun))
    asked_for = wait_asked_for(answer.headers.get("retry-after", ""), at=now())
    return Outcome(
        status=answer.status,
        took_ms=_since(begun),
        answer=_readable(answer.body),
        asked_for=asked_for.total_seconds() if asked_for else None,
    )


def _readable(body: bytes) -> str:
    """The beginning of it, with nothing that a database or a page could stumble over."""
    text = body[: 4 * KEPT_LETTERS].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)[:KEPT_LETTERS]


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
