"""The API against everything that its own description allows, and much that it does not.

Bounded in the usual run; for a long one set the number of cases for each call:
    STAMPWELL_API_CASES=2000 bin/test tests/web/api/test_fuzzing.py
"""

import os
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from stampwell.web.api.limiting import forget_rates
from stampwell.web.api.schema import openapi
from stampwell.wsgi import application
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.long

CASES = int(os.environ.get("STAMPWELL_API_CASES", "20"))
LABELS = [f"{method.upper()} {path}" for path, item in openapi()["paths"].items() for method in item]
load_all_checks()
# Which answers are right for right and for wrong requests. `positive_data_acceptance` is not among them: an id
# of the right form is unknown more often than not.
CHECKED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    )
]

# Of a list each line is answered by itself: a wrong one refuses no other, and is told in the answer.
ANSWERED_BY_LINE = {"POST /api/v1/scans/batch"}

SCHEMA = schemathesis.openapi.from_dict(openapi())
SCHEMA.app = application


@dataclass(frozen=True)
class Known:
    """Ids that are there, so that not every case ends at 404."""

    key: str
    ids: dict[str, str]


@pytest.fixture
def known(transactional_db: None, lume: Shop) -> Known:
    api = ApiClient(lume.api_key())
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": 0})
    card = f"crd_{offer.card().id.hex}"
    stamped = [api.post(f"/cards/{card}/stamps", {"count": 10}).json for _round in range(2)]
    vouchers = [voucher["id"] for one in stamped for voucher in one["vouchers_issued"]]
    redemption = api.post(f"/vouchers/{vouchers[0]}/redemption").json["redemption"]["id"]
    return Known(
        api.key or "",
        {
            "program_id": f"prg_{offer.program.id.hex}",
            "card_id": card,
            "stamp_id": stamped[1]["stamp"]["id"],
            "voucher_id": vouchers[1],
            "redemption_id": redemption,
            "location_id": f"loc_{lume.location.id.hex}",
            "reward_id": f"rwd_{offer.terms.milestones[0].reward.id.hex}",
            "code": api.get(f"/cards/{card}").json["code"],
        },
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("label", LABELS)
def test_every_answer_is_described(known: Known, label: str, mode: GenerationMode) -> None:
    operation = SCHEMA[label.split()[1]][label.split()[0]]
    if mode == GenerationMode.NEGATIVE and not (operation.body or list(operation.iter_parameters())):
        pytest.skip("this call can be asked in one way only")

    is_by_line = label in ANSWERED_BY_LINE
    checks = [check for check in CHECKED if not (is_by_line and check.__name__ == "negative_data_rejection")]

    @given(case=operation.as_strategy(generation_mode=mode), uses_known=st.booleans())
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=CASES <= 20,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any, uses_known: bool) -> None:
        forget_rates()
        if uses_known:
            fill_in(case, known.ids)
        answer = case.call_and_validate(checks=checks, headers={"Authorization": f"Bearer {known.key}"})
        if is_by_line and mode == GenerationMode.NEGATIVE and answer.status_code == 200:
            assert any(one["errors"] for one in answer.json()["results"])

    ask()


def fill_in(case: Any, ids: dict[str, str]) -> None:
    """Puts ids that are there where the case has a text for one."""
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            for name in place.keys() & ids.keys():
                if isinstance(place[name], str):
                    place[name] = ids[name]
