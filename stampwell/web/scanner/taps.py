"""A form in a panel, as the phone sends it when somebody taps."""

from typing import Annotated

import msgspec
from django.http import HttpRequest
from msgspec import Meta

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.web.stations.answering import Key


class Tapped(msgspec.Struct, frozen=True, kw_only=True):
    """A form in a panel. `named` is of the scan before; `pin` is of the manager `person`, who agrees."""

    key: Key
    person: Annotated[str, Meta(max_length=40)] = ""
    pin: Annotated[str, Meta(max_length=20)] = ""
    count: Annotated[int, Meta(ge=1, le=MOST_STAMPS_AT_ONCE)] | None = None
    amount: Annotated[str, Meta(max_length=40)] = ""
    override: bool = False
    named: Annotated[str, Meta(max_length=300)] = ""


def read_form(request: HttpRequest) -> Tapped | None:
    if request.content_type != "application/x-www-form-urlencoded":
        return None  # of another form Django keeps no body, and the body is what makes a request the same one
    try:
        return msgspec.convert(request.POST.dict(), Tapped, strict=False)
    except msgspec.MsgspecError:
        return None
