"""The programs of the shop, each with its state, its rewards and what it has given."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stampwell.clock import now
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.insight.customer_figures import InUse, count_in_use
from stampwell.merchants.models import Merchant
from stampwell.programs.course import State, state_of
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name, reward_name
from stampwell.programs.terms import Terms, terms_of_many
from stampwell.transactions import Statements


def programs_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    at = now()

    def read(tx: Statements, _after: str) -> Piece:
        programs = list(Program.objects.filter(merchant=merchant).order_by("created", "id"))
        terms = terms_of_many(merchant.id, frozenset(program.current_version_id for program in programs))
        in_use = {one.program_id: one for one in count_in_use(tx)}
        return Piece([_row(one, terms[one.current_version_id], in_use.get(one.id), at) for one in programs], None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("program", _("Program")),
        Column("state", _("State")),
        Column("goal", _("Stamps on a full card")),
        Column("rewards", _("Rewards")),
        Column("cards", _("Cards")),
        Column("rewards_ready", _("Rewards ready")),
        Column("created_at", _("Since")),
        Column("closed_at", _("Last day")),
        Column("program_id", "ID"),
    ]


def _row(program: Program, terms: Terms, in_use: InUse | None, at: datetime) -> Row:
    return [
        program_name(terms),
        _name_state(state_of(program, at)),
        terms.goal,
        "; ".join(f"{step.stamps}: {reward_name(terms, step.reward)}" for step in terms.given),
        in_use.cards if in_use else 0,
        in_use.ready if in_use else 0,
        program.created,
        program.closed,
        public_id("prg", program.id),
    ]


def _name_state(state: State) -> str:
    match state:
        case "published":
            return pgettext("a program", "Live")
        case "paused":
            return pgettext("a program", "Paused")
        case "closed":
            return pgettext("a program", "Closed")
        case "archived":
            return pgettext("a program", "Archived")
