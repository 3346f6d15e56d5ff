"""An owner asks for the whole shop in one file, sealed with a passphrase of their own."""

from pathlib import Path

import pytest
from django.conf import settings

from stampwell.backups.age import Passphrase
from stampwell.clock import now, stopped_at
from stampwell.events.models import DeskChange
from stampwell.exports.asking import KEPT
from stampwell.exports.models import Export
from stampwell.exports.rows import read_export
from stampwell.ids import public_id
from stampwell.insight.time_zone import change_time_zone
from stampwell.jobs.models import Job
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.moving.at_desk import ARCHIVE
from stampwell.moving.passphrases import strength_of
from stampwell.moving.reading import check
from stampwell.requests.models import StoredAnswer
from stampwell.transactions import merchant_transaction
from tests.exports.working import work
from tests.mailbox import letters
from tests.moving.elsewhere import OTHER_KEY, arrive, forget_shop
from tests.web.api.client import ApiClient
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_confirming import LONG_AGO, asked_first, at_desk
from tests.world import HeldCard, Shop

WORDS = "horses stamp on cold coffee"


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def ask(desk: DeskClient, first: str = WORDS, again: str = WORDS) -> tuple[int, str]:
    answer = desk.send("/exports/shop/", passphrase=first, passphrase_again=again)
    return answer.status_code, words(answer)


def made(shop: Shop) -> Export:
    with merchant_transaction(shop.merchant.id) as tx:
        work(read_export(tx, Export.objects.get().id))
    return Export.objects.get()


def test_it_is_asked_for_fetched_and_read_in_elsewhere(
    desk: DeskClient, lume: Shop, card: HeldCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = card.url[card.url.index("/c/") :]
    assert 'data-strength-of="id_passphrase"' in desk.open("/exports/shop/").content.decode()
    assert ask(desk)[0] == 302
    waiting = bytes(Export.objects.get().passphrase or b"")
    export = made(lume)
    answer = desk.client.get(f"/exports/{public_id('exp', export.id)}/file/")
    (tmp_path / "fetched").write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]

    assert waiting
    assert WORDS.encode() not in waiting
    assert export.passphrase is None
    assert answer["Content-Disposition"].startswith('attachment; filename="cafe-lume-shop-')
    assert "The whole shop" in words(desk.open("/exports/"))
    archive = check(tmp_path / "fetched", [Passphrase(WORDS)])
    assert export.rows == sum(part.rows for part in archive.manifest.parts.values())
    (change,) = DeskChange.objects.filter(kind="export.asked")
    assert change.after == {"subject": "shop", "format": "age"}
    assert change.name == ""
    assert "The whole shop" in words(desk.open("/settings/changes/?kind=exports"))
    forget_shop(lume.merchant)
    monkeypatch.setattr(settings, "TOKEN_KEY", OTHER_KEY)
    arrive(archive)
    Merchant.objects.update(deleting=None)
    assert desk.client.get(link).status_code == 200


def test_who_asked_is_told_once_by_mail_that_it_is_ready_and_until_when(desk: DeskClient, lume: Shop) -> None:
    ask(desk)
    export = made(lume)
    made(lume)

    [letter] = letters()
    assert (letter.to, letter.subject) == ([lume.owner.email], "The file with everything of Café Lume is ready")
    assert f"\n\n{settings.BASE_URL}/exports/\n\n" in letter.body
    assert public_id("exp", export.id) not in letter.body, "to the desk, and not to the file"
    assert "It is deleted at this time: 24 Nov 2026, 12:00" in letter.body
    assert WORDS not in letter.body


def test_who_has_left_meanwhile_is_told_nothing(desk: DeskClient, lume: Shop) -> None:
    ask(desk)
    StaffMember.objects.filter(user=lume.owner).update(left=now())

    made(lume)

    assert letters() == []


def test_what_is_typed_wrongly_is_said_and_nothing_is_made(desk: DeskClient) -> None:
    assert ask(desk, WORDS, WORDS + "s") == (422, ask(desk, WORDS, WORDS + "s")[1])
    said = [
        ask(desk, *typed)[1] for typed in ((WORDS, WORDS + "s"), ("short", "short"), ("a" * 40, "a" * 40), ("", ""))
    ]

    assert "The two passphrases differ." in said[0]
    assert all("This passphrase is too easy to guess." in text for text in said[1:3])
    assert "This field is required." in said[3]
    assert WORDS not in "".join(said)
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("passphrase", "strength"),
    [("coffee", "weak"), ("aaaaaaaaaaaaaaaaaaaaaaaa", "weak"), ("cold coffees", "fair"), (WORDS, "strong")],
)
def test_how_hard_it_is_to_guess(passphrase: str, strength: str) -> None:
    assert strength_of(passphrase) == strength


def test_no_trace_of_the_passphrase_is_kept(desk: DeskClient, lume: Shop) -> None:
    """Not even in what tells two forms apart: whoever has the table could try words on it."""
    key = "0" * 32
    desk.send("/exports/shop/", once=key, passphrase=WORDS, passphrase_again=WORDS)
    desk.send("/exports/shop/", once=key, passphrase=WORDS + "!", passphrase_again=WORDS + "!")

    assert Export.objects.count() == 1
    assert StoredAnswer.objects.filter(idempotency_key__startswith="desk:").count() == 1


def test_it_waits_for_what_is_under_way(desk: DeskClient, lume: Shop) -> None:
    job = Job.objects.create(
        merchant=lume.merchant, kind="new_terms", state="waiting", done=0, cursor="", report={}, problem="", runs=0,
        failures=0, created=now(), source="owner",
    )  # fmt: skip

    status, said = ask(desk)

    assert status == 422
    assert "still under way" in said
    job.delete()
    assert ask(desk)[0] == 302
    assert ask(desk)[0] == 302  # another archive that is being made is in nobody's way
    assert Job.objects.filter(kind=ARCHIVE).count() == 2


def test_it_does_not_wait_for_figures(desk: DeskClient, lume: Shop) -> None:
    """They stay behind, and are counted anew wherever the shop goes."""
    change_time_zone(lume.merchant, "Europe/London", actor=lume.actor)

    assert ask(desk)[0] == 302


def test_an_old_session_and_a_program_get_none(desk: DeskClient, lume: Shop) -> None:
    ask(desk)
    export = public_id("exp", made(lume).id)
    old, api = at_desk(lume, ago=LONG_AGO), ApiClient(lume.api_key())

    assert old.get("/exports/shop/")["Location"] == asked_first("/exports/shop/")
    assert old.post("/exports/shop/", {"passphrase": WORDS})["Location"] == asked_first("/exports/shop/")
    assert old.get(f"/exports/{export}/file/")["Location"] == asked_first("/exports/")
    assert [api.get(f"/exports/{export}").status, api.ask("get", f"/exports/{export}/file").status] == [404, 404]
    assert desk.send("/exports/new/", subject="shop", format="csv").status_code == 422
    assert desk.send("/exports/new/", subject="cards", format="age").status_code == 422
    with stopped_at(now() + KEPT):
        assert "The whole shop" not in words(desk.open("/exports/"))
