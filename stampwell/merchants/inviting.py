"""Who may open a shop, where that is not for everybody: a link with a secret that works once."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.merchants.models import ShopInvitation
from stampwell.refusal import Kind, Refusal
from stampwell.tokens import new_secret, secret_hash

LASTS = timedelta(days=14)
KEPT = timedelta(days=30)  # after its link has ended


class ShopsByInvitation(Refusal):
    code = "shops_by_invitation"
    kind = Kind.FORBIDDEN
    title = _("Shops are opened here by invitation.")
    staff_text = _("Shops are opened here by invitation.")
    customer_text = _("Shops are opened here by invitation.")
    what_to_do = _("Ask whoever runs this server for an invitation.")
    what_customer_can_do = _("Ask whoever runs this server for an invitation.")


class InvitationEnded(Refusal):
    code = "invitation_ended"
    kind = Kind.NOT_FOUND
    title = _("This link no longer works")
    staff_text = _("This link was already used or has expired.")
    customer_text = _("This link was already used or has expired.")
    what_to_do = _("Ask whoever runs this server for an invitation.")
    what_customer_can_do = _("Ask whoever runs this server for an invitation.")


def invite_owner(email: str) -> str:
    """The secret that opens a shop, for a link. It is shown this once; what this person had before ends."""
    secret, moment = new_secret(), now()
    with transaction.atomic():
        open_ones(email).update(ends=moment)
        ShopInvitation.objects.create(email=email, secret_hash=secret_hash(secret), created=moment, ends=moment + LASTS)
    return secret


def take_back_invitation(invitation_id: UUID) -> bool:
    """Its link leads nowhere from now on; False where it has ended before, or was used."""
    return bool(open_ones().filter(id=invitation_id).update(ends=now()))


def find_invitation(secret: str) -> ShopInvitation:
    found = open_ones().filter(secret_hash=secret_hash(secret)).first()
    if found is None:
        raise InvitationEnded
    return found


def use_invitation(invitation: ShopInvitation) -> None:
    """Inside the transaction that opens the shop: of two who come at once the second waits, and is refused."""
    if not open_ones().filter(id=invitation.id).update(used=now()):
        raise InvitationEnded


def open_ones(email: str | None = None) -> QuerySet[ShopInvitation]:
    found = ShopInvitation.objects.filter(used__isnull=True, ends__gt=now())
    return found if email is None else found.filter(email__iexact=email)


def forget_old_shop_invitations() -> None:
    """They hold an address of somebody who may never have answered."""
    ShopInvitation.objects.filter(ends__lt=now() - KEPT).delete()
