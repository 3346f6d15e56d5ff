"""`{% load appearance %}`: whether somebody wants this browser light or dark."""

from typing import Any

from django import template

COOKIE = "appearance"
CHOICES = ("light", "dark")  # anything else is: as the device looks

register = template.Library()


@register.simple_tag(takes_context=True)
def chosen_appearance(context: dict[str, Any]) -> str:
    """One of the choices, "" where the page looks as the device does; an error page may have no request."""
    request = context.get("request")
    return chosen_of(request.COOKIES.get(COOKIE, "")) if request else ""


def chosen_of(text: str) -> str:
    return text if text in CHOICES else ""
