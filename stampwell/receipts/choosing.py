"""The programs whose cards get stamps now, for whoever chooses one."""

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_stamps
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of


def programs_with_stamps(merchant: Merchant) -> list[tuple[str, str]]:
    """Public id and name in the reader's language, by name."""
    at = now()
    found = [
        one
        for one in Program.objects.filter(merchant=merchant, archived=None)
        if why_no_stamps(merchant, one.id, at) is None
    ]
    named = [(public_id("prg", one.id), program_name(terms_of(merchant.id, one.current_version_id))) for one in found]
    return sorted_by_name(named, lambda pair: pair[1])
