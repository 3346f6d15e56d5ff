"""Mail that waits: it comes and goes with what caused it, and its operator sees, retries and drops it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from stampwell.clock import new_id, now, stopped_at
from stampwell.ids import private_id, public_id
from stampwell.mail.models import Mail
from stampwell.mail.queue import (
    Content,
    drop_mail,
    keep_mail,
    list_mail,
    measure_queue,
    retry_mail,
    undeliverable,
    withdraw_mail,
)
from tests.moments import START

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LINK = "https://cards.shop.example/secret-link"
PROBLEM = "127.0.0.1:25 does not take mail for this person (answer 550)."


def keep(recipient: str = "ada@lume.example", *, about: UUID | None = None) -> UUID:
    return keep_mail(recipient, Content("Hello", LINK), kind="trial", expires=now() + DAY, about=about)


def fail(mail_id: UUID) -> None:
    Mail.objects.filter(id=mail_id).update(state="failed", ended=now(), failures=3, problem=PROBLEM)


def test_what_is_undone_sends_no_mail() -> None:
    with transaction.atomic():
        keep()
        transaction.set_rollback(True)

    assert list_mail() == []


def test_the_database_does_not_say_to_whom_or_what() -> None:
    keep()

    row = Mail.objects.values().get()

    kept = repr({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})
    assert "ada" not in kept
    assert "secret-link" not in kept


def test_the_latest_stand_first_and_one_state_can_be_asked_for() -> None:
    first, second = keep("ada@lume.example"), keep("eve@lume.example")
    fail(first)

    assert [mail.recipient for mail in list_mail()] == ["eve@lume.example", "ada@lume.example"]
    assert [mail.recipient for mail in list_mail(most=1)] == ["eve@lume.example"]
    [failed] = list_mail(state="failed")
    assert (failed.id, failed.problem) == (public_id("mai", first), PROBLEM)
    assert private_id("mai", list_mail()[0].id) == second


def test_one_that_failed_is_tried_again() -> None:
    mail_id = keep()
    assert not retry_mail(mail_id)
    fail(mail_id)

    assert retry_mail(mail_id)

    [mail] = list_mail()
    assert (mail.state, mail.due, mail.problem) == ("waiting", START, "")
    assert Mail.objects.get().failures == 0


def test_one_whose_time_is_over_is_not_tried_again() -> None:
    mail_id = keep()
    fail(mail_id)

    with stopped_at(START + DAY):
        assert not retry_mail(mail_id)


def test_one_that_was_not_sent_can_be_thrown_away() -> None:
    waiting, failed, sent = keep(), keep(), keep()
    fail(failed)
    Mail.objects.filter(id=sent).update(state="sent", ended=now(), content=None)

    assert [drop_mail(mail_id) for mail_id in (waiting, failed, sent, new_id())] == [True, True, False, False]
    assert [mail.id for mail in list_mail()] == [public_id("mai", sent)]


def test_what_its_row_no_longer_needs_is_withdrawn() -> None:
    invitation, other = new_id(), new_id()
    keep(about=invitation)
    fail(keep(about=invitation))
    keep(about=other)

    withdraw_mail(invitation)

    assert [mail.about for mail in Mail.objects.all()] == [other]


def test_only_the_latest_mail_says_whether_it_could_be_delivered() -> None:
    one, other, fine = new_id(), new_id(), new_id()
    fail(keep(about=one))
    fail(keep(about=other))
    keep(about=fine)

    keep(about=one)

    assert undeliverable([one, other, fine]) == {other}
    assert undeliverable([one, fine, new_id()]) == undeliverable([]) == set()


def test_the_queue_is_measured() -> None:
    assert measure_queue().waiting == 0
    fail(keep())
    Mail.objects.filter(id=keep()).update(failures=1)
    with stopped_at(START + timedelta(seconds=30)):
        keep()
    with stopped_at(START + timedelta(minutes=1)):
        keep()

    with stopped_at(START + timedelta(minutes=5)):
        length = measure_queue()

    assert (length.waiting, length.oldest_seconds, length.failed) == (3, 270.0, 1)
