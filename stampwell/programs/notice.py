"""What cards say of announced terms. It stands in the row of the shop, which whoever shows a card has in hand."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from stampwell.languages.formatting import format_date, format_number
from stampwell.languages.offered import active_locale
from stampwell.merchants.models import Merchant
from stampwell.programs.comparing import Change, Term, compare
from stampwell.programs.models import Program
from stampwell.programs.term_names import CHANGES
from stampwell.programs.terms import MilestoneTerms, Terms, terms_of


class Notice(TypedDict):
    """`also` are the changed terms that the first sentence does not tell."""

    version: str
    starts: str
    also: list[Term]


def describe_notice(merchant: Merchant, program: Program) -> Notice:
    assert program.next_version_id is not None, "a start is of a version"
    assert program.next_starts is not None, "there is something to announce"
    present, coming = (terms_of(merchant.id, id) for id in (program.current_version_id, program.next_version_id))
    also = [change.term for change in compare(present, coming) if not _is_in_first_sentence(change, coming)]
    return {
        "version": program.next_version_id.hex,
        "starts": program.next_starts.isoformat(),
        "also": list(dict.fromkeys(also)),
    }


def say_notice(merchant: Merchant, notice: Notice) -> str:
    """It says the terms themselves, so that it stays right once they have begun."""
    terms = terms_of(merchant.id, UUID(notice["version"]))
    day = format_date(datetime.fromisoformat(notice["starts"]), ZoneInfo(merchant.time_zone))
    said = [_say_round(terms, day)]
    said += [str(CHANGES[term]) for term in notice["also"] if term in CHANGES]
    said.append(gettext("Your present round stays as it is."))
    return " ".join(said)


def _is_in_first_sentence(change: Change, coming: Terms) -> bool:
    is_last = isinstance(change.after, MilestoneTerms) and change.after.stamps == coming.goal
    return change.term == "goal" or (change.term == "reward" and is_last)


def _say_round(terms: Terms, day: str) -> str:
    reward = terms.milestones[-1].reward.name.get(active_locale())  # never two languages in one sentence
    facts = {"day": day, "shown": format_number(terms.goal), "reward": reward}
    if reward:
        return (
            ngettext(
                "From %(day)s a new round takes %(shown)s stamp for: %(reward)s.",
                "From %(day)s a new round takes %(shown)s stamps for: %(reward)s.",
                terms.goal,
            )
            % facts
        )
    return (
        ngettext(
            "From %(day)s a new round takes %(shown)s stamp.",
            "From %(day)s a new round takes %(shown)s stamps.",
            terms.goal,
        )
        % facts
    )
