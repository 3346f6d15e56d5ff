"""Whether a program goes on, is paused or is over, and what that keeps people from.

Rewards that somebody has earned are promises: nothing here touches a voucher.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.languages.formatting import format_end
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.notice import describe_notice, say_notice
from stampwell.programs.offering import ProgramClosed, program_name
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal

State = Literal["published", "paused", "closed", "archived"]


class JoiningPaused(Refusal):
    code = "joining_paused"
    title = _("No new cards at the moment")
    staff_text = _("New cards of this program are not given out at the moment.")
    customer_text = _("New cards are not given out at the moment.")
    what_to_do = _("Ask a manager when new cards are given out again.")
    what_manager_can_do = _("You can continue it: open the program and choose “Pause or end”.")
    what_customer_can_do = ProgramClosed.what_customer_can_do


class StampingPaused(Refusal):
    code = "stamping_paused"
    title = _("No stamps at the moment")
    staff_text = _("This program gives no stamps at the moment. Rewards that are ready can be used.")
    customer_text = _("You cannot collect stamps on this card at the moment. Your stamps and rewards are kept.")
    what_to_do = _("Ask a manager when stamps are given again.")
    what_manager_can_do = JoiningPaused.what_manager_can_do
    what_customer_can_do = _("Rewards that are ready can be used as before.")


class ProgramOver(Refusal):
    code = "program_over"
    title = _("This program is over")
    staff_text = _("This program is over, and its cards get no more stamps. Rewards that are ready can be used.")
    customer_text = _("You can no longer collect stamps on this card.")
    what_to_do = _("Hand out the rewards that are ready. Ask a manager which card customers can have instead.")
    what_manager_can_do = _("Hand out the rewards that are ready, and give customers a card of another program.")
    what_customer_can_do = StampingPaused.what_customer_can_do


def state_of(program: Program, at: datetime) -> State:
    if program.archived:
        return "archived"
    if is_over(program, at):
        return "closed"
    return "paused" if program.joining_paused or program.stamping_paused else "published"


def is_over(program: Program, at: datetime) -> bool:
    return program.closed is not None and program.closed <= at


def why_no_new_card(program: Program, at: datetime) -> Refusal | None:
    """The reason why nobody gets a card of this program now, or None."""
    if is_over(program, at):
        return ProgramClosed()
    return JoiningPaused() if program.joining_paused else None


def why_no_stamps(merchant: Merchant, program_id: UUID, at: datetime) -> Refusal | None:
    """The reason why cards of this program get no stamps now, or None. Asks no question: the shop's row knows."""
    stop = merchant.stopped_programs.get(program_id.hex)
    if stop is None:
        return None
    if stop["closed"] and datetime.fromisoformat(stop["closed"]) <= at:
        return ProgramOver()
    return StampingPaused() if stop["stamping_paused"] else None


def gives_cards(programs: Iterable[Program], at: datetime) -> list[Program]:
    return [program for program in programs if why_no_new_card(program, at) is None]


def programs_to_join(shop: Merchant) -> list[tuple[str, str]]:
    """Those that give cards now: public id and name in the reader's language, by name."""
    programs = gives_cards(Program.objects.filter(merchant=shop), now())
    named = [(public_id("prg", one.id), program_name(terms_of(shop.id, one.current_version_id))) for one in programs]
    return sorted_by_name(named, lambda pair: pair[1])


def say_stop(merchant: Merchant, program_id: UUID, at: datetime) -> str:
    """What customers read on their cards: that no stamps are given, or until when, or that other terms are coming.

    "" where nothing is to be said. It is right on that day and after it too: a pass in a phone need not be told again.
    """
    if refusal := why_no_stamps(merchant, program_id, at):
        return f"{refusal.customer_text} {refusal.what_customer_can_do}"
    stop = merchant.stopped_programs.get(program_id.hex)
    if stop is None:
        return ""
    if stop["closed"]:
        return say_end(merchant, datetime.fromisoformat(stop["closed"]))
    announced = stop.get("next")
    return say_notice(merchant, announced) if announced else ""


def say_end(merchant: Merchant, end: datetime) -> str:
    until = format_end(end, clocks_of(merchant).zone_of(end))
    return gettext("Stamps are given until: %(until)s. Rewards that are ready can be used after that too.") % {
        "until": until
    }


def write_stops(merchant: Merchant, program: Program) -> None:
    """What the shop's row knows of the program, written anew. The caller holds that row."""
    stops = {name: stop for name, stop in merchant.stopped_programs.items() if name != program.id.hex}
    if program.stamping_paused or program.closed or program.next_starts:
        stops[program.id.hex] = {
            "stamping_paused": program.stamping_paused.isoformat() if program.stamping_paused else None,
            "closed": program.closed.isoformat() if program.closed else None,
        }
    if program.next_starts:
        stops[program.id.hex]["next"] = describe_notice(merchant, program)
    merchant.stopped_programs = stops
    Merchant.objects.filter(id=merchant.id).update(stopped_programs=stops)
