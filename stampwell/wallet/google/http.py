"""One request to Google, and the ways in which it can fail."""

from collections.abc import Mapping
from http import HTTPStatus

from stampwell import clock
from stampwell.outgoing import Answer, OutgoingProblem, ask, to_a_trusted_host, wait_asked_for
from stampwell.wallet.configuration import google_ca

SHORTEST_WAIT = 1.0  # seconds, also where Google says nothing that can be read


class GoogleProblem(Exception):
    """Google did not do it. `said` is its reason in a few words; it may be shown to whoever runs this."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status} {said}".strip())
        self.status, self.said = status, said


class GoogleBusy(GoogleProblem):
    """Not now: no answer in time, too many requests, or a fault over there. The same again later may work."""


class GoogleRefused(GoogleProblem):
    """Not like this: the same again will be refused again."""


def ask_google(
    method: str, url: str, *, content: bytes = b"", headers: Mapping[str, str] | None = None, timeout: float
) -> Answer:
    """Whatever it answers. Raises GoogleBusy when it has not all come within `timeout` seconds.

    What had reached it may be said twice: an insert answers 409 then, a change changes nothing more.
    """
    try:
        there = to_a_trusted_host(url, ca=google_ca())
        return ask(there, method, content=content, headers=headers, seconds=timeout)
    except OutgoingProblem as problem:
        raise GoogleBusy(problem.status, str(problem)) from None


def problem_of(answer: Answer, said: str) -> GoogleProblem:
    if answer.status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or answer.status >= 500:
        return GoogleBusy(answer.status, said)
    return GoogleRefused(answer.status, said)


def seconds_to_wait(answer: Answer) -> float:
    """What Google asks for, as seconds or as a date."""
    asked_for = wait_asked_for(answer.headers.get("retry-after", ""), at=clock.now())
    return max(SHORTEST_WAIT, asked_for.total_seconds()) if asked_for else SHORTEST_WAIT
