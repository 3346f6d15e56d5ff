"""`stampwell mail list|retry|drop`: what waits or was refused, for whoever runs the server."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.mail.models import Mail
from stampwell.mail.queue import Content, keep_mail
from tests.mailbox import letters

pytestmark = pytest.mark.django_db


def told(*words: str) -> str:
    out = StringIO()
    call_command("mail", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def failed() -> str:
    mail_id = keep_mail("eve@lume.example", Content("Hello", "Hello"), kind="trial", expires=now() + timedelta(days=1))
    Mail.objects.update(state="failed", ended=now(), claims=3, problem="It was refused.")
    return public_id("mai", mail_id)


def test_mail_is_listed(failed: str) -> None:
    known = [failed, "trial", "failed", "eve@lume.example", now().isoformat(timespec="seconds"), "tries: 3"]
    line = "\t".join([*known, "It was refused."]) + "\n"

    assert told("list") == told("list", "--state", "failed") == line
    assert told("list", "--state", "waiting") == ""


def test_one_that_another_key_has_sealed_hides_no_other(failed: str) -> None:
    lost = keep_mail("bo@lume.example", Content("Hello", "Hello"), kind="trial", expires=now() + timedelta(days=1))
    Mail.objects.filter(id=lost).update(recipient=bytes(40))

    lines = told("list").splitlines()

    assert [line.split("\t")[3] for line in lines] == ["(sealed with a key that is gone)", "eve@lume.example"]


def test_one_that_failed_is_sent_again(failed: str) -> None:
    assert told("retry", failed) == f"{failed} waits for the worker.\n"

    assert [letter.to for letter in letters()] == [["eve@lume.example"]]
    with pytest.raises(CommandError, match="has not failed"):
        told("retry", failed)
    with pytest.raises(CommandError, match="does not wait"):
        told("drop", failed)


def test_one_is_thrown_away(failed: str) -> None:
    assert told("drop", failed) == f"{failed} was thrown away.\n"

    assert told("list") == ""


@pytest.mark.parametrize("text", ["nonsense", f"mai_{'0' * 32}", f"job_{'0' * 32}"])
def test_what_is_no_mail_is_told(text: str) -> None:
    for act in ("retry", "drop"):
        with pytest.raises(CommandError, match="There is no mail"):
            told(act, text)
