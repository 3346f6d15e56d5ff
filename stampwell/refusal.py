"""The one way the business says no."""

from enum import Enum
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(Enum):
    """What sort of no it is; the edge turns it into an HTTP status."""

    CONFLICT = "conflict"
    NOT_FOUND = "not found"
    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    SIGN_IN = "sign in"
    TOO_MANY = "too many"
    CLOSED = "closed"


# It passes by itself, or with somebody else's act: who sends the same request again then is to be answered anew.
PASSING = frozenset({Kind.TOO_MANY, Kind.CLOSED})


class Wait(Promise):
    """A sentence about a wait, in the unit that people would count it in: nobody counts hundreds of seconds or of
    minutes. Each form has its unit as its number, rounded up; the fact of the refusal is `seconds`.
    """

    def __init__(self, *, seconds: Promise, minutes: Promise, hours: Promise) -> None:
        self._units = (("seconds", 1, 90, seconds), ("minutes", 60, 90, minutes), ("hours", 3600, None, hours))

    def __mod__(self, facts: Any) -> str:
        seconds = int(facts["seconds"])
        for unit, length, told_below, form in self._units:
            if told_below is None or seconds < told_below * length:
                return str(form % ({**facts, unit: -(-seconds // length)} if length > 1 else facts))
        raise AssertionError("the longest unit has no end")


class Refusal(Exception):
    """A business "no": a stable code, and for staff and for customer each what is the matter and what to do now.

    Staff are those who work for the shop, at the counter, at the desk or on a till that speaks to the API. Neither
    reads what the other is to do. The texts are lazy translations with named placeholders, filled from `facts` when
    shown: a datetime, a Money or a number there is formatted in the reader's language (`languages.explaining`).
    """

    code: ClassVar[str]
    kind: ClassVar[Kind] = Kind.CONFLICT
    retryable: ClassVar[bool] = False
    title: ClassVar[str | Promise] = _("This cannot be done now")
    staff_text: ClassVar[str | Promise]
    customer_text: ClassVar[str | Promise]
    what_to_do: ClassVar[str | Promise]  # for staff
    what_manager_can_do: ClassVar[str | Promise] = ""  # where staff would have to ask a manager; else the same
    what_customer_can_do: ClassVar[str | Promise] = _("Ask the staff at the counter.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __init_subclass__(cls) -> None:
        if code := cls.__dict__.get("code"):
            assert code not in REFUSALS, f"two refusals share the code {code}"
            REFUSALS[code] = cls


REFUSALS: dict[str, type[Refusal]] = {}


class NotFound(Refusal):
    """Unknown, or another merchant's: the two are never told apart."""

    code = "not_found"
    kind = Kind.NOT_FOUND
    title = _("Not found")
    staff_text = _("Nothing matches this number or link.")
    customer_text = _("We cannot find this. The link may be incomplete or no longer valid.")
    what_to_do = _("Check the link or number and try again.")
    what_customer_can_do = _("Scan the shop’s code again, or ask the staff for it.")


class RequestInProgress(Refusal):
    """The same request is being worked on at this moment."""

    code = "request_in_progress"
    retryable = True
    staff_text = _("This is already being done.")
    customer_text = _("This is already being done.")
    what_to_do = _("Wait a moment, then send the same request again.")
    what_customer_can_do = _("Wait a moment and try again.")


class KeyReused(Refusal):
    """An idempotency key came again with another request."""

    code = "idempotency_key_reused"
    kind = Kind.INVALID
    staff_text = _("This request key was already used for something else.")
    customer_text = _("Something went wrong on the shop’s side.")
    what_to_do = _("Send the new request with a new request key.")
