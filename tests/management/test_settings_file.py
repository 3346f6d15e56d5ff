"""One settings file, understood in the same way by us, by systemd and by compose."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stampwell.__main__ import take_settings_option
from stampwell.management.settings_file import (
    LARGEST,
    SettingsTrouble,
    find_settings_file,
    load_settings,
    parse_settings,
    quoted,
    read_settings,
)

SETTINGS = """\
# The address that people open.
STAMPWELL_BASE_URL=https://cards.example.com

export STAMPWELL_DATA = /srv/my data
STAMPWELL_MAIL_PASSWORD='pa$$ #wörd "\\'
STAMPWELL_MAIL_FROM="Bob's \\"Café\\" \\$ <hello@cards.example.com>"
EMPTY=
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "stampwell.env"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_it_says_what_it_says() -> None:
    assert parse_settings(SETTINGS, "stampwell.env") == {
        "STAMPWELL_BASE_URL": "https://cards.example.com",
        "STAMPWELL_DATA": "/srv/my data",
        "STAMPWELL_MAIL_PASSWORD": 'pa$$ #wörd "\\',
        "STAMPWELL_MAIL_FROM": 'Bob\'s "Café" $ <hello@cards.example.com>',
        "EMPTY": "",
    }


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "two words",
        " a blank before",
        "$HOME",
        "a # b",
        "it's",
        'say "x"',
        "a\\b",
        'it\'s $5 \\ `x` "y"',
        "ā=ķ",
    ],
)
def test_what_is_written_is_read_again(value: str) -> None:
    assert parse_settings(f"NAME={quoted(value)}\n", "x") == {"NAME": value}


@pytest.mark.parametrize("value", ["", "two words", "$HOME", "a # b", "it's", 'say "x"', 'it\'s $5 \\ `x` "y"'])
def test_a_shell_reads_what_is_quoted_as_we_do(value: str) -> None:
    done = subprocess.run(["sh", "-c", f'NAME={quoted(value)}; printf "%s" "$NAME"'], capture_output=True, text=True)

    assert done.stdout == value


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\x00b", "\x1b"])
def test_a_value_is_one_line(value: str) -> None:
    with pytest.raises(SettingsTrouble, match="one line of text"):
        quoted(value)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("PASSWORD=a # b", "cannot be read in one way only"),
        ("PASSWORD=$HOME", "cannot be read in one way only"),
        ("PASSWORD=a\\b", "cannot be read in one way only"),
        ("PASSWORD='a", "cannot be read in one way only"),
        ("PASSWORD='a' b", "cannot be read in one way only"),
        ('PASSWORD="a"b"', "cannot be read in one way only"),
        ('PASSWORD="$HOME"', "cannot be read in one way only"),
        ("PASSWORD: a", "is not NAME=value"),
        ("my-name=a", "is not NAME=value"),
        ("[section]", "is not NAME=value"),
        ("A=1\nA=2", "sets A a second time"),
    ],
)
def test_what_has_two_meanings_is_refused_and_its_line_is_named(line: str, why: str) -> None:
    number = 2 + line.count("\n")
    with pytest.raises(SettingsTrouble, match=f"^Line {number} of stampwell.env {why}") as refused:
        parse_settings(f"# first\n{line}\n", "stampwell.env")

    assert "HOME" not in str(refused.value)  # what a line holds may be a password


@pytest.mark.parametrize(
    "secret",
    [
        "STAMPWELL_MAIL_PASSWORD=x",
        "DATABASE_URL=postgresql://me:x@db/s",
        "DATABASE_URL='postgresql:///s?host=db&sslpassword=x'",
        "STAMPWELL_TOKEN_KEY=ab",
    ],
)
def test_a_file_with_a_password_is_for_its_owner_alone(secret: str, tmp_path: Path) -> None:
    file = write(tmp_path, f"{secret}\n", mode=0o644)

    with pytest.raises(SettingsTrouble, match=f"chmod 600 {file}"):
        read_settings(file)

    file.chmod(0o600)
    assert len(read_settings(file)) == 1


@pytest.mark.parametrize(
    "open_to_all", ["STAMPWELL_DATA=/srv", "STAMPWELL_APPLE_KEY=/etc/card.key", "DATABASE_URL=postgresql://db/s"]
)
def test_a_file_without_one_may_be_read_by_all(open_to_all: str, tmp_path: Path) -> None:
    assert len(read_settings(write(tmp_path, open_to_all, mode=0o644))) == 1


def test_the_environment_wins(tmp_path: Path) -> None:
    file = write(tmp_path, "A=file\nB=file\n")
    environment = {"A": "environment"}

    assert load_settings(str(file), environment) == file
    assert environment == {"A": "environment", "B": "file", "STAMPWELL_SETTINGS": str(file)}


def test_the_file_is_the_one_that_is_named_or_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = write(tmp_path, "")

    assert find_settings_file(None, {}) == here
    assert find_settings_file(None, {"STAMPWELL_SETTINGS": "/a"}) == Path("/a")
    assert find_settings_file("/b", {"STAMPWELL_SETTINGS": "/a"}) == Path("/b")
    assert find_settings_file(None, {"STAMPWELL_SETTINGS": ""}) is None


def test_a_named_file_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsTrouble, match="There is no settings file"):
        load_settings(str(tmp_path / "missing.env"), {})


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1b", "\x7f"])
@pytest.mark.parametrize("line", ["A=a{}b", "A='a{}b'", 'A="a{}b"', "A{}=b", "# a{}b"])
def test_a_sign_that_nobody_sees_is_refused_by_its_line(line: str, sign: str) -> None:
    with pytest.raises(SettingsTrouble, match=r"^Line 2 of stampwell.env holds a sign that nobody sees"):
        parse_settings(f"B=c\n{line.format(sign)}\n", "stampwell.env")


def test_what_is_too_large_for_a_settings_file_is_not_read(tmp_path: Path) -> None:
    file = write(tmp_path, f"A={'a' * (LARGEST - 3)}\n")
    assert len(read_settings(file)["A"]) == LARGEST - 3
    file.write_text(f"A={'a' * (LARGEST - 2)}\n")

    for large in (file, Path("/dev/zero")):
        with pytest.raises(SettingsTrouble, match=f"{large} is larger than 100 kB"):
            read_settings(large)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stampwell.env"
    file.write_bytes("A=Café\n".encode("latin-1"))

    with pytest.raises(SettingsTrouble, match="Save it as UTF-8"):
        read_settings(file)


@pytest.mark.parametrize(
    "arguments", [["--settings", "a.env", "check"], ["check", "--settings", "a.env"], ["check", "--settings=a.env"]]
)
def test_the_file_may_be_named_before_and_behind_the_command(arguments: list[str]) -> None:
    assert take_settings_option(arguments) == (["check"], "a.env")


@pytest.mark.machine_clock
def test_the_command_says_it_in_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, "STAMPWELL_BASE_URL=cards.example.com\n")
    surroundings = {"PATH": os.environ["PATH"], "STAMPWELL_DATA": str(tmp_path)}

    command = [sys.executable, "-m", "stampwell", "migrate"]
    surroundings |= {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "DATABASE_URL": "postgresql:///none"}
    done = subprocess.run(command, env=surroundings, cwd=tmp_path, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("STAMPWELL_BASE_URL “cards.example.com” does not begin with https://")
    assert len(done.stderr.splitlines()) == 1
