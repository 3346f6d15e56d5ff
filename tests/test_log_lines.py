"""A line of the log names its request, holds no secret, and as JSON is one object whatever was written."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from stampwell.log_lines import JsonLine, TextLine, current_request, said_as

CODE, EMAIL = "K7QW3ZT9MNP4XB2RVD6HJC8Y", "cy.canary@lume.example"
OF_A_PROXY = "0af7651916cd43dd8448eb211c80319c"  # as nginx and traces write it


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    token = current_request.set(OF_A_PROXY)
    yield
    current_request.reset(token)


def record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    made = logging.getLogger("stampwell.test").makeRecord(
        "stampwell.test", logging.ERROR, "x.py", 1, message, arguments, None
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


def failed() -> logging.LogRecord:
    try:
        raise ValueError(f"{CODE} of {EMAIL}\nand more")
    except ValueError:
        return record("It failed", exc_info=sys.exc_info())


def test_text_is_for_people() -> None:
    line = TextLine().format(record("A mail to %s was not sent", EMAIL))

    assert line.endswith(f" ERROR stampwell.test [{OF_A_PROXY}] A mail to … was not sent")


def test_a_line_outside_of_a_request_names_none() -> None:
    current_request.set("")

    assert TextLine().format(record("The worker starts")).endswith(" ERROR stampwell.test The worker starts")
    assert "request" not in json.loads(JsonLine().format(record("The worker starts")))


def test_json_is_for_programs() -> None:
    line = json.loads(JsonLine().format(record("“%s”\n{x}", "a", facts={"status": 200, "path": f"/c/lume/{CODE}"})))

    assert line.pop("time").startswith("20")
    assert line == {
        "level": "ERROR",
        "logger": "stampwell.test",
        "message": "“a”\n{x}",
        "request": OF_A_PROXY,
        "facts": {"status": 200, "path": "/c/lume/…"},
    }


@pytest.mark.parametrize("form", [TextLine, JsonLine])
def test_no_form_holds_a_secret_of_a_traceback(form: type[logging.Formatter]) -> None:
    line = form().format(failed())

    assert "ValueError: … of …" in line
    assert CODE not in line
    assert EMAIL not in line


def test_json_is_one_line_even_of_a_traceback() -> None:
    line = JsonLine().format(failed())

    assert "\n" not in line
    assert json.loads(line)["trace"].startswith("Traceback")


def test_another_form_is_refused_at_the_start() -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import stampwell.settings"],
        env={**os.environ, "STAMPWELL_LOG": "xml"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (started.returncode, started.stderr) == (1, "STAMPWELL_LOG is “text” or “json”.\n")


def test_what_a_program_says_is_a_line_like_the_others() -> None:
    assert said_as("", f"Code {CODE}, it\nsays") == f"Code {CODE}, it\nsays"

    line = json.loads(said_as("json", "It is running.\nPeople open http://x"))

    assert (line["logger"], line["level"]) == ("stampwell.serve", "INFO")
    assert line["message"] == "It is running.\nPeople open http://x"
