"""docs/developing/wallets.md names the modules of the wallets: all of them, and none that is not there."""

import re
from pathlib import Path
from typing import get_args

from stampwell.wallet.google.table import State

ROOT = Path(__file__).parents[2]
WALLET = ROOT / "stampwell" / "wallet"
PAGE = (ROOT / "docs" / "developing" / "wallets.md").read_text()
LOOKED_FOR_ELSEWHERE = {"models", "development_chain", "problems"}  # tables; a laptop's certificates; sentences


def test_every_module_of_the_wallets_is_named() -> None:
    modules = {file.stem for file in [*WALLET.glob("*.py"), *WALLET.glob("apple/*.py"), *WALLET.glob("google/*.py")]}
    named = set(re.findall(r"`(?:\w+/)*(\w+)\.py`", PAGE))

    assert modules - LOOKED_FOR_ELSEWHERE - {"__init__"} - named == set()


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)*\w+\.py)`", PAGE))
    places = [ROOT, ROOT / "stampwell", WALLET, WALLET / "apple", WALLET / "google"]

    assert {name for name in named if not any((place / name).exists() for place in places)} == set()


def test_every_function_that_is_named_is_there() -> None:
    named = set(re.findall(r"\b((?:apple|google)/\w+)\.(?!py\b)(\w+)", PAGE))
    missing = {
        f"{module}.{name}"
        for module, name in named
        if not re.search(rf"^def {name}\b", (WALLET / f"{module}.py").read_text(), re.MULTILINE)
    }

    assert missing == set()
    assert named


def test_every_state_at_google_is_drawn() -> None:
    assert {state for state in get_args(State) if not re.search(rf"\b{state}\b", PAGE)} == set()
