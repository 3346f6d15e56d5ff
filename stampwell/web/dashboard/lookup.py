"""Ids in the desk's addresses: a foreign one and an unknown one are both simply not found."""

from uuid import UUID

from stampwell.ids import private_id
from stampwell.merchants.models import Location, Merchant, StaffMember
from stampwell.programs.models import Program
from stampwell.refusal import NotFound


def read_id(kind: str, text: str) -> UUID:
    """Refuses: NotFound."""
    found = private_id(kind, text)
    if found is None:
        raise NotFound
    return found


def find_program(merchant: Merchant, text: str) -> Program:
    program = Program.objects.filter(merchant=merchant, id=read_id("prg", text)).first()
    if program is None:
        raise NotFound
    return program


def find_member(merchant: Merchant, text: str) -> StaffMember:
    member = StaffMember.objects.filter(merchant=merchant, id=read_id("stf", text), left__isnull=True).first()
    if member is None:
        raise NotFound
    return member


def locations_of(merchant: Merchant) -> list[Location]:
    return list(Location.objects.filter(merchant=merchant).order_by("created", "id"))
