"""Mail goes out from the queue: once as far as that can be, in the reader's language, and again where it went wrong."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from django.core import mail as sent
from django.db import connection
from django.test import Client
from django.utils.translation import gettext, override
from pytest_django import Settings

from stampwell.clock import now, stopped_at
from stampwell.mail.configuration import read_mail
from stampwell.mail.models import Mail, Rank
from stampwell.mail.queue import SEALED_BY_ANOTHER_KEY, Content, QueuedMail, keep_mail, list_mail, retry_mail
from stampwell.mail.sending import (
    BY_RANK,
    CLAIMED,
    FAIR_TURN,
    FURTHEST,
    LATER,
    SHUT_OUT,
    _due,
    _take_in_hand,
    _write,
    send_due,
)
from tests.doubles.smtp import END, PASSWORD, USER, MailServer, running_mail_server
from tests.moments import START
from tests.serving import database_url, free_port
from tests.world import Shop

DAY = timedelta(days=1)
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
EVE = "eve@lume.example"


@pytest.fixture
def server(db: None, settings: Settings) -> Iterator[MailServer]:
    """A mail server, and a product that is set up to send through it."""
    with running_mail_server() as double:
        send_through(settings, PORT=str(double.port))
        yield double


def send_through(settings: Settings, **others: str) -> None:
    said = {"HOST": "127.0.0.1", "TLS": "off", "USER": USER, "PASSWORD": PASSWORD, **others}
    mailer, settings.DEFAULT_FROM_EMAIL = read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in said.items()})
    settings.MAILERS = {"default": mailer}


def keep(recipient: str = EVE, *, lasts: timedelta = 30 * DAY, rank: Rank = Rank.USUAL) -> None:
    keep_mail(recipient, Content("Hello", "Hello there.\n"), kind="trial", expires=now() + lasts, rank=rank)


def only() -> QueuedMail:
    [mail] = list_mail()
    return mail


def ask_for_a_password(language: str, email: str) -> Any:
    return Client(headers={"accept-language": language}).post("/accounts/password/reset/", {"email": email})


@pytest.mark.parametrize("language", ["en", "kk", "ja"])
def test_a_link_for_a_new_password_arrives_and_works(server: MailServer, lume: Shop, language: str) -> None:
    with override(language):
        subject = gettext("Choose a new password")

    assert ask_for_a_password(language, lume.owner.email).status_code == 302
    send_due()

    [mail] = server.mails
    assert server.is_signed_in
    assert (mail["To"], mail["From"]) == (lume.owner.email, USER)
    assert mail["Subject"] == subject
    body = mail.get_body(["plain"])
    assert body is not None
    link = re.search(
        r"^https?://\S+/accounts/password/reset/key/\S+$", "\n".join(body.get_content().splitlines()), re.M
    )
    assert link is not None
    visitor = Client()
    page = visitor.get(re.sub(r"^https?://[^/]+", "", link[0]), follow=True)
    new = "four words in a row"
    visitor.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    answer = visitor.post("/accounts/login/", {"login": lume.owner.email, "password": new})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_mail_that_advertises_carries_the_address_that_ends_such_mails(server: MailServer) -> None:
    address = "https://stamps.example/u/lume/" + "0" * 64
    news = Content("News", "Tea is new.\n", unsubscribe=address)
    keep_mail(EVE, news, kind="news", expires=now() + DAY)
    keep()
    send_due()

    wanted, other = sorted(server.mails, key=lambda mail: str(mail["Subject"]), reverse=True)
    assert wanted["List-Unsubscribe"] == f"<{address}>"
    assert wanted["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert other["List-Unsubscribe"] is None
    assert other["List-Unsubscribe-Post"] is None


def test_no_page_waits_for_the_mail_server(server: MailServer, lume: Shop) -> None:
    ask_for_a_password("en", lume.owner.email)

    assert server.visits == 0
    assert only().state == "waiting"


@pytest.mark.parametrize(
    ("answers", "becomes", "why"),
    [
        ({"GREETING": "554 go away"}, "waiting", "did not take the mail (answer 554)."),
        ({"AUTH": "535 not you"}, "waiting", "does not take STAMPWELL_MAIL_USER and STAMPWELL_MAIL_PASSWORD."),
        ({"AUTH": "454 later"}, "waiting", "does not take STAMPWELL_MAIL_USER and STAMPWELL_MAIL_PASSWORD."),
        ({"MAIL": "553 who are you"}, "waiting", "does not take STAMPWELL_MAIL_FROM as a sender (answer 553)."),
        ({"RCPT": "421 closing"}, "waiting", "does not take mail for this person (answer 421)."),
        ({"RCPT": "450 {person} must wait"}, "waiting", "does not take mail for this person (answer 450)."),
        ({"RCPT": "550 {person} is not here"}, "failed", "does not take mail for this person (answer 550)."),
        ({"DATA": "452 full"}, "waiting", "did not take the mail (answer 452)."),
        ({"DATA": "554 no such mail"}, "failed", "did not take the mail (answer 554)."),
        ({END: "451 try later"}, "waiting", "did not take the mail (answer 451)."),
        ({END: "552 {person} has no space"}, "failed", "did not take the mail (answer 552)."),
        ({END: "well, well"}, "waiting", "did not take the mail (answer -1)."),
    ],
)
def test_what_the_server_refuses_is_told_without_the_person(
    server: MailServer, caplog: pytest.LogCaptureFixture, answers: dict[str, str], becomes: str, why: str
) -> None:
    server.answers = {verb: answer.format(person=EVE) for verb, answer in answers.items()}
    keep()

    send_due()

    problem = f"127.0.0.1:{server.port} {why} `stampwell mail check` tries it again."
    assert (only().state, only().problem) == (becomes, problem)
    [told] = [record.getMessage() for record in caplog.records if record.name == "stampwell.mail.sending"]
    assert told == f"A mail (trial) was not sent. {problem}"


def test_who_is_put_off_is_tried_again_until_it_is_given_up(server: MailServer) -> None:
    server.answers = {"RCPT": "450 not now"}
    keep()

    pauses = []
    while (mail := only()).state == "waiting":
        with stopped_at(mail.due):
            send_due()
            pauses.append(only().due - now())

    assert only().state == "failed"
    assert all(plan <= pause <= plan * 1.2 for plan, pause in zip(LATER.pauses, pauses, strict=False))
    assert server.visits == len(LATER.pauses) + 1
    server.answers = {}
    retry_mail(Mail.objects.get().id)
    send_due()
    assert (only().state, len(server.mails)) == ("sent", 1)


@pytest.mark.parametrize("verb", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT"])
def test_a_server_that_hangs_up_takes_the_mail_when_it_is_back(server: MailServer, verb: str) -> None:
    server.leaves_at = verb
    keep()
    keep("ada@lume.example")

    assert send_due().is_shut
    assert server.visits == 1
    server.leaves_at = ""
    done = send_due()

    assert (done.taken, done.is_shut) == (2, False)
    assert {mail["To"] for mail in server.mails} == {EVE, "ada@lume.example"}


@pytest.mark.parametrize("verb", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT"])
def test_a_server_that_hangs_is_left(server: MailServer, settings: Settings, verb: str) -> None:
    settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.2
    server.hangs_at = verb
    keep()

    assert send_due().is_shut

    assert (only().state, only().due) == ("waiting", START)
    assert "does not answer" in only().problem


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT"])
def test_a_server_that_talks_without_end_is_cut_short(server: MailServer, settings: Settings, verb: str) -> None:
    settings.MAILERS["default"]["OPTIONS"]["whole"] = 0.3
    server.talks_at = verb
    keep()

    assert send_due().is_shut

    assert "does not answer" in only().problem


def test_a_mail_that_was_taken_without_a_word_is_tried_seldom_and_under_the_same_id(server: MailServer) -> None:
    """The server may have taken it, so each try may be one too many; who got two can tell by their ids."""
    server.leaves_at = END
    keep()

    moments = [START]
    while (mail := only()).state == "waiting":
        with stopped_at(mail.due):
            send_due()
            moments.append(only().due)

    assert only().state == "failed"
    assert "did not say whether it took the mail" in only().problem
    assert moments[1] - START >= timedelta(minutes=15)
    assert len(server.mails) == 3
    assert len({(mail["Message-ID"], mail["Date"]) for mail in server.mails}) == 1


def test_a_server_that_hangs_after_the_mail_may_have_taken_it(server: MailServer, settings: Settings) -> None:
    settings.MAILERS["default"]["OPTIONS"]["answer_to_mail"] = 0.2
    server.hangs_at = END
    keep()
    keep("ada@lume.example")

    assert not send_due().is_shut

    assert all("did not say whether it took the mail" in mail.problem for mail in list_mail())


def test_a_server_that_hangs_when_we_leave_has_taken_the_mail(server: MailServer) -> None:
    server.hangs_at = "QUIT"
    keep()

    send_due()

    assert (only().state, len(server.mails)) == ("sent", 1)


def test_a_server_that_is_not_there_is_asked_again(settings: Settings, db: None) -> None:
    port = free_port()
    send_through(settings, PORT=str(port))
    keep()

    assert send_due().is_shut

    assert (only().state, only().due) == ("waiting", START)
    assert "Nobody answers at 127.0.0.1:" in only().problem


def test_a_person_whose_address_no_server_takes_holds_up_nobody(server: MailServer) -> None:
    keep("müller@lume.example")
    keep()

    send_due()

    assert [mail["To"] for mail in server.mails] == [EVE]
    [failed] = list_mail(state="failed")
    assert failed.problem.startswith("Mail cannot be sent to an address that is written like this.")


def test_what_leads_nowhere_any_more_is_not_sent(server: MailServer) -> None:
    keep(lasts=DAY)

    with stopped_at(START + DAY):
        send_due()

    assert (only().state, server.visits) == ("expired", 0)
    assert Mail.objects.get().content is None


def test_what_was_sent_is_not_kept(server: MailServer) -> None:
    keep()

    send_due()
    send_due()

    assert len(server.mails) == 1
    assert (only().state, only().recipient, Mail.objects.get().content) == ("sent", EVE, None)


def test_the_longest_due_goes_first(server: MailServer) -> None:
    for number in range(3):
        keep(f"p{number}@lume.example")

    send_due()

    assert [mail["To"] for mail in server.mails] == [f"p{number}@lume.example" for number in range(3)]


def keep_many(number: int) -> None:
    for one in range(number):
        keep(f"p{one}@lume.example")


def test_a_link_for_a_new_password_goes_before_all_that_nobody_waits_for(server: MailServer, lume: Shop) -> None:
    keep_many(3)
    with stopped_at(START + timedelta(minutes=1)):
        ask_for_a_password("en", lume.owner.email)
        ask_for_a_password("en", "stranger@lume.example")

        send_due()

    assert [mail["To"] for mail in server.mails[:2]] == [lume.owner.email, "stranger@lume.example"]
    assert len(server.mails) == 5


def test_each_tenth_mail_is_the_longest_due_however_many_are_awaited(server: MailServer) -> None:
    keep_many(2)
    for number in range(FAIR_TURN + 2):
        keep(f"w{number}@lume.example", rank=Rank.AWAITED)

    send_due()

    to = [str(mail["To"]) for mail in server.mails]
    assert [place for place, who in enumerate(to) if who.startswith("p")] == [FAIR_TURN - 1, FAIR_TURN + 3]


def test_an_awaited_mail_at_which_the_server_hangs_up_holds_up_no_other_for_long(server: MailServer) -> None:
    server.answers = {"RCPT": "421 closing"}
    keep(EVE, rank=Rank.AWAITED)
    keep("ada@lume.example")

    for number in range(SHUT_OUT):
        with stopped_at(START + timedelta(minutes=number)):
            assert send_due().is_shut

    assert {mail.recipient: mail.claims for mail in list_mail()} == {EVE: SHUT_OUT, "ada@lume.example": 0}
    server.answers = {}
    with stopped_at(START + timedelta(hours=1)):
        send_due()
    assert [mail["To"] for mail in server.mails] == ["ada@lume.example", EVE]


def test_the_next_mail_is_found_by_an_index_however_many_wait(db: None) -> None:
    keep(rank=Rank.AWAITED)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail SELECT gen_random_uuid(), kind, recipient, content, about, state, created,"
            " due - n * interval '1 second', expires, ended, claims, failures, problem, 1"
            " FROM mail, generate_series(1, 3000) n"
        )
        cursor.execute("ANALYZE mail")

    assert "mail_by_rank" in _due().order_by(*BY_RANK)[:1].explain()
    assert "mail_due" in _due().order_by("due", "id")[:1].explain()


def test_a_mail_whose_key_is_gone_holds_up_nobody(
    server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    ours = settings.TOKEN_KEY
    settings.TOKEN_KEY = b"1" * 32
    keep(rank=Rank.AWAITED)
    settings.TOKEN_KEY = ours
    keep("ada@lume.example")

    assert send_due().taken == 1

    [failed] = list_mail(state="failed")
    assert (failed.recipient, failed.claims) == (SEALED_BY_ANOTHER_KEY, 1)
    assert failed.problem.startswith("It was sealed with a STAMPWELL_TOKEN_KEY that is gone.")
    assert failed.problem in caplog.text
    settings.TOKEN_KEY = b"1" * 32
    retry_mail(Mail.objects.get(state="failed").id)
    send_due()
    assert [mail["To"] for mail in server.mails] == ["ada@lume.example", EVE]


def test_who_was_killed_with_a_mail_in_hand_leaves_it_to_the_next(server: MailServer) -> None:
    keep()
    in_hand = _take_in_hand()
    assert in_hand

    send_due()
    assert server.mails == []
    with stopped_at(START + CLAIMED):
        send_due()

    assert (only().state, only().claims, len(server.mails)) == ("sent", 2, 1)
    assert not _write(in_hand, state="failed")


def test_what_was_put_off_while_a_clock_was_ahead_goes_now(server: MailServer) -> None:
    keep()
    Mail.objects.update(due=START + FURTHEST + DAY, expires=START + FURTHEST + 2 * DAY)

    send_due()

    assert only().state == "sent"


def test_what_was_kept_while_a_clock_was_ahead_goes_now(server: MailServer) -> None:
    with stopped_at(START + timedelta(hours=1)):
        keep()

    send_due()
    send_due()

    assert (only().state, len(server.mails)) == ("sent", 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once() -> None:
    for number in range(30):
        keep(f"p{number}@lume.example")

    def work(_number: int) -> int:
        try:
            return send_due().taken
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        taken = sum(workers.map(work, range(2)))

    assert taken == 30
    assert sorted(letter.to[0] for letter in sent.outbox) == sorted(f"p{number}@lume.example" for number in range(30))


class Disconnecting(list[EmailMessage]):
    """Takes a mail, and the database leaves whoever sends it just then."""

    def append(self, mail: EmailMessage) -> None:
        super().append(mail)
        if len(self) == 1:
            with psycopg.connect(database_url(), autocommit=True) as session:
                session.execute(END_OTHERS)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_while_a_mail_is_taken_makes_no_second_one(server: MailServer) -> None:
    server.mails = Disconnecting()
    keep()

    send_due()

    assert (only().state, len(server.mails)) == ("sent", 1)
