"""At which shop a signed-in person works, and as whom: asked of the database with every request."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import wraps
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
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
from stampwell.transactions import passage
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


@dataclass(frozen=True)
class Desk:
    """A person at the desk of a merchant. `others` are the other shops where the same account works."""

    merchant: Merchant
    member: StaffMember
    others: tuple[Merchant, ...] = ()

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
    """The shop that the session chose, or the only one there is; None if there is none or a choice to make."""
    desks = desks_of(request)
    chosen = request.session.get(SESSION_KEY)
    for desk in desks:
        if str(desk.merchant.id) == chosen or len(desks) == 1:
            return replace(desk, others=tuple(other.merchant for other in desks if other is not desk))
    return None


def desks_of(request: HttpRequest) -> list[Desk]:
    """Every shop where the person works now; one who has left is not among them."""
    memberships = Membership.objects.filter(user=cast(User, request.user))
    found = [desk for membership in memberships if (desk := _desk_of(membership))]
    return sorted_by_name(found, lambda desk: desk.merchant.name)


def _desk_of(membership: Membership) -> Desk | None:
    with passage(membership.merchant_id):
        members = StaffMember.objects.select_related("merchant").filter(
            merchant_id=membership.merchant_id,
            id=membership.staff_member_id,
            user_id=membership.user_id,
            left__isnull=True,
            merchant__deleting__isnull=True,
        )
        member = members.first()
        return Desk(member.merchant, member) if member else None


def choose_desk(request: HttpRequest, merchant_id: UUID) -> None:
    """From now on the session works at this shop. Refuses: NotFound, where the person does not work there."""
    if merchant_id not in {desk.merchant.id for desk in desks_of(request)}:
        raise NotFound
    request.session[SESSION_KEY] = str(merchant_id)
