"""Mail whose time is over is not kept."""

from datetime import timedelta
from uuid import UUID

import pytest

from stampwell.clock import now, stopped_at
from stampwell.mail.clearing import forget_old_mail
from stampwell.mail.models import Mail
from stampwell.mail.queue import KEPT, Content, keep_mail
from tests.moments import START

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def keep(**changes: object) -> UUID:
    mail_id = keep_mail("eve@lume.example", Content("Hello", "Hello"), kind="trial", expires=now() + DAY)
    Mail.objects.filter(id=mail_id).update(**changes)
    return mail_id


def states() -> dict[UUID, str]:
    return dict(Mail.objects.values_list("id", "state"))


def test_what_leads_nowhere_any_more_loses_its_content() -> None:
    waiting, failed = keep(due=START + 2 * DAY), keep(state="failed", ended=START)

    with stopped_at(START + DAY - SECOND):
        forget_old_mail()
    assert states() == {waiting: "waiting", failed: "failed"}
    with stopped_at(START + DAY):
        forget_old_mail()

    assert states() == {waiting: "expired", failed: "expired"}
    assert not Mail.objects.filter(content__isnull=False).exists()


def test_what_was_sent_is_forgotten_after_a_week() -> None:
    sent = keep(state="sent", ended=START, content=None)

    with stopped_at(START + KEPT):
        forget_old_mail()
    assert states() == {sent: "sent"}
    with stopped_at(START + KEPT + SECOND):
        forget_old_mail()

    assert states() == {}
