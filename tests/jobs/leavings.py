"""What a shop holds, without what two shops that did the same differ in: ids, secrets and times."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps

from stampwell.jobs.models import Job
from stampwell.tenancy import OfMerchant
from tests.world import Shop

_OWN = re.compile(r"\b[a-z]{3}_[0-9a-f]{32}\b|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{8}\b")
_LEFT_OUT = ("user_id", "size")  # how well ids are compressed differs
_OF_JOBS = ("kind", "state", "done", "total", "report")


def leavings(shop: Shop) -> dict[str, list[str]]:
    """By table, a text for each row."""
    tables = [model for model in apps.get_models() if issubclass(model, OfMerchant) and model is not Job]
    found = {model._meta.db_table: model._default_manager.filter(merchant=shop.merchant).values() for model in tables}
    found["job"] = Job.objects.filter(merchant=shop.merchant).values(*_OF_JOBS)
    return {table: sorted(str(_plain(row)) for row in rows) for table, rows in found.items() if rows}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items() if key not in _LEFT_OUT}
        case list():
            return [_plain(one) for one in value]
        case str():
            return _OWN.sub("…", value)
        case UUID() | date() | bytes() | memoryview():
            return "…"
    return value
