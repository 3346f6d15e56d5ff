"""`{% load announcements %}`: what whoever runs the server tells everybody at the desk and at the counter."""

from django import template

from stampwell.installation.banner import banner_now
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import language_of_text, text_in

register = template.Library()


@register.inclusion_tag("partials/banner.html")
def announcement() -> dict[str, str]:
    texts, locale = banner_now(), active_locale()
    return {"text": text_in(texts, locale, "en"), "language": language_of_text(texts, locale, "en")}
