"""A sentence for the people of all shops, shown above their pages for some time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stampwell.clock import now
from stampwell.installation.banner import read_banner, remove_banner, set_banner
from stampwell.installation.models import Banner
from stampwell.languages.offered import list_languages
from stampwell.languages.texts import clean_text
from stampwell.merchants.models import User
from stampwell.web.operator.guarding import for_operators

LONGEST = 160  # letters: it stands above every page, on small phones too
USUALLY = timedelta(days=1)
FORM = "%Y-%m-%dT%H:%M"


class BannerForm(forms.Form):
    """A text in each language; who reads another one is shown the English one, or else any."""

    begins = forms.DateTimeField(
        label=gettext_lazy("From (UTC)"),
        input_formats=[FORM],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=FORM),
    )
    ends = forms.DateTimeField(
        label=gettext_lazy("Until (UTC)"),
        input_formats=[FORM],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=FORM),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for locale, name, direction in list_languages():
            attributes = {"rows": 2, "lang": locale, "dir": direction}
            self.fields[f"text_{locale}"] = forms.CharField(
                label=name, required=False, max_length=LONGEST, widget=forms.Textarea(attributes)
            )
        self.order_fields([name for name in self.fields if name.startswith("text_")])

    @property
    def texts(self) -> dict[str, str]:
        given = {name.removeprefix("text_"): text for name, text in self.cleaned_data.items() if "text_" in name}
        return {locale: cleaned for locale, text in given.items() if (cleaned := clean_text(text))}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            if not self.texts:
                raise forms.ValidationError(_("Enter the text in at least one language."))
            if cleaned["ends"] <= max(cleaned["begins"], now()):
                self.add_error("ends", _("This must be later than the beginning, and lie ahead."))
        return cleaned


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def banner_page(request: HttpRequest, operator: User) -> HttpResponse:
    shown = read_banner()
    form = BannerForm(request.POST if request.method == "POST" else None, initial=_initial(shown))
    if form.is_bound and form.is_valid():
        set_banner(form.texts, begins=form.cleaned_data["begins"], ends=form.cleaned_data["ends"])
        messages.success(request, _("The announcement is set."))
        return redirect("operator_banner")
    context = {"here": "banner", "form": form, "shown": shown, "is_shown": shown and shown.begins <= now()}
    return render(request, "operator/banner.html", context, status=422 if form.is_bound else 200)


@for_operators
@require_POST
def remove(request: HttpRequest, operator: User) -> HttpResponse:
    remove_banner()
    messages.success(request, _("The announcement is removed."))
    return redirect("operator_banner")


def _initial(shown: Banner | None) -> dict[str, object]:
    if shown:
        texts = {f"text_{locale}": text for locale, text in shown.texts.items()}
        return {**texts, "begins": _minute(shown.begins), "ends": _minute(shown.ends)}
    return {"begins": _minute(now()), "ends": _minute(now() + USUALLY)}


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
