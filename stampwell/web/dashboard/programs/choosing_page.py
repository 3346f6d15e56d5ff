"""The page that helps an owner to choose how a reward is handed out: the three ways, what fits, and examples."""

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stampwell.programs.choosing import Worth, advise
from stampwell.programs.terms import Path
from stampwell.redeem_codes.till_words import say_till
from stampwell.redeem_codes.tills import TILLS, Till
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.programs.choosing_words import TITLES, WAYS, say_why
from stampwell.web.dashboard.programs.examples import EXAMPLES


class ChoosingForm(forms.Form):
    worth = forms.ChoiceField(
        label=_("What would it cost you if somebody got it twice?"),
        choices=[("little", _("Little: a coffee, a topping")), ("much", _("Enough to notice"))],
        widget=forms.RadioSelect,
        initial="little",
    )
    till = forms.ChoiceField(
        label=_("Your till"),
        choices=[(key, till.name or _("Another till")) for key, till in TILLS.items()],
        initial="other",
    )


class Advised(msgspec.Struct, frozen=True):
    path: Path
    needs_list: bool
    title: str
    why: str
    till_says: list[str]


@require_safe
@for_managers
def choose_path(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The question stands in the address, so that the answer can be kept and sent on."""
    form = ChoosingForm(request.GET if "till" in request.GET else None)
    given = form.cleaned_data if form.is_valid() else None
    context = {
        "desk": desk,
        "here": "programs",
        "ways": WAYS,
        "form": form,
        "advice": _advised(given["worth"], TILLS[given["till"]]) if given else None,
        "examples": EXAMPLES,
    }
    return render(request, "dashboard/choose_path.html", context)


def _advised(worth: Worth, till: Till) -> Advised:
    advice = advise(worth, till)
    return Advised(
        path="redeem_code" if advice == "codes_of_list" else advice,
        needs_list=advice == "codes_of_list",
        title=str(TITLES[advice]),
        why=say_why(advice, till),
        till_says=list(say_till(till)),
    )
