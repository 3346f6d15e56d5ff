"""Asking somebody by mail to join the team as an owner or a manager: they sign in, so they need an account.

An invitation is open until somebody accepts it or an owner takes it back, which deletes it. Its link works for a week;
sent again, it has a new link and the old one is dead. Only the hash of a link is kept. An accepted invitation stays for
a while, so that whoever taps twice, or was cut off, is let in a second time.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.mail.queue import withdraw_mail
from stampwell.merchants.models import Membership, Merchant, StaffMember, TeamInvitation, User
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.requests.limits import count_attempt
from stampwell.tokens import new_secret, secret_hash
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

LINK_LASTS = timedelta(days=7)
KEPT = timedelta(days=30)  # after its link has ended
MOST_INVITATIONS, WITHIN = 10, timedelta(hours=1)  # of one shop, those that are sent again among them
OWNER = StaffMember.Role.OWNER
INVITED_ROLES = (StaffMember.Role.MANAGER, OWNER)
_WITH_OLD = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM team_invitation AS one WHERE one.merchant_id = merchant.id AND one.expires < %s
    )
"""


class TeamInvitationEnded(Refusal):
    code = "team_invitation_ended"
    kind = Kind.NOT_FOUND
    title = _("This link no longer works")
    staff_text = _("This invitation was already used, was taken back or has expired.")
    customer_text = _("This invitation was already used, was taken back or has expired.")
    what_to_do = _("Ask the owner of the shop to invite you again.")


class InvitedAtAnotherAddress(Refusal):
    """Facts: email (the invited one)."""

    code = "invited_at_another_address"
    kind = Kind.FORBIDDEN
    title = _("The invitation is for another address")
    staff_text = _("This invitation is for %(email)s.")
    customer_text = _("This invitation is for %(email)s.")
    what_to_do = _("Sign out, open the link again and sign in with that address.")


class AlreadyInTeam(Refusal):
    code = "already_in_team"
    title = _("Already in the team")
    staff_text = _("This person is already in the team.")
    customer_text = _("This person is already in the team.")
    what_to_do = _("An owner can change the role on the “Team” page.")


def count_invitation(merchant: Merchant) -> None:
    """Refuses: TooManyAttempts. Mail to strangers is not for sending at will."""
    count_attempt(f"invite:{merchant.id}", most=MOST_INVITATIONS, within=WITHIN)


def invite_person(
    merchant: Merchant,
    *,
    email: str,
    name: str,
    role: str,
    locale: str,
    by: StaffMember,
    person: StaffMember | None = None,
) -> tuple[TeamInvitation, str]:
    """An invitation and the secret of its link; one that was open for this address is replaced.

    `person` works here already without an account, and gets one by accepting. Refuses: AlreadyInTeam, and NotFound
    where `by` is no owner any more.
    """
    assert role in INVITED_ROLES, "nobody else signs in"
    secret, at = new_secret(), now()
    with merchant_transaction(merchant.id):
        _one_at_a_time(merchant)
        _hold_owner(merchant, by)
        if _has_member(merchant, email):
            raise AlreadyInTeam
        TeamInvitation.objects.filter(merchant=merchant, email=email, accepted__isnull=True).delete()
        invitation = TeamInvitation.objects.create(
            merchant=merchant,
            email=email,
            name=name,
            role=role,
            locale=locale,
            secret_hash=secret_hash(secret),
            expires=at + LINK_LASTS,
            invited_by=by,
            staff_member=person,
        )
    return invitation, secret


def _one_at_a_time(merchant: Merchant) -> None:
    """Cards and stamps go on meanwhile: they hold the shop's row, but do not change it."""
    Merchant.objects.select_for_update(of=("self",), no_key=True).get(id=merchant.id)


def _hold_owner(merchant: Merchant, member: StaffMember) -> None:
    """An owner who is being removed at this moment invites nobody after that. Refuses: NotFound."""
    owners = StaffMember.objects.select_for_update().filter(merchant=merchant, role=OWNER, left__isnull=True)
    if owners.filter(id=member.id).first() is None:
        raise NotFound


def _has_member(merchant: Merchant, email: str) -> bool:
    membership = Membership.objects.filter(merchant_id=merchant.id, user__email=email).first()
    return membership is not None and _works_here(merchant, membership.staff_member_id)


def _works_here(merchant: Merchant, staff_member_id: UUID) -> bool:
    return StaffMember.objects.filter(merchant=merchant, id=staff_member_id, left__isnull=True).exists()


def open_invitations(merchant: Merchant) -> list[TeamInvitation]:
    """Also those whose link has expired: they can be sent again."""
    return list(TeamInvitation.objects.filter(merchant=merchant, accepted__isnull=True).order_by("id"))


