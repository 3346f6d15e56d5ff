"""The look of a card, from what a program stores or a form proposes."""

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from stampwell.languages.offered import active_locale, direction_of
from stampwell.programs.terms import Terms
from stampwell.refusal import NotFound
from stampwell.wallet.content import design_without_logo
from stampwell.wallet.look.design import CardDesign
from stampwell.wallet.look.drawing import draw_card_strip_svg, draw_icon_svg
from stampwell.wallet.look.stamp_icons import ICONS


def draw_sample(terms: Terms) -> SafeString:
    """The card as it looks when it is more than half full."""
    counts = [step.stamps for step in terms.milestones]
    design = design_without_logo(terms)  # the strip has none
    direction = direction_of(active_locale())
    return mark_safe(draw_card_strip_svg(design, terms.goal * 6 // 10, terms.goal, counts, direction))  # noqa: S308


@require_safe
def stamp_icon(request: HttpRequest, name: str) -> HttpResponse:
    """One of the icons to choose from, in the colours of our own pages."""
    if name not in ICONS:
        raise NotFound
    drawing = draw_icon_svg(CardDesign(background="#ffffff", foreground="#3b2f63", icon=name))
    return HttpResponse(drawing, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
