"""Who may call, what a key may do, and what it is shown."""

import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from django.urls import resolve
from django.utils.translation import override
from pytest_django import Settings

from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.events.packing import pack
from stampwell.languages.offered import offered_locales
from stampwell.merchants.access import Scope
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.models import ApiKey, Location
from stampwell.refusal import NotFound
from stampwell.web.api.limiting import forget_rates
from tests.serving import database_url
from tests.wallet.development import lay_development_account, lay_development_chain
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

SHOWN: dict[str, object] = {
    "kind": "static",
    "format": "qr",
    "code_by_location": {},
    "barcode_template": "{code}",
    "pool_id": None,
    "countdown_minutes": 3,
}
LINKS = ("code", "web_url", "apple_pass_url", "google_save_url")


def test_me_says_who_is_calling(api: ApiClient, lume: Shop) -> None:
    me = api.get("/me").json

    assert me["merchant"] == {
        "id": f"mer_{lume.merchant.id.hex}",
        "slug": lume.merchant.slug,
        "name": "Café Lume",
        "locale": "en",
        "currency": "EUR",
        "time_zone": "Europe/Riga",
        "most_stamps_at_once": 10,
        "most_stamps_with_override": 5,
        "writes_to_customers": False,
        "closed_at": None,
    }
    assert me["scopes"] == sorted(Scope)
    assert [place["id"] for place in me["locations"]] == [f"loc_{lume.location.id.hex}"]
    assert me["key"]["location_id"] is None


def test_missing_wrong_and_revoked_keys_are_answered_alike(lume: Shop) -> None:
    revoked = lume.api_key()
    ApiKey.objects.filter(merchant=lume.merchant).update(revoked=now())
    replies = [
        ApiClient(key).get("/me")
        for key in (
            None,
            "",
            revoked,
            f"sk_{lume.merchant.slug}_0000",
            "sk_nobody_0000",
            "sk_\x00_1",
            "pk_lume_1",
            "x" * 3000,
        )
    ]

    assert {(reply.status, reply.code) for reply in replies} == {(401, "unauthorized")}
    assert {reply.body for reply in replies} == {replies[0].body}
    assert replies[0].headers["WWW-Authenticate"] == "Bearer"


def test_another_scheme_than_bearer_is_no_key(lume: Shop) -> None:
    reply = ApiClient(None).get("/me", authorization=f"Basic {lume.api_key()}")

    assert reply.code == "unauthorized"


def test_a_key_without_the_scope_is_told_which_one_is_missing(lume: Shop) -> None:
    reply = ApiClient(lume.api_key(Scope.CARDS_READ)).post("/scans", {"code": "C"})

    assert (reply.status, reply.code) == (403, "scope_missing")
    assert "stamps:write" in reply.json["staff_message"]


