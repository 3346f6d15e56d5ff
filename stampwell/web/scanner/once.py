"""A form of the scanner that is sent twice acts once, and leads to the same page both times."""

from collections.abc import Callable

from django.http import HttpRequest

from stampwell.clock import new_id
from stampwell.refusal import Refusal
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.web.scanner.presence import Shift

LONGEST_KEY = 40


def made_once(request: HttpRequest, shift: Shift, kind: str, act: Callable[[], str], *asked: str) -> str:
    """What `act` made; `asked` is what the form says, so that its key with something else is noticed.

    Refuses as `act` does, and KeyReused.
    """

    def explained(refusal: Refusal) -> Answer:
        raise refusal

    key = request.POST.get("key", "").replace("\0", "")[:LONGEST_KEY] or new_id().hex
    answer = answer_once(
        shift.merchant.id,
        key=f"{kind}:{key}",
        fingerprint=fingerprint(kind, shift.counter.station.id.hex, *asked),
        act=lambda: Answer(201, act().encode()),
        explain=explained,
    )
    return answer.body.decode()