def find_invitation(merchant: Merchant, invitation_id: UUID) -> TeamInvitation:
    """One that is open. Refuses: NotFound."""
    found = TeamInvitation.objects.filter(merchant=merchant, id=invitation_id, accepted__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def renew_invitation(merchant: Merchant, invitation_id: UUID) -> tuple[TeamInvitation, str]:
    """A new link with a week of its own; the old one is dead. Refuses: NotFound."""
    secret = new_secret()
    with merchant_transaction(merchant.id):
        renewed = TeamInvitation.objects.filter(merchant=merchant, id=invitation_id, accepted__isnull=True).update(
            secret_hash=secret_hash(secret), expires=now() + LINK_LASTS
        )
        if not renewed:
            raise NotFound
        withdraw_mail(invitation_id)
        return find_invitation(merchant, invitation_id), secret


def take_back_invitation(merchant: Merchant, invitation_id: UUID) -> None:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id):
        open_one = TeamInvitation.objects.filter(merchant=merchant, id=invitation_id, accepted__isnull=True)
        if not open_one.delete()[0]:
            raise NotFound
        withdraw_mail(invitation_id)


def take_back_all(merchant: Merchant, member: StaffMember) -> None:
    """By or for somebody who is no owner any more or has left. Called after that is written, in its transaction."""
    waiting = TeamInvitation.objects.filter(merchant=merchant, accepted__isnull=True)
    theirs = waiting.filter(Q(invited_by=member) | Q(staff_member=member))
    for invitation_id in theirs.values_list("id", flat=True):
        withdraw_mail(invitation_id)
    theirs.delete()


def read_invitation(merchant: Merchant, secret: str) -> TeamInvitation:
    """What a link stands for, without using it. Refuses: TeamInvitationEnded."""
    found = TeamInvitation.objects.filter(
        merchant=merchant, secret_hash=secret_hash(secret), accepted__isnull=True, expires__gt=now()
    ).first()
    if found is None:
        raise TeamInvitationEnded
    return found


def is_open(merchant: Merchant, secret: str) -> bool:
    """Whether the link would let somebody in now."""
    try:
        return bool(read_invitation(merchant, secret))
    except TeamInvitationEnded:
        return False


def invited_address(merchant: Merchant, secret: str) -> str | None:
    """Where the link was sent, also when it has ended."""
    sent = TeamInvitation.objects.filter(merchant=merchant, secret_hash=secret_hash(secret))
    return sent.values_list("email", flat=True).first()


def accept_invitation(merchant: Merchant, secret: str, user: User, *, addresses: Collection[str]) -> StaffMember:
    """Makes the user a member of the team; `addresses` are those that are known to be theirs.

    Refuses: TeamInvitationEnded, InvitedAtAnotherAddress, AlreadyInTeam. Who accepts a second time is let in again: the
    directory may have been cut off from the shop in between.
    """
    with merchant_transaction(merchant.id):
        _one_at_a_time(merchant)
        if (member := _accepted_before(merchant, secret, user)) is None:
            invitation = read_invitation(merchant, secret)
            if invitation.email not in addresses:
                raise InvitedAtAnotherAddress(email=invitation.email)
            member = _join(merchant, invitation, user)
        Membership.objects.update_or_create(user=user, merchant_id=merchant.id, defaults={"staff_member_id": member.id})
    return member


def _accepted_before(merchant: Merchant, secret: str, user: User) -> StaffMember | None:
    used = TeamInvitation.objects.filter(merchant=merchant, secret_hash=secret_hash(secret), accepted_by=user).first()
    if used is None or used.staff_member_id is None:
        return None
    return StaffMember.objects.filter(merchant=merchant, id=used.staff_member_id, user=user, left__isnull=True).first()


def _join(merchant: Merchant, invitation: TeamInvitation, user: User) -> StaffMember:
    if StaffMember.objects.filter(merchant=merchant, user=user, left__isnull=True).exists():
        raise AlreadyInTeam
    _claim(merchant, invitation, user)
    member = _with_account(merchant, invitation, user) or StaffMember.objects.create(
        merchant=merchant, name=invitation.name, role=invitation.role, user=user
    )
    TeamInvitation.objects.filter(merchant=merchant, id=invitation.id).update(staff_member=member)
    return member


def _claim(merchant: Merchant, invitation: TeamInvitation, user: User) -> None:
    """Refuses: TeamInvitationEnded, where it was taken back or sent again since it was read."""
    still_open = TeamInvitation.objects.filter(
        merchant=merchant, id=invitation.id, secret_hash=invitation.secret_hash, accepted__isnull=True
    )
    if not still_open.update(accepted=now(), accepted_by=user):
        raise TeamInvitationEnded


def _with_account(merchant: Merchant, invitation: TeamInvitation, user: User) -> StaffMember | None:
    """Who worked here before without an account; their PIN and what they did stay theirs."""
    if invitation.staff_member_id is None:
        return None
    person = StaffMember.objects.filter(merchant=merchant, id=invitation.staff_member_id)
    if not person.filter(user__isnull=True, left__isnull=True).update(user=user, role=invitation.role):
        return None
    return person.get()


def forget_old_team_invitations() -> None:
    """They hold an address of somebody who may never have answered."""
    before = now() - KEPT

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id):
            TeamInvitation.objects.filter(merchant_id=merchant_id, expires__lt=before).delete()

    for_each_merchant(merchants_where(_WITH_OLD, (before,)), forget)
