"""What the page about webhooks tells programmers to write does what it says."""

import re
from pathlib import Path
from typing import Any

import pytest

from stampwell.clock import now
from stampwell.webhooks.claiming import PLAN
from stampwell.webhooks.signing import secret_text, signed_headers

PAGE = (Path(__file__).parents[2] / "docs" / "api" / "webhooks.md").read_text()


@pytest.mark.machine_clock
def test_the_example_takes_what_is_ours_and_nothing_else() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    kept: list[str] = []
    names: dict[str, Any] = {"SECRET": secret_text(b"s" * 32), "keep": lambda id, _event: kept.append(id)}
    exec(code, names)
    body = b'{"id": "evt_1"}'

    assert names["take"](signed_headers([b"s" * 32], "evt_1", now(), body), body) == 204
    assert names["take"](signed_headers([b"x" * 32], "evt_1", now(), body), body) == 401
    assert kept == ["evt_1"]


def test_the_page_tells_the_pauses_of_the_plan() -> None:
    hours = [pause.total_seconds() / 3600 for pause in PLAN.pauses[3:]]

    assert "after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 24 hours" in " ".join(PAGE.split())
    assert hours == [2, 5, 10, 14, 20, 24]
