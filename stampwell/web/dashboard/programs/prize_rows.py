"""Rows of prizes as the buttons of the guided form change them. What was typed stays as it was typed."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.draws.seeds import PARTS
from stampwell.languages.offered import offered_locales
from stampwell.web.dashboard.odds_field import OddsField, show_odds
from stampwell.web.dashboard.programs.milestone_forms import DRAW, FEWEST_PRIZES, MOST_PRIZE_ROWS

_ACT = re.compile(
    r"(begin|end|add|fill|nothing|remove|up|down) (goal-reward|milestone-[0-9]{1,2})(?:-prize-([0-9]{1,2}))?"
)
type Typed = dict[str, Any]
"""What stands in the fields of one form, by their names; `focus` is the field or button that the focus goes to."""


def rearranged(typed: Typed, prizes: list[Typed], act: str, prefix: str, locale: str) -> Typed:
    """The reward with its prizes, after the pressed button, if it is one of this reward."""
    found = _ACT.fullmatch(act)
    does, row = (found[1], int(found[3] or 0)) if found and found[2] == prefix else ("", 0)
    match does:
        case "begin" if typed.get("kind") != DRAW:
            return _begun(typed)
        case "end" if prizes:
            return _of_milestone(typed) | prizes[0] | {"kind": "", "focus": "name"}
        case "add" if len(prizes) < MOST_PRIZE_ROWS:
            prizes.insert(max(len(prizes) - 1, 0), {"focus": "name"})  # the last one is given where others ran out
        case "remove" if len(prizes) > FEWEST_PRIZES and row < len(prizes):
            del prizes[row]
            prizes[min(row, len(prizes) - 1)]["focus"] = "name"
        case "up" if 0 < row < len(prizes):
            _swap(prizes, row - 1, moved=row - 1, focus="up")
        case "down" if row < len(prizes) - 1:
            _swap(prizes, row, moved=row + 1, focus="down")
        case "nothing" if prizes and len(prizes) < MOST_PRIZE_ROWS:
            prizes.append(_nothing(locale) | _rest(prizes))
        case "fill" if prizes:
            prizes[-1] |= _rest(prizes[:-1])
    return typed | {"prizes": prizes}


def _begun(typed: Typed) -> Typed:
    """What was the reward is the first prize."""
    draw = _of_milestone(typed) | {"kind": DRAW, "focus": "name"}
    return draw | {"prizes": [typed | {"kind": ""}, {}]}


def _nothing(locale: str) -> Typed:
    """A prize of words that says so, in every language; the shop’s own is `locale`."""
    typed: Typed = {"only_words": "on"}
    for other in offered_locales():
        with override(other):
            typed["name" if other == locale else f"name_{other}"] = _("Nothing this time")
    return typed


def _rest(others: list[Typed]) -> Typed:
    left = PARTS - sum(_odds(prize) for prize in others)
    return {"odds": show_odds(max(left, 0)), "focus": "odds"}


def _of_milestone(typed: Typed) -> Typed:
    return {"stamps": typed["stamps"]} if "stamps" in typed else {}


def _swap(prizes: list[Typed], place: int, *, moved: int, focus: str) -> None:
    prizes[place], prizes[place + 1] = prizes[place + 1], prizes[place]
    at_end = moved in (0, len(prizes) - 1)  # where the pressed button is no longer there
    other = {"up": "down", "down": "up"}[focus]
    prizes[moved]["focus"] = other if at_end else focus


def _odds(prize: Typed) -> int:
    try:
        return OddsField().clean(prize.get("odds", ""))
    except ValidationError:
        return 0
