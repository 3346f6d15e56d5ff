"""What every run of `bin/test` has, and what waits for `bin/test --longer`: see docs/developing/testing.md."""

from collections.abc import Sequence
from typing import Any

import pytest


def first_of(cases: Sequence[Any]) -> list[Any]:
    """For `parametrize`: every run has the first case; the others, in another language, size or seed, are long."""
    first, *others = cases
    return [first, *(pytest.param(*_values(case), marks=pytest.mark.long) for case in others)]


def _values(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
