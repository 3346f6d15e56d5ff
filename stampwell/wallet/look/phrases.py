"""The words on a card in every language: ours from the catalogues, the shop's as the owner wrote them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from stampwell.languages.formatting import format_list, format_short_date
from stampwell.languages.offered import offered_locales
from stampwell.languages.texts import Texts, clean_lines, clean_text, text_in
from stampwell.wallet.look.card_pass import CardFace, ReadyVoucher

LONGEST_LINE = 120  # a longer one would vanish from the front of a card instead of being cut
LONGEST_TEXT = 4000

LABELS: Mapping[str, str | Promise] = {
    "stamps": pgettext_lazy("label on the card", "Stamps"),
    "next": pgettext_lazy("label on the card", "Next reward"),
    "to_go": pgettext_lazy("label on the card", "Stamps to go"),
    "ready": pgettext_lazy("label on the card", "Reward ready"),
    "use_by": pgettext_lazy("label on the card", "Use it by"),
    "program": pgettext_lazy("label on the card", "Card"),
    "round": pgettext_lazy("label on the card", "Round"),
    "number": pgettext_lazy("label on the card", "Card number"),
    "rewards": pgettext_lazy("label on the card", "Rewards"),
    "history": pgettext_lazy("label on the card", "Latest activity"),
    "terms": pgettext_lazy("label on the card", "How it works"),
    "note": pgettext_lazy("label on the card", "Good to know"),
    "web": pgettext_lazy("label on the card", "This card on the web"),
    "contact": pgettext_lazy("label on the card", "Contact"),
    "privacy": gettext_lazy("Privacy and contact"),
    "none_ready": gettext_lazy("No reward is ready yet."),
}


# A voucher as a pass of its own.
VOUCHER_LABELS: Mapping[str, str | Promise] = {
    "reward": gettext_lazy("Reward"),
    "state": pgettext_lazy("label on the card", "State"),
    "what": pgettext_lazy("label on the card", "How to use it"),
    "use_by": LABELS["use_by"],
    "program": LABELS["program"],
    "number": LABELS["number"],
    "web": pgettext_lazy("label on the card", "This reward on the web"),
    "contact": LABELS["contact"],
    "privacy": LABELS["privacy"],
}
VOUCHER_STATES: Mapping[str, str | Promise] = {
    "pending": gettext_lazy("Not ready yet"),
    "ready": gettext_lazy("Ready to use"),
    "reserved": gettext_lazy("Being used now"),
    "redeemed": gettext_lazy("Used"),
    "expired": gettext_lazy("Expired"),
    "void": gettext_lazy("Withdrawn"),
}


def label_texts(name: str) -> Texts:
    return in_each_language(lambda locale: str(LABELS[name]))


def voucher_label_texts(name: str) -> Texts:
    return in_each_language(lambda locale: str(VOUCHER_LABELS[name]))


def voucher_state_texts(state: str) -> Texts:
    return in_each_language(lambda locale: str(VOUCHER_STATES[state]))


def voucher_place_texts(face: CardFace) -> Texts:
    """What the lock screen says near a branch."""
    return in_each_language(
        lambda locale: _("%(shop)s is close by. Here is your reward.") % {"shop": cut_line(face.organisation)}
    )


def voucher_description_texts(face: CardFace, reward: Texts) -> Texts:
    """What the pass is, for people who do not see it."""

    def describe(locale: str) -> str:
        facts = {"reward": cut_line(text_in(reward, locale, face.locale)), "shop": cut_line(face.organisation)}
        return _("Reward from %(shop)s: %(reward)s") % facts

    return in_each_language(describe)


def in_each_language(say: Callable[[str], str]) -> Texts:
    """What `say` says with each offered language switched on."""
    said: Texts = {}
    for locale in offered_locales():
        with override(locale):
            said[locale] = say(locale)
    return said


def shop_texts(texts: Texts, face: CardFace) -> Texts:
    """The shop's line in every language offered; where it wrote none, the one in the shop's own language."""
    return in_each_language(lambda locale: cut_line(text_in(texts, locale, face.locale)))


def shop_paragraphs(texts: Texts, face: CardFace) -> Texts:
    return in_each_language(lambda locale: cut_text(text_in(texts, locale, face.locale)))


def description_texts(face: CardFace) -> Texts:
    """What the card is, for people who do not see it."""

    def describe(locale: str) -> str:
        program = cut_line(text_in(face.program, locale, face.locale))
        return _("%(organisation)s stamp card: %(program)s") % {
            "program": program,
            "organisation": cut_line(face.organisation),
        }

    return in_each_language(describe)


def reward_list_texts(face: CardFace) -> Texts:
    """Every reward on a line of its own, after its count of stamps."""

    def list_them(locale: str) -> str:
        names = ((step.stamps, cut_line(text_in(step.name, locale, face.locale))) for step in face.rewards)
        return "\n".join(f"{stamps} – {name}" for stamps, name in names)

    return in_each_language(list_them)


def ready_texts(face: CardFace, ready: Sequence[ReadyVoucher]) -> Texts:
    """All rewards that are ready in one line, each kind once; those that find no room stand on the back."""

    def name_them(locale: str) -> str:
        names = Counter(_with_end(one, cut_line(text_in(one.name, locale, face.locale))) for one in ready)
        return _cut(format_list(_times(name, count) for name, count in names.items()), LONGEST_LINE)

    return in_each_language(name_them)


def news_texts(stand_in: str) -> Texts:
    """“Reward ready: …”, with what the wallet replaces by the reward's name."""
    return in_each_language(lambda locale: _("Reward ready: %(reward)s") % {"reward": stand_in})


def ends_soon_texts(stand_in: str) -> Texts:
    """“Reward ends soon: …”, as `news_texts`."""
    return in_each_language(lambda locale: _("Reward ends soon: %(reward)s") % {"reward": stand_in})


def end_label_texts() -> Texts:
    """What stands over the rewards where the phone says that one of them ends soon."""
    return in_each_language(lambda locale: _("Reward ends soon"))


def _with_end(voucher: ReadyVoucher, name: str) -> str:
    if not voucher.ends_soon or voucher.last_moment is None:
        return name
    return _("%(reward)s (use it by %(day)s)") % {"reward": name, "day": format_short_date(voucher.last_moment.date())}


@lru_cache(maxsize=2048)  # the same few lines stand on every card of a shop
def cut_line(text: str, longest: int = LONGEST_LINE) -> str:
    return _cut(clean_text(text), longest)


def cut_text(text: str) -> str:
    return _cut(clean_lines(text), LONGEST_TEXT)


def _times(name: str, count: int) -> str:
    return name if count == 1 else _("%(count)s × %(reward)s") % {"count": count, "reward": name}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
