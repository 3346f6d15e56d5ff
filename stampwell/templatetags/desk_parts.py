"""`{% load desk_parts %}`: what the desk's templates need of forms."""

from collections.abc import Mapping

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def promise_of(promises: Mapping[str, object], choice: object) -> object:
    """The sentence that stands below one choice of a group."""
    return promises.get(str(choice), "")


@register.simple_tag
def shops_are_open() -> bool:
    """Whether a stranger may open a shop here; else no page leads there."""
    return bool(settings.OPEN_SHOPS)
