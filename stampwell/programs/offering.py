"""What a program offers to somebody who does not have its card yet."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stampwell.languages.formatting import Money, format_money, format_number
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.refusal import NotFound, Refusal


class NoSuchOffer(NotFound):
    """The join link names no card of this shop."""

    customer_text = gettext_lazy("There is no card at this address.")


class ProgramClosed(Refusal):
    code = "program_closed"
    title = gettext_lazy("No new cards")
    staff_text = gettext_lazy("New cards of this program are no longer given out.")
    customer_text = gettext_lazy("This card is no longer given out.")
    what_to_do = gettext_lazy("Make the card in a program that still gives out new cards.")
    what_customer_can_do = gettext_lazy(
        "If you already have the card, it is still valid: open it as before. Otherwise, ask the shop."
    )


def find_offer(merchant: Merchant, slug: str) -> Program:
    """The program behind a join link, closed or not. Refuses: NoSuchOffer."""
    program = Program.objects.filter(merchant=merchant, slug=slug).first()
    if program is None:
        raise NoSuchOffer
    return program


def offer_text(terms: Terms) -> str:
    """The offer in one sentence, in the active language: the owner's own, else one made of goal and reward."""
    if written := terms.offer.get(active_locale()):
        return written
    return ngettext(
        "Collect %(goal)s stamp and get: %(reward)s",
        "Collect %(goal)s stamps and get: %(reward)s",
        terms.goal,
    ) % {"goal": format_number(terms.goal), "reward": reward_name(terms, terms.milestones[-1].reward)}


def earning_text(terms: Terms) -> str:
    """What a stamp is given for."""
    if terms.amount_per_stamp is None:
        return _("You get a stamp for every visit with a purchase.")
    amount = format_money(Money(terms.amount_per_stamp, terms.currency))
    return _("You get a stamp for every %(amount)s you spend. Anything left over counts next time.") % {
        "amount": amount
    }


def program_name(terms: Terms) -> str:
    return text_in(terms.name, active_locale(), terms.locale)


def reward_name(terms: Terms, reward: RewardTerms) -> str:
    return text_in(reward.name, active_locale(), terms.locale)
