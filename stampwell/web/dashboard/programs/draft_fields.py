"""From the form of a program to the fields of a saved draft, and from them back into the form.

Every field is kept under its name, ticked or not, so that a later release knows which ones the draft has never heard
of: those begin as they do in a new form. A text in the shop's own language is kept under that language, which may
change.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from stampwell.merchants.models import Merchant
from stampwell.programs.saved_drafts import FormFields
from stampwell.web.dashboard.programs.milestone_forms import GoalForm, MilestoneForm, PrizeForm
from stampwell.web.dashboard.programs.sheet import Sheet, posted_sheet

LONGEST = 6_000  # characters of a value; no field takes so many, so it stays wrong
NOT_KEPT = {"logo_file"}
IN_OWN_LANGUAGE = ("name", "offer")


def fields_to_keep(sheet: Sheet, data: QueryDict, merchant: Merchant) -> FormFields:
    kept = {"rows": [str(len(sheet.milestones))]}
    for form in sheet.forms:
        for key, _form, _name in _fields(form):
            kept[_with_language(key, merchant)] = [_storable(value) for value in data.getlist(key)]
    return kept


def name_in(fields: FormFields, merchant: Merchant) -> str:
    """What the draft is called: in the shop's language, else in the first that has a name."""
    names = [fields.get(f"name_{merchant.locale}", []), *(fields[key] for key in fields if key.startswith("name_"))]
    return next((text.strip() for texts in names for text in texts if text.strip()), "")[:200]


def draft_sheet(fields: FormFields, base: Sheet, merchant: Merchant) -> Sheet:
    """The forms as they were kept, to be checked. What they lack is filled from `base`, the form as it begins today."""
    data = QueryDict(mutable=True)
    for key, values in fields.items():
        data.setlist(_without_language(key, merchant), values)
    for key, form, name in [*_fields(base.program), *_fields(base.goal), *_on_the_way(data, base, merchant)]:
        if key not in data:
            data.setlist(key, _as_sent(form[name].value()))
    for key, form, name in _of_prizes(data, base, merchant):
        if key not in data:
            data.setlist(key, _as_sent(form[name].value()))
    return posted_sheet(data, merchant)


def _on_the_way(data: QueryDict, base: Sheet, merchant: Merchant) -> Iterator[tuple[str, forms.Form, str]]:
    """Each field of the rewards on the way that the draft has, as it is published or as a new one begins."""
    published = _published(base.milestones)
    for milestone in posted_sheet(data, merchant).milestones:
        new = MilestoneForm(merchant=merchant, places=[], prefix=milestone.prefix)
        source = published.get(milestone["was"].value(), new)
        for key, _form, name in _fields(new):
            yield key, source, name


def _of_prizes(data: QueryDict, base: Sheet, merchant: Merchant) -> Iterator[tuple[str, forms.Form, str]]:
    """Each field of the prizes that the draft has: those of a draw that it has never heard of are as published."""
    published = _published(base.rewards)
    for reward in posted_sheet(data, merchant).rewards:
        draw = published.get(reward["was"].value())
        for place, prize in enumerate(reward.prizes):
            new = PrizeForm(merchant=merchant, places=[], prefix=prize.prefix)
            source = draw.prizes[place] if draw and place < len(draw.prizes) else new
            for key, _form, name in _fields(new):
                yield key, source, name


def _published[Form: GoalForm](rewards: list[Form]) -> dict[object, Form]:
    return {form["was"].value(): form for form in rewards}


def _fields(form: forms.Form) -> Iterator[tuple[str, forms.Form, str]]:
    """Each field as it is sent, with its form and its name there."""
    for name in form.fields:
        if name not in NOT_KEPT:
            yield form.add_prefix(name), form, name


def _as_sent(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return ["on"] if value else []
    return [] if value is None else [str(value)]


def _storable(value: str) -> str:
    return value.replace("\0", "")[:LONGEST]  # PostgreSQL keeps no NUL


def _with_language(key: str, merchant: Merchant) -> str:
    return f"{key}_{merchant.locale}" if _last(key) in IN_OWN_LANGUAGE else key


def _without_language(key: str, merchant: Merchant) -> str:
    bare = key.removesuffix(f"_{merchant.locale}")
    return bare if bare != key and _last(bare) in IN_OWN_LANGUAGE else key


def _last(key: str) -> str:
    """The name of the field in its form: goal-reward-name is the name of a reward."""
    return key.rpartition("-")[2]
