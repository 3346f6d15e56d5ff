"""What a shell or another project has set does not decide how our programs run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.database.folders import data_folder
from tests.database.test_client_environment import ASK, FOREIGN

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

ROOT = Path(__file__).resolve().parents[2]
SHELLS = [shell for shell in ("sh", "bash", "dash", "ksh", "zsh") if shutil.which(shell)]
HOSTILE = {
    **FOREIGN,
    "CDPATH": ".:/:/usr",
    "ENV": "/nowhere",
    "GREP_OPTIONS": "--color=always",
    "POSIXLY_CORRECT": "1",
    "LC_ALL": "xx_YY.KOI8-R",
    "LANG": "de_DE",
    "TZ": "Mars/Olympus",
    "TMPDIR": "/no such/folder",
    "VIRTUAL_ENV": "/nowhere",
    "PYTHONPATH": "/nowhere",
    "PYTHONHOME": "/nowhere",
    "PYTHONSTARTUP": "/nowhere",
    "PYTHONSAFEPATH": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
    "PYTHONINSPECT": "1",
    "PYTHONTZPATH": "",
    "PYTHONUTF8": "0",
    "PYTHONPYCACHEPREFIX": "/nowhere",
    "PIP_TARGET": "/nowhere",
    "PIP_USER": "1",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "UV_PROJECT_ENVIRONMENT": "/nowhere",
    "UV_PROJECT": "/nowhere",
    "UV_PYTHON": "3.8",
    "UV_NO_SYNC": "1",
    "UV_LOCKED": "1",
    "DJANGO_SETTINGS_MODULE": "theirs.settings",
    "GRANIAN_PORT": "1",
}
REACH = {
    "UV_CACHE_DIR": "/cache",
    "UV_DEFAULT_INDEX": "https://index.example",
    "PIP_INDEX_URL": "https://index.example",
}
SOURCED = '. "$(dirname "$0")/prepare.sh" || exit 1; '


def surroundings(**others: str) -> dict[str, str]:
    """A shell's, without what this run of the tests was given."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **HOSTILE, **others}


def sourced(shell: str, then: str, environment: dict[str, str]) -> str:
    """What a command prints that runs behind the first lines of our scripts."""
    command = [shell, "-c", SOURCED + then, str(ROOT / "bin" / "dev")]
    done = subprocess.run(command, env=environment, cwd="/usr", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_foreign_settings_are_gone_and_the_way_to_the_internet_stays(shell: str) -> None:
    printed = sourced(shell, "env", surroundings(**REACH))

    left = dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)
    ours = ("UV_", "PIP_", "PYTHON", "DJANGO_", "GRANIAN_")
    assert {name: value for name, value in left.items() if name.startswith(ours)} == {
        **REACH,
        "PIP_USER": "0",
        "PYTHONUTF8": "1",
        "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv"),
    }
    assert left.keys().isdisjoint({"CDPATH", "ENV", "GREP_OPTIONS", "POSIXLY_CORRECT", "VIRTUAL_ENV"})


@pytest.mark.parametrize("home", [None, "", "/nonexistent"])
def test_a_user_without_a_home_gets_the_tools_files_beside_the_tools(home: str | None) -> None:
    environment = surroundings()
    del environment["HOME"]
    if home is not None:
        environment["HOME"] = home

    printed = sourced("sh", 'printf "%s %s" "$UV_CACHE_DIR" "$UV_PYTHON_INSTALL_DIR"', environment)

    assert printed == f"{ROOT}/var/tools/cache {ROOT}/var/tools/python"


def test_a_folder_on_the_path_may_hold_blanks_and_patterns(tmp_path: Path) -> None:
    odd = tmp_path / "a folder * of mine"
    odd.mkdir()
    (odd / "uv").write_text("#!/bin/sh\n")
    (odd / "uv").chmod(0o755)

    printed = sourced("sh", "first_that_answers uv --version", surroundings(PATH=f"{odd}::{os.environ['PATH']}"))

    assert printed == f"{odd}/uv\n"


def test_scripts_start_in_a_checkout_with_blanks_and_with_exported_shell_options(tmp_path: Path) -> None:
    checkout = tmp_path / "my café & bar"
    shutil.copytree(ROOT / "bin", checkout / "bin")
    options = {"SHELLOPTS": "noclobber:noglob:errexit"} if shutil.which("bash") else {}
    command = ["bash" if options else "sh", "-c", SOURCED + "echo 1 >made && echo 2 >made && pwd", "bin/dev"]

    done = subprocess.run(command, env=surroundings(**options), cwd=checkout, capture_output=True, text=True)

    assert (done.stdout, done.returncode) == (f"{checkout}\n", 0), done.stderr


def test_the_database_starts_and_is_found_in_a_hostile_shell() -> None:
    with data_folder() as folder:
        ask = f'exec "$python" -m stampwell.database --data "{folder}/my shop" -- "$python" -c "{ASK}"'

        assert sourced("sh", ask, surroundings()) == "7 stampwell\n"


def test_our_commands_have_our_settings_whatever_another_project_has_set() -> None:
    command = [sys.executable, "-m", "stampwell", "help", "--commands"]

    done = subprocess.run(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": "theirs.settings"}, capture_output=True)

    assert b"worker\n" in done.stdout
