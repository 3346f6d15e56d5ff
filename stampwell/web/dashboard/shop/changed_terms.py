"""What differs between two versions of a program, for the list of changes: read from the versions, which stay."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from stampwell.events.models import DeskChange
from stampwell.languages.formatting import format_number
from stampwell.merchants.models import Merchant
from stampwell.programs.comparing import compare
from stampwell.programs.models import ProgramVersion
from stampwell.programs.terms import Terms, read_terms
from stampwell.web.dashboard.programs.terms_words import names_of_places, say_changes
from stampwell.web.dashboard.shop.change_words import FieldChange

_KINDS = ("program.changed", "program.announced")
_TOLD_BY_THE_CHANGE = ("goal", "reward")


def changed_terms(merchant: Merchant, found: list[DeskChange]) -> Mapping[UUID, list[FieldChange]]:
    """By the change's id. The number of stamps and the rewards are left out: the change itself holds them."""
    wanted = {
        change.id: (change.subject_id, *_numbers(change))
        for change in found
        if change.kind in _KINDS and change.subject_id
    }
    if not wanted:
        return {}
    versions = _read(merchant, {program for program, *_sides in wanted.values()}, found)
    places = names_of_places(merchant)
    return {
        id: list(_say(merchant, places, versions[program, before], versions[program, after]))
        for id, (program, before, after) in wanted.items()
        if (program, before) in versions and (program, after) in versions
    }


def _numbers(change: DeskChange) -> tuple[int | None, int | None]:
    return change.before.get("version"), change.after.get("version")


def _read(merchant: Merchant, programs: set[UUID], found: list[DeskChange]) -> dict[tuple[UUID, int | None], Terms]:
    numbers = {number for change in found if change.kind in _KINDS for number in _numbers(change) if number}
    rows = ProgramVersion.objects.filter(merchant=merchant, program_id__in=programs, number__in=numbers)
    terms = read_terms(merchant.id, list(rows.values_list("id", flat=True)))
    return {(one.program_id, one.number): one for one in terms.values()}


def _say(merchant: Merchant, places: Mapping[UUID, str], before: Terms, after: Terms) -> Iterator[FieldChange]:
    changes = [change for change in compare(before, after) if change.term not in _TOLD_BY_THE_CHANGE]
    for row in say_changes(merchant, before, after, changes, places):
        yield FieldChange(str(row.label), row.before, row.after, row.reward)
    if before.welcome_stamps != after.welcome_stamps:
        yield FieldChange(
            _("Stamps on a new card"), format_number(before.welcome_stamps), format_number(after.welcome_stamps)
        )
