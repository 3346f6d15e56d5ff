"""`{% load passwords %}`: the rule for new passwords, for pages that check it before anything is sent."""

from dataclasses import dataclass

from django import template
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators

register = template.Library()


@dataclass(frozen=True)
class Shortest:
    length: int
    refusal: str


@register.simple_tag
def shortest_password() -> Shortest:
    (rule,) = (rule for rule in get_default_password_validators() if isinstance(rule, MinimumLengthValidator))
    return Shortest(rule.min_length, rule.get_error_message())
