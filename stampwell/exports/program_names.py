"""What the programs of a shop are called in a file: those that were archived, too."""

from uuid import UUID

from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of_many


def program_names(merchant: Merchant) -> dict[UUID | None, str]:
    """A card that nobody knew was refused without a program."""
    found = list(Program.objects.filter(merchant=merchant))
    terms = terms_of_many(merchant.id, frozenset(program.current_version_id for program in found))
    return {program.id: program_name(terms[program.current_version_id]) for program in found}
