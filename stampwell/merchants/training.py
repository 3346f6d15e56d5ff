"""Who has practised at the scanner, and who does not want to be asked any more. Neither is an event."""

from stampwell.clock import now
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.transactions import merchant_transaction


def note_practised(merchant: Merchant, member: StaffMember) -> None:
    """Keeps when this person has practised first; who does it again changes nothing."""
    with merchant_transaction(merchant.id):
        StaffMember.objects.filter(merchant=merchant, id=member.id, practised__isnull=True).update(practised=now())


def decline_practice(merchant: Merchant, member: StaffMember) -> None:
    """From now on the scanner does not offer it to this person by itself."""
    with merchant_transaction(merchant.id):
        mine = StaffMember.objects.filter(merchant=merchant, id=member.id, practice_declined__isnull=True)
        mine.update(practice_declined=now())


def is_offered_practice(member: StaffMember) -> bool:
    return member.practised is None and member.practice_declined is None
