"""The part of the guided form that is about one milestone: a reward, or a draw with its prizes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.draws.seeds import PARTS
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.limits import LARGEST_GOAL, MOST_PRIZES, MOST_REWARDS, OLDEST
from stampwell.programs.terms import known_as
from stampwell.redeem_codes.rows import PoolRow
from stampwell.web.dashboard.odds_field import OddsField
from stampwell.web.dashboard.programs.draw_sums import say_sum
from stampwell.web.dashboard.programs.reward_forms import RewardForm
from stampwell.web.typed_fields import NumberField

DRAW = "draw"
FEWEST_PRIZES, MOST_PRIZE_ROWS = 2, 10  # that the form adds; a draw of the API may have more, and keeps them


class PrizeForm(RewardForm):
    """One that a draw can give: a reward, or words alone. The last of a draw has no limits."""

    called = _("Prize")

    only_words = forms.BooleanField(label=_("Only words: nothing is handed out"), required=False)
    odds = OddsField(label=_("Chance in percent"))
    most_a_day = NumberField(label=_("At most a day"), required=False, min_value=1, max_value=MOST_PRIZES)
    stock = NumberField(label=_("At most in total"), required=False, min_value=1, max_value=MOST_PRIZES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_words = bool(self["only_words"].value())
        if self.is_words:
            loosen(self)

    @property
    def has_limits(self) -> bool:
        return any(self[name].value() or self[name].errors for name in ("most_a_day", "stock"))

    @property
    def line_of_odds(self) -> str:
        return f"{self.prefix}-odds-said"


class GoalForm(RewardForm):
    """What customers get. A draw has a name, an age and its prizes; everything else is said at each prize."""

    kind = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    prize_rows = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    minimum_age = NumberField(
        label=_("Drawn from this age on"),
        required=False,
        min_value=1,
        max_value=OLDEST,
        help_text=_("Anyone younger, or whose age is not known, gets the last prize. Leave it empty for no limit."),
    )

    def __init__(
        self,
        *args: Any,
        merchant: Merchant,
        places: Sequence[Location],
        pools: Sequence[PoolRow] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, merchant=merchant, places=places, pools=pools, **kwargs)
        self.is_draw = self["kind"].value() == DRAW
        self.prizes: list[PrizeForm] = []
        if not self.is_draw:
            return
        offered: dict[str, Any] = {"merchant": merchant, "places": places, "pools": pools}
        if self.is_bound:
            rows: list[dict[str, Any]] = [{"data": self.data}] * count_prizes(self["prize_rows"].value())
        else:
            rows = [{"initial": typed} for typed in self.initial.get("prizes", [])]
        self.prizes = [PrizeForm(**row, **offered, prefix=prize_prefix(self.prefix, n)) for n, row in enumerate(rows)]
        self.fields["name"].label = _("Name of the draw")
        self.fields["name"].widget.attrs["placeholder"] = _("For example: a surprise")
        loosen(self)

    @property
    def has_room(self) -> bool:
        return len(self.prizes) < MOST_PRIZE_ROWS

    @property
    def can_remove(self) -> bool:
        return len(self.prizes) > FEWEST_PRIZES

    @property
    def line_of_sum(self) -> str:
        return f"{self.prefix}-sum-said"

    def check_prizes(self) -> None:
        """What no field of a prize can tell alone, beside the field that it is about. All of them were cleaned."""
        seen = set[str]()
        for prize in self.prizes:
            name = known_as(prize.cleaned_data.get("name", ""), self.merchant.locale)
            if name and name in seen:
                prize.add_error("name", _("There is already a prize with this name."))
            seen.add(name)
        last = self.prizes[-1]
        for limit in ("most_a_day", "stock"):
            if last.cleaned_data.get(limit):
                last.add_error(limit, _("The last prize has no limit: it is given when another one has run out."))
        if all(prize.is_words for prize in self.prizes):
            self.add_error(None, _("At least one prize has to be something that is handed out."))
        odds = [prize.cleaned_data.get("odds") for prize in self.prizes]
        told = [one for one in odds if one is not None]
        if len(told) == len(odds) and sum(told) != PARTS:
            self.add_error(None, say_sum(told))


class MilestoneForm(GoalForm):
    """A reward on the way to the goal."""

    stamps = NumberField(label=_("After how many stamps?"), min_value=1, max_value=LARGEST_GOAL - 1)


def loosen(form: RewardForm) -> None:
    """Nothing is asked of how it is handed out."""
    for name in ("path", "code", "code_format"):
        form.fields[name].required = False


def prize_prefix(prefix: str | None, place: int) -> str:
    return f"{prefix}-prize-{place}"


def count_prizes(sent: object) -> int:
    text = str(sent or "")
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0
    return max(FEWEST_PRIZES, min(count, MOST_REWARDS))
