"""The command line itself: it lists what there is, and says in a sentence what is not."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stampwell.management.command_line import known_commands
from stampwell.management.command_list import COMMANDS, list_commands, our_commands

pytestmark = pytest.mark.machine_clock
ROOT = Path(__file__).resolve().parents[2]


def stampwell(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "STAMPWELL_SETTINGS": ""}
    surroundings |= {"STAMPWELL_DATA": str(folder / "data"), **environment}
    command = [sys.executable, "-m", "stampwell", *words]
    return subprocess.run(command, env=surroundings, cwd=folder, capture_output=True, text=True)


def test_every_command_has_a_sentence_of_help() -> None:
    lines = list_commands().splitlines()

    for command in our_commands():
        [line] = [line for line in lines if line.startswith(f"  {command} ")]
        assert len(line) > 30, line
    assert all(ast.get_docstring(ast.parse(file.read_text("utf-8"))) for file in COMMANDS.glob("[a-z]*.py"))


@pytest.mark.parametrize("words", [(), ("help",), ("--help",), ("-h",)])
def test_without_a_command_they_are_listed(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = stampwell(tmp_path, *words)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Begin with `stampwell setup`." in done.stdout
    assert [*tmp_path.iterdir()] == []


def test_a_misspelt_command_is_told_and_nothing_is_started(tmp_path: Path) -> None:
    done = stampwell(tmp_path, "serv")

    assert done.returncode == 2
    assert done.stderr == "There is no command “serv”. Did you mean `stampwell serve`? `stampwell help` lists them.\n"
    assert [*tmp_path.iterdir()] == []


def test_djangos_commands_are_known() -> None:
    assert {"migrate", "shell", "collectstatic", "serve", "check"} <= known_commands()


def test_a_terminal_without_our_signs_loses_no_line(tmp_path: Path) -> None:
    done = stampwell(tmp_path, "serv", PYTHONIOENCODING="ascii")

    assert done.stderr.startswith("There is no command")


@pytest.mark.parametrize("command", ["serve", "setup", "check", "user", "shop", "worker", "mail", "wallet"])
def test_each_command_helps_before_anything_is_set_up(tmp_path: Path, command: str) -> None:
    done = stampwell(tmp_path, command, "--help")

    assert done.returncode == 0, done.stderr
    assert f"stampwell {command}" in done.stdout


def test_help_of_a_command_is_its_own(tmp_path: Path) -> None:
    assert stampwell(tmp_path, "help", "serve").stdout == stampwell(tmp_path, "serve", "--help").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "80"),
        ("check", "now"),
        ("user",),
        ("user", "invite"),
        ("setup", "--adress", "x"),
        ("shop", "open"),
    ],
)
def test_what_a_command_does_not_know_is_told_in_a_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = stampwell(tmp_path, *words)

    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_before_the_first_start_a_command_says_what_makes_the_database(tmp_path: Path) -> None:
    done = stampwell(tmp_path, "user", "list")

    assert done.returncode == 1
    assert done.stderr.endswith("yet. `stampwell serve` makes it.\n")
    assert [*tmp_path.iterdir()] == []
