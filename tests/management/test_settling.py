"""What a restored database needs before it serves: nothing goes out twice, and phones are told again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from stampwell.backups import BackupTrouble
from stampwell.cards.recounting import RECOUNT
from stampwell.clock import now
from stampwell.events.actors import OPERATOR
from stampwell.jobs.asking import ask_for, retry_job
from stampwell.jobs.models import Job
from stampwell.mail.queue import Content, keep_mail, retry_mail
from stampwell.management.settling import hold_back, require_fitting_key
from stampwell.transactions import merchant_transaction
from stampwell.wallet.apple.changes import TAGS_OF_A_LOST_TIME
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.models import Pass, WalletFeed
from stampwell.wallet.whole_shop import BEGINNING
from stampwell.webhooks.asking_again import retry_delivery, send_test
from stampwell.webhooks.claiming import QUICK, claim_visit
from stampwell.webhooks.connecting import Wanted, add_endpoint
from tests.mailbox import letters
from tests.world import Shop


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        row = cursor.fetchone()
    return int(row[0])


def test_open_jobs_are_set_aside_until_somebody_retries_them(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        job_id = ask_for(tx, RECOUNT, asker=OPERATOR)

    hold_back()

    job = Job.objects.get(id=job_id)
    assert (job.state, job.problem, job.place, queued()) == ("failed", "restored", None, 0)
    assert retry_job(lume.merchant.id, job_id)
    assert queued() == 1


def test_mail_that_waited_is_set_aside_until_somebody_retries_it(lume: Shop) -> None:
    mail_id = keep_mail("ada@lume.example", Content("Hello", "Hello"), kind="trial", expires=now() + timedelta(days=1))

    hold_back()

    assert letters() == []
    assert retry_mail(mail_id)
    assert [letter.to for letter in letters()] == [["ada@lume.example"]]


def test_events_that_waited_for_a_webhook_are_set_aside_until_somebody_retries_them(lume: Shop) -> None:
    wanted = Wanted(url="https://hooks.example.com/")
    delivery = send_test(lume.merchant, add_endpoint(lume.merchant, wanted, actor=lume.actor).row.id)

    hold_back()

    assert claim_visit(lume.merchant.id, QUICK) is None
    assert retry_delivery(lume.merchant, delivery.id).state == "waiting"
    assert claim_visit(lume.merchant.id, QUICK)


def test_every_phone_hears_of_every_pass_again(lume: Shop) -> None:
    """Under tags that no phone has seen: it may know some that were given after the backup."""
    held = Pass.objects.create(
        merchant=lume.merchant, card_id=lume.publish().card().id, pass_type="pass.a", serial="s", shown=b"x", tag=3
    )
    WalletFeed.objects.create(merchant=lume.merchant, last_tag=3)

    hold_back()

    feed = WalletFeed.objects.get(merchant=lume.merchant)
    held.refresh_from_db()
    assert feed.last_tag == 3 + TAGS_OF_A_LOST_TIME
    assert (feed.apple_after, feed.google_after) == (BEGINNING, BEGINNING)
    assert bytes(held.shown) == b""


def test_nothing_at_google_is_trusted_but_what_a_phone_removed_stays_away(lume: Shop) -> None:
    def stands(kind: str, state: str, **more: object) -> GoogleObject:
        made: GoogleObject = GoogleObject.objects.create(
            merchant=lume.merchant,
            kind=kind,
            subject_id=lume.merchant.id,
            object_id=f"{kind}-{state}-{len(more)}",
            state=state,
            digest=b"d" if state in ("whole", "ended") else None,
            **more,
        )
        return made

    doubted = [stands("card", "whole"), stands("card", "ended"), stands("voucher", "whole")]
    left = [
        stands("card", "absent"),
        stands("voucher", "ended"),
        stands("card", "whole", removed=lume.merchant.created),
    ]

    hold_back()

    for row in (*doubted, *left):
        row.refresh_from_db()
    assert [row.state for row in doubted] == ["unknown"] * 3
    assert [row.state for row in left] == ["absent", "ended", "whole"]


def test_it_may_be_done_again(lume: Shop) -> None:
    hold_back()
    hold_back()

    assert not Job.objects.exists()


def test_a_key_that_opens_no_card_is_noticed(lume: Shop) -> None:
    lume.publish().card()

    require_fitting_key()
    with override_settings(TOKEN_KEY=b"1" * 32), pytest.raises(BackupTrouble, match="does not open its cards"):
        require_fitting_key()