@pytest.fixture
def offered_wallets(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.WALLET_OFFER_DEVELOPMENT = True
    lay_development_chain()
    lay_development_account()


def test_a_wallet_that_cannot_be_filled_has_no_address(lume: Shop, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    lay_development_chain()
    lay_development_account()
    card = lume.publish().card()

    shown = ApiClient(lume.api_key(Scope.CARDS_READ, Scope.CARDS_LINKS)).get(f"/cards/crd_{card.id.hex}").json

    assert shown["web_url"] == card.url
    assert (shown["apple_pass_url"], shown["google_save_url"]) == (None, None)


def test_links_are_shown_to_keys_with_a_scope_for_them(lume: Shop, offered_wallets: None) -> None:
    card = lume.publish().card()
    path = f"/cards/crd_{card.id.hex}"

    stamping = ApiClient(lume.api_key(Scope.STAMPS_WRITE)).post(f"{path}/stamps", {}).json["card"]
    reading = ApiClient(lume.api_key(Scope.CARDS_READ)).get(path).json
    seeing = ApiClient(lume.api_key(Scope.CARDS_READ, Scope.CARDS_LINKS)).get(path).json

    for blind in (stamping, reading):
        assert [blind[name] for name in LINKS] == [None] * 4
    assert (seeing["code"], seeing["web_url"]) == (card.code, card.url)
    for name in ("web_url", "apple_pass_url", "google_save_url"):
        assert seeing[name].startswith(card.url)
        assert resolve(urlsplit(seeing[name]).path).route


@pytest.mark.parametrize("call", ["stamps", "scans"])
def test_a_key_overrides_only_with_the_scope_for_it(lume: Shop, call: str) -> None:
    card = lume.publish(earning={"cooldown_seconds": 0}).card()
    path = "/scans" if call == "scans" else f"/cards/crd_{card.id.hex}/stamps"
    body = {"override": True} | ({"code": card.code} if call == "scans" else {})
    plain, trusted = lume.api_key(Scope.STAMPS_WRITE), lume.api_key(Scope.STAMPS_WRITE, Scope.STAMPS_OVERRIDE)

    refused = ApiClient(plain).post(path, body)

    assert (refused.status, refused.code) == (403, "scope_missing")
    assert "stamps:override" in refused.json["staff_message"]
    assert card.row.stamps == 0
    assert ApiClient(trusted).post(path, body).status == 201
    assert ApiClient(plain).post(path, body | {"override": False}).status == 201


def test_old_keys_that_add_stamps_may_still_override(lume: Shop) -> None:
    stamps, reads = (
        issue_api_key(lume.merchant, name="Old", scopes=[scope])[0] for scope in ("stamps:write", "cards:read")
    )

    with connection.schema_editor() as editor:
        import_module("stampwell.migrations.0018_staff_limits").keep_override(None, editor)

    stamps.refresh_from_db()
    reads.refresh_from_db()
    assert (stamps.scopes, reads.scopes) == (["stamps:write", "stamps:override"], ["cards:read"])


def test_who_makes_a_card_or_a_voucher_gets_its_links(lume: Shop, offered_wallets: None) -> None:
    offer = lume.publish()
    makes = ApiClient(lume.api_key(Scope.CARDS_WRITE, Scope.CARDS_READ))
    gives = ApiClient(lume.api_key(Scope.VOUCHERS_WRITE, Scope.VOUCHERS_READ))

    card = makes.post("/cards", {"program_id": f"prg_{offer.program.id.hex}"}).json
    reward = f"rwd_{offer.terms.milestones[0].reward.id.hex}"
    voucher = gives.post("/vouchers", {"card_id": card["id"], "reward_id": reward}).json

    assert all(card[name] for name in LINKS)
    assert all(voucher[name] for name in ("code", "web_url"))
    assert voucher["apple_pass_url"] == f"{voucher['web_url']}/apple"
    assert makes.get(f"/cards/{card['id']}").json["web_url"] is None
    read = gives.get(f"/vouchers/{voucher['id']}").json
    assert (read["web_url"], read["apple_pass_url"]) == (None, None)


def test_a_programs_redeem_codes_are_shown_to_keys_that_write_programs(lume: Shop) -> None:
    path = f"/programs/prg_{lume.publish().program.id.hex}"

    def codes_for(*scopes: Scope) -> list[dict[str, str] | None]:
        read = ApiClient(lume.api_key(Scope.PROGRAMS_READ, *scopes)).get(path).json
        return [one["reward"]["redeem_code"] for one in read["milestones"]]

    assert codes_for() == [
        None,
        {**SHOWN, "code": None},
    ]
    assert codes_for(Scope.PROGRAMS_WRITE) == [
        None,
        {**SHOWN, "code": "FREECOFFEE"},
    ]
    assert codes_for(Scope.CARDS_LINKS) == codes_for(Scope.PROGRAMS_WRITE)


def test_old_events_are_read_without_their_redeem_codes(api: ApiClient, lume: Shop) -> None:
    lume.publish()
    event = Event.objects.get(merchant=lume.merchant, type="program.published")
    old = event.data
    old["program"]["milestones"][1]["reward"]["redeem_code"]["code"] = "FREECOFFEE"
    Event.objects.filter(merchant=lume.merchant, id=event.id).update(packed=pack(json.dumps(old).encode()))

    (read,) = api.get("/events").json["items"]

    rewards = [one["reward"]["redeem_code"] for one in read["data"]["program"]["milestones"]]
    assert rewards == [
        None,
        {**SHOWN, "code": None},
    ]


@pytest.mark.parametrize(
    ("old", "keeps"),
    [
        (["cards:read"], False),
        (["cards:read", "vouchers:read", "programs:read", "events:read", "stamps:write"], False),
        (["vouchers:redeem"], False),
        (["vouchers:redeem", "cards:read"], True),
        (["vouchers:redeem", "vouchers:read"], True),
        (["cards:write"], True),
        (["vouchers:write"], True),
        (["cards:links", "cards:write"], True),
    ],
)
def test_old_keys_keep_the_links_that_they_were_meant_to_have(lume: Shop, old: list[str], keeps: bool) -> None:
    key, _text = issue_api_key(lume.merchant, name="Old", scopes=old)

    with connection.schema_editor() as editor:
        import_module("stampwell.migrations.0017_links_scope").keep_links(None, editor)

    key.refresh_from_db()
    assert key.scopes == ([*old, "cards:links"] if keeps and "cards:links" not in old else old)


def test_a_redeem_code_is_shown_to_keys_that_may_redeem(lume: Shop) -> None:
    card = lume.publish().card()
    given = ApiClient(lume.api_key()).post(f"/cards/crd_{card.id.hex}/stamps", {"count": 10}).json
    voucher = next(one for one in given["vouchers_issued"] if one["redeem_code"])

    reader = ApiClient(lume.api_key(Scope.VOUCHERS_READ)).get(f"/vouchers/{voucher['id']}").json
    till = ApiClient(lume.api_key(Scope.VOUCHERS_READ, Scope.VOUCHERS_REDEEM)).get(f"/vouchers/{voucher['id']}").json

    assert reader["redeem_code"] == {"kind": "static", "format": "qr", "code": None, "code_by_location": {}}
    assert till["redeem_code"] == {"kind": "static", "format": "qr", "code": "FREECOFFEE", "code_by_location": {}}
    assert (reader["web_url"], reader["code"]) == (None, None)


def test_a_redeem_code_is_not_shown_before_the_voucher_is_ready(lume: Shop) -> None:
    later = {
        "stamps": 1,
        "reward": {
            "name": "A coffee",
            "path": "redeem_code",
            "active_after_seconds": 3600,
            "redeem_code": {"kind": "static", "code": "LATER"},
        },
    }
    card = lume.publish(goal=1, milestones=[later]).card()

    given = ApiClient(lume.api_key()).post(f"/cards/crd_{card.id.hex}/stamps", {}).json["vouchers_issued"][0]

    assert given["state"] == "pending"
    assert given["redeem_code"] == {"kind": "static", "format": "text", "code": None, "code_by_location": {}}


def test_a_key_bound_to_a_location_acts_only_there(lume: Shop) -> None:
    other = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    bound = ApiClient(issue_api_key(lume.merchant, name="Till", scopes=list(Scope), location=lume.location)[1])
    path = f"/cards/crd_{lume.publish(earning={'cooldown_seconds': 0}).card().id.hex}/stamps"

    here = bound.post(path, {})
    named = bound.post(path, {"location_id": f"loc_{lume.location.id.hex}"})
    elsewhere = bound.post(path, {"location_id": f"loc_{other.id.hex}"})

    assert here.json["stamp"]["location_id"] == named.json["stamp"]["location_id"] == f"loc_{lume.location.id.hex}"
    assert (elsewhere.status, elsewhere.code) == (403, "location_not_allowed")


def test_answers_speak_the_language_that_is_asked_for() -> None:
    api = ApiClient(Shop("Kohvik", "mari@kohvik.example", locale="et").api_key())
    expected = {locale: title_in(locale) for locale in offered_locales()}

    asked = {locale: api.get("/cards/crd_0", accept_language=locale).json["title"] for locale in expected}
    unknown = api.get("/cards/crd_0", accept_language="xx, tlh;q=0.9").json["title"]
    unasked = api.get("/cards/crd_0").json["title"]

    assert asked == expected
    assert unknown == unasked == expected["et"]


def title_in(locale: str) -> str:
    with override(locale):
        return str(NotFound.title)


def test_a_key_gets_no_more_than_its_share(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stampwell.web.api.limiting.MOST", 3)

    replies = [api.get("/me") for _ in range(4)]

    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[0].headers["RateLimit-Limit"] == "3"
    assert [reply.headers["RateLimit-Remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert replies[3].code == "too_many_requests"
    assert timedelta(seconds=int(replies[3].headers["Retry-After"])) <= timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_costs_nobody_an_answer(api: ApiClient) -> None:
    assert api.get("/me").status == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    with psycopg.connect(database_url(), autocommit=True) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s::int, 5000::bigint)", [ours])

    assert api.get("/me").status == 200


def test_all_processes_count_together(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stampwell.web.api.limiting.MOST", 3)
    monkeypatch.setattr("stampwell.web.api.limiting.TELL_AFTER_REQUESTS", 1)
    moment = now().replace(second=10)
    with stopped_at(moment):
        here = [api.get("/me").status for _ in range(2)]
        forget_rates()  # as if the next requests went to another process
        there = [api.get("/me").status for _ in range(2)]
    forget_rates()
    with stopped_at(moment + timedelta(minutes=1)):
        next_minute = api.get("/me").status

    assert (here, there, next_minute) == ([200, 200], [200, 429], 200)
