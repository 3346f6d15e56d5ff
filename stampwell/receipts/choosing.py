"""The programs whose cards get stamps now, for whoever chooses one, and whether a code may be worth an amount."""

import msgspec

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_stamps
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import Terms, terms_of


class Amounts(msgspec.Struct, frozen=True):
    """In which currency amounts are asked for, and for which programs, by their public ids."""

    currency: str
    programs: frozenset[str]


def programs_with_stamps(merchant: Merchant) -> list[tuple[str, str]]:
    """Public id and name in the reader's language, by name."""
    named = [(public_id("prg", one.id), program_name(terms)) for one, terms in _with_stamps(merchant)]
    return sorted_by_name(named, lambda pair: pair[1])


def amounts_of(merchant: Merchant) -> Amounts | None:
    """None where no card wants an amount, or cards count in several currencies: nobody could say which one is meant."""
    wanting = [
        (one, terms) for one, terms in _with_stamps(merchant) if terms.earning_by == "amount" or terms.minimum_spend
    ]
    if len({terms.currency for _one, terms in wanting}) != 1:
        return None
    return Amounts(wanting[0][1].currency, frozenset(public_id("prg", one.id) for one, _terms in wanting))


def _with_stamps(merchant: Merchant) -> list[tuple[Program, Terms]]:
    at = now()
    return [
        (one, terms_of(merchant.id, one.current_version_id))
        for one in Program.objects.filter(merchant=merchant, archived=None)
        if why_no_stamps(merchant, one.id, at) is None
    ]
