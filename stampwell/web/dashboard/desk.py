"""At which shop a signed-in person works, and as whom: asked of the database with every request."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import wraps
from typing import NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from django.contrib.auth.decorators import login_required
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.languages.explaining import Explanation, explain
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.closing import refuse_if_closed, while_open
from stampwell.merchants.managers import MANAGERS
from stampwell.merchants.models import Membership, Merchant, StaffMember, User
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import ask_each_node
from stampwell.web.seen import note_refusal

SESSION_KEY = "merchant"
Role = StaffMember.Role
OWNERS = frozenset({Role.OWNER})
EVERYONE = frozenset(Role)


class NotAllowedHere(Refusal):
    """The role of the person who is signed in does not reach that far."""

    code = "not_allowed_here"
    kind = Kind.FORBIDDEN
    title = _("Your role does not allow this")
    staff_text = _("Your role in this shop does not allow this.")
    customer_text = _("Your role in this shop does not allow this.")
    what_to_do = _("Ask the owner of the shop to do it or to change your role.")


class OtherShop(NamedTuple):
    id: UUID
    name: str


@dataclass(frozen=True)
class Desk:
    """A person at the desk of a merchant. `others` are the other shops where the same account works."""

    merchant: Merchant
    member: StaffMember
    others: tuple[OtherShop, ...] = ()

    @property
    def manages(self) -> bool:
        return self.member.role in MANAGERS

    @property
    def owns(self) -> bool:
        return self.member.role in OWNERS

    def actor(self, location_id: UUID | None = None) -> Actor:
        return Actor(source="owner", staff_member_id=self.member.id, location_id=location_id)

    def explain(self, refusal: Refusal) -> Explanation:
        """Owners and managers read what they can do themselves, where a cashier is to ask them."""
        note_refusal(refusal)
        said = explain(refusal, ZoneInfo(self.merchant.time_zone), at=now())
        return replace(said, what_to_do=said.what_manager_can_do) if self.manages else said


type DeskView = Callable[..., HttpResponseBase]
type View = Callable[..., HttpResponseBase]


def for_everyone(view: DeskView) -> View:
    """The view gets the desk as its second argument; a person without a shop is sent to open or choose one."""
    return _at_desk(view, EVERYONE)


def for_managers(view: DeskView) -> View:
    return _at_desk(view, MANAGERS)


def for_owners(view: DeskView) -> View:
    return _at_desk(view, OWNERS)


def _at_desk(view: DeskView, roles: frozenset[Role]) -> View:
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        desk = find_desk(request)
        if desk is None:
            return redirect("home")
        if desk.member.role not in roles:
            raise NotAllowedHere
        with timezone.override(desk.merchant.time_zone), ExitStack() as stack:
            if request.method not in ("GET", "HEAD"):
                refuse_if_closed(desk.merchant)
                stack.enter_context(while_open())
            response = view(request, desk, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    wrapped.roles = roles  # type: ignore[attr-defined]  # what owners read of roles is compared with it
    return wrapped


def find_desk(request: HttpRequest) -> Desk | None:
    """The shop that the session chose, or the only one there is; None if there is none or a choice to make.

    Asks as often for the one of fifty shops as for the one of two.
    """
    memberships = _memberships(request)
    chosen = request.session.get(SESSION_KEY)
    desks = _desks([one for one in memberships if str(one.merchant_id) == chosen or len(memberships) == 1])
    desks = desks or _desks(memberships)
    if len(desks) != 1:
        return None
    desk = desks[0]
    return replace(desk, others=_others([one for one in memberships if one.merchant_id != desk.merchant.id]))


def desks_of(request: HttpRequest) -> list[Desk]:
    """Every shop where the person works now; one who has left is not among them."""
    return sorted_by_name(_desks(_memberships(request)), lambda desk: desk.merchant.name)


def _memberships(request: HttpRequest) -> list[Membership]:
    return list(Membership.objects.filter(user=cast(User, request.user)))


def _desks(memberships: list[Membership]) -> list[Desk]:
    found = ask_each_node(
        [one.merchant_id for one in memberships],
        lambda merchants: _at_work(memberships, merchants).select_related("merchant"),
    )
    return [Desk(member.merchant, member) for member in found]


def _others(memberships: list[Membership]) -> tuple[OtherShop, ...]:
    """None where a part of the database does not answer: this shop can be worked at all the same."""
    try:
        found = ask_each_node(
            [one.merchant_id for one in memberships],
            lambda merchants: _at_work(memberships, merchants).values_list("merchant_id", "merchant__name"),
        )
    except (OperationalError, psycopg.OperationalError):
        if not connection.is_usable():
            connection.close()
        return ()
    return tuple(sorted_by_name([OtherShop(id, name) for id, name in found], lambda shop: shop.name))


def _at_work(memberships: list[Membership], merchants: list[UUID]) -> QuerySet[StaffMember]:
    """The person of the memberships, once at each of the merchants where they still work."""
    people = [one.staff_member_id for one in memberships if one.merchant_id in set(merchants)]
    return StaffMember.objects.filter(
        merchant_id__in=merchants,
        id__in=people,
        user_id__in={one.user_id for one in memberships},
        left__isnull=True,
        merchant__deleting__isnull=True,
    )


def choose_desk(request: HttpRequest, merchant_id: UUID) -> None:
    """From now on the session works at this shop. Refuses: NotFound, where the person does not work there."""
    if not _desks([one for one in _memberships(request) if one.merchant_id == merchant_id]):
        raise NotFound
    request.session[SESSION_KEY] = str(merchant_id)
