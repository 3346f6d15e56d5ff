"""What a program offers to somebody who does not have its card yet."""

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stampwell.languages.formatting import Money, format_money, format_number
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import Texts, language_of_text, text_in
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


class Offer(msgspec.Struct, frozen=True):
    """What a program offers. A reward without a name in the language of the sentence stands alone, in its own."""

    sentence: str
    reward: str = ""
    reward_locale: str = ""

    @property
    def text(self) -> str:
        """For where there are only lines."""
        return "\n".join(line for line in (self.sentence, self.reward) if line)


def offer_of(terms: Terms) -> Offer:
    """The offer in the active language: the owner's own sentence, else one made of goal and reward."""
    if written := terms.offer.get(active_locale()):
        return Offer(written)
    return compose_offer(terms.goal, terms.milestones[-1].reward.name, terms.locale)


def compose_offer(goal: int, reward: Texts, fallback_locale: str) -> Offer:
    """Never two languages in one sentence."""
    facts = {"goal": format_number(goal)}
    locale = language_of_text(reward, active_locale(), fallback_locale)
    name = reward.get(locale, "")
    if locale == active_locale():
        sentence = ngettext(
            "Collect %(goal)s stamp and get: %(reward)s", "Collect %(goal)s stamps and get: %(reward)s", goal
        )
        return Offer(sentence % (facts | {"reward": name}))
    sentence = ngettext("Collect %(goal)s stamp and get a reward", "Collect %(goal)s stamps and get a reward", goal)
    return Offer(sentence % facts, name, locale)


def is_offered_in(terms: Terms, locale: str) -> bool:
    """Whether the offer can be told wholly in this language."""
    return locale in terms.offer or locale in terms.milestones[-1].reward.name


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
