"""Where an account is signed in: noting it, the list, and ending one of them or all others.

A session tells it of itself: since when, and with which browser. Where that browser is, nobody keeps.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

import msgspec
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stampwell.clock import now
from stampwell.merchants.models import User
from stampwell.requests.models import Session
from stampwell.requests.sessions import SessionStore
from stampwell.web.browser_names import browser_of, system_of
from stampwell.web.visitors import keep_private

NOTED = "sign_in"  # in the session
SEEN_EVERY = timedelta(minutes=5)


class SignIn(msgspec.Struct, frozen=True):
    """`id` is for forms: whoever reads it cannot use the session. `began` is None where an earlier release began it."""

    id: str
    browser: str
    system: str
    began: datetime | None
    seen: datetime | None
    is_this: bool


class LastUseMiddleware:
    """Notes now and then that a session is in use. Most pages need none, and it reads none for them."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        session = request.session
        # What was changed is about to be saved, and that notes it too.
        if isinstance(session, SessionStore) and session.accessed and not session.modified:
            _note_use(session)
        return response


def _note_use(session: SessionStore) -> None:
    """By its own column alone: to save the session would undo what another request changes meanwhile."""
    at, user_id = now(), session.get(SESSION_KEY)
    if user_id and (session.seen is None or abs(at - session.seen) > SEEN_EVERY):
        Session.objects.filter(session_key=session.session_key).update(seen=at, user_id=int(user_id))


def note_sign_in(request: HttpRequest) -> None:
    agent = request.headers.get("User-Agent", "")
    request.session[NOTED] = {"at": now().isoformat(), "browser": browser_of(agent), "system": system_of(agent)}


@require_safe
@login_required
def list_sign_ins(request: HttpRequest) -> HttpResponse:
    context = {"sign_ins": [_describe(request, row) for row in _living(request)]}
    return keep_private(render(request, "account/sign_ins.html", context))


@require_POST
@login_required
def end_sign_in(request: HttpRequest) -> HttpResponse:
    """One of the account's. One that has ended meanwhile has ended all the same."""
    wanted = request.POST.get("sign_in", "")
    ended = [row.session_key for row in _living(request) if constant_time_compare(_id_of(row), wanted)]
    Session.objects.filter(session_key__in=ended).delete()
    messages.success(request, _("That browser is signed out."))
    return redirect("sign_ins")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """Everywhere but here."""
    _of_account(request).exclude(session_key=request.session.session_key).delete()
    messages.success(request, _("All other browsers are signed out."))
    return redirect("sign_ins")


def _of_account(request: HttpRequest) -> QuerySet[Session]:
    _find_older(request)
    return Session.objects.filter(user_id=cast(User, request.user).pk)


def _find_older(request: HttpRequest) -> None:
    """A session that was last used under a release that did not note whose it is must not outlive the others."""
    own = str(cast(User, request.user).pk)
    older = Session.objects.filter(user_id=None, seen=None, expire_date__gt=now())
    keys = [row.session_key for row in older.iterator() if _data_of(row).get(SESSION_KEY) == own]
    if keys:
        Session.objects.filter(session_key__in=keys).update(user_id=int(own))


def _living(request: HttpRequest) -> list[Session]:
    """This one first, then by last use. Those of an older password open nothing any more."""
    rows = _of_account(request).filter(expire_date__gt=now()).order_by("-seen", "session_key")
    here, valid = request.session.session_key, cast(User, request.user).get_session_auth_hash()
    living = [row for row in rows if constant_time_compare(str(_data_of(row).get(HASH_SESSION_KEY, "")), valid)]
    return sorted(living, key=lambda row: row.session_key != here)


def _describe(request: HttpRequest, row: Session) -> SignIn:
    noted = _data_of(row).get(NOTED) or {}
    return SignIn(
        id=_id_of(row),
        browser=noted.get("browser", ""),
        system=noted.get("system", ""),
        began=datetime.fromisoformat(noted["at"]) if noted else None,
        seen=row.seen,
        is_this=row.session_key == request.session.session_key,
    )


def _data_of(row: Session) -> dict[str, Any]:
    data: dict[str, Any] = SessionStore().decode(row.session_data)
    return data


def _id_of(row: Session) -> str:
    return sha256(row.session_key.encode()).hexdigest()
