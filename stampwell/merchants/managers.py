"""Owners and managers: who may agree to what goes beyond a limit of the staff's, and open what is locked."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.refusal import Refusal
from stampwell.transactions import Statements

MANAGERS = frozenset({StaffMember.Role.OWNER, StaffMember.Role.MANAGER})
_IS_MANAGER = """
    SELECT 1 FROM staff_member
    WHERE merchant_id = %s AND id = %s AND role = ANY(%s) AND "left" IS NULL
"""


class NeedsManager(Refusal):
    """It is done once a manager agrees, or does it."""

    code = "needs_manager"
    title = _("A manager has to agree")
    staff_text = _("This goes beyond a limit of the day, so a manager has to agree.")
    customer_text = _("Somebody in charge of the shop has to agree to this.")
    what_to_do = _("A manager can agree at the scanner with a PIN, or add the stamps on the card’s page.")
    what_customer_can_do = _("Ask the staff at the counter.")


def managers_with_pin(merchant: Merchant) -> list[StaffMember]:
    """By name."""
    people = StaffMember.objects.filter(merchant=merchant, role__in=MANAGERS, left__isnull=True)
    return sorted_by_name(people.exclude(pin_hash="").order_by("id"), lambda member: member.name)


def is_manager(tx: Statements, staff_member_id: UUID | None) -> bool:
    """As they are at this moment; nobody is none."""
    return staff_member_id is not None and tx.exists(
        _IS_MANAGER, (tx.merchant_id, staff_member_id, [role.value for role in MANAGERS])
    )
