"""A form that is sent twice acts once: what its hidden key already did is answered again, not done again."""

import secrets
from collections.abc import Callable
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stampwell.refusal import KeyReused, Kind, Refusal
from stampwell.requests.once import Answer, answer_once, fingerprint
from stampwell.web.dashboard.desk import Desk

KEY_FIELD = "once"
NEVER_KEPT = ("passphrase", "passphrase_again")  # not even as a part of what a fingerprint is made of


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the desk says after a form was sent: what was done, or why not and what to do now.

    `secret` is something to be shown this once; `made` the id of what was made; `code` names the refusal.
    """

    text: str
    done: bool = True
    title: str = ""
    what_to_do: str = ""
    secret: str = ""
    made: UUID | None = None
    code: str = ""


class FormSentBefore(KeyReused):
    """Whoever goes back to a form that was sent, and changes it, sends its key a second time."""

    staff_text = _("This form was already sent, with other details.")
    customer_text = _("This form was already sent, with other details.")
    what_to_do = _("Look at what was saved. If you want to add something else, send the form again.")


def new_key() -> str:
    return secrets.token_hex(16)


def do_once(request: HttpRequest, desk: Desk, act: Callable[[], Said]) -> Said:
    """Acts and keeps what is said, in one transaction; the same form again is told the same."""
    try:
        answer = answer_once(
            desk.merchant.id,
            key=_key_of(request),
            fingerprint=_fingerprint(request, desk),
            act=lambda: Answer(200, msgspec.json.encode(act())),
            explain=lambda refusal: Answer(409, msgspec.json.encode(refused(desk, refusal))),
        )
    except KeyReused:
        return refused(desk, FormSentBefore())
    except Refusal as refusal:
        return refused(desk, refusal)
    return msgspec.json.decode(answer.body, type=Said)


def _key_of(request: HttpRequest) -> str:
    """The page makes the key, but anything may be sent; of that the database keeps all but one sign."""
    sent = request.POST.get(KEY_FIELD, "").replace("\0", "")
    return f"desk:{sent[:40]}:{request.path}"[:255]


def refused(desk: Desk, refusal: Refusal) -> Said:
    """Raises NotFound on: an id that is not this shop's has no page to be explained on."""
    if refusal.kind is Kind.NOT_FOUND:
        raise refusal
    said = desk.explain(refusal)
    return Said(said.staff_message, done=False, title=said.title, what_to_do=said.what_to_do, code=refusal.code)


def tell(request: HttpRequest, said: Said) -> None:
    """On top of the page that is shown next: what was done, or why not and what to do now."""
    if said.done:
        messages.success(request, said.text)
    else:
        messages.error(request, f"{said.text} {said.what_to_do}")


def _fingerprint(request: HttpRequest, desk: Desk) -> bytes:
    fields = sorted(
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (KEY_FIELD, "csrfmiddlewaretoken", *NEVER_KEPT)
    )
    parts = [part for field in fields for part in field]
    return fingerprint("desk", str(desk.member.id), request.path, *parts)
