"""A program says where events are sent, and sees what became of that."""

import pytest

from stampwell.merchants.access import Scope
from stampwell.merchants.closing import close_shop
from stampwell.tokens import unseal
from stampwell.web.api.schema import openapi
from stampwell.webhooks.connecting import MOST
from stampwell.webhooks.models import WebhookEndpoint
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.com/stampwell?token=s3cret"


def test_a_webhook_is_added_listed_and_deleted(api: ApiClient, lume: Shop) -> None:
    asked = {"url": URL, "types": ["stamp.added"], "location_ids": [f"loc_{lume.location.id.hex}"], "app": "zapier"}
    made = api.post("/webhooks", asked, key="k1")
    again = api.post("/webhooks", asked, key="k1")

    assert made.status == 201
    assert made.body == again.body
    assert made.json["secret"].startswith("whsec_")
    shown = {name: said for name, said in made.json.items() if name != "secret"}
    assert api.get("/webhooks").json == {"webhooks": [shown]}
    assert {name: shown[name] for name in asked} == asked
    row = WebhookEndpoint.objects.get()
    assert b"hooks.example.com" not in bytes(row.sealed_url)
    assert unseal(bytes(row.sealed_url)).decode() == URL

    gone = api.send("DELETE", f"/webhooks/{shown['id']}")
    assert (gone.status, gone.body) == (204, b"")
    assert api.send("DELETE", f"/webhooks/{shown['id']}").code == "not_found"
    assert api.get("/webhooks").json == {"webhooks": []}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://hooks.example.com:8080/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://0x7f.1/",
        "https://user:pass@hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://",
        " https://hooks.example.com/",
    ],
)
def test_an_address_that_is_not_the_open_internets_is_refused(api: ApiClient, url: str) -> None:
    assert api.post("/webhooks", {"url": url}).code == "webhook_address_refused"


def test_slips_are_refused(api: ApiClient, lume: Shop) -> None:
    wrong = api.post("/webhooks", {"url": URL, "types": ["stamp.added", "stamp.aded"]})
    assert wrong.json["errors"][0]["pointer"] == "/types/1"
    assert api.post("/webhooks", {"url": URL, "location_ids": ["loc_" + "0" * 32]}).code == "not_found"
    blind = ApiClient(lume.api_key(Scope.WEBHOOKS_WRITE))
    assert blind.post("/webhooks", {"url": URL}).code == "scope_missing"
    for _number in range(MOST):
        assert api.post("/webhooks", {"url": URL}).status == 201
    assert api.post("/webhooks", {"url": URL}).code == "too_many_webhooks"


def test_its_secret_changes_and_the_old_one_counts_for_a_day(api: ApiClient) -> None:
    made = api.post("/webhooks", {"url": URL}).json
    rotated = api.post(f"/webhooks/{made['id']}/rotation")

    assert rotated.status == 201
    assert rotated.json["secret"] not in ("", made["secret"])
    assert rotated.json["old_secret_until"] is not None


def test_what_was_sent_is_listed_the_latest_first(api: ApiClient) -> None:
    webhook = api.post("/webhooks", {"url": URL}).json["id"]
    asked = [api.post(f"/webhooks/{webhook}/test").json for _number in range(3)]

    first = api.get(f"/webhooks/{webhook}/deliveries?limit=2").json
    second = api.get(f"/webhooks/{webhook}/deliveries?limit=2&after={first['next']}").json

    assert first["items"] + second["items"] == asked[::-1]
    assert second["next"] is None
    one = api.get(f"/deliveries/{asked[0]['id']}").json
    assert one == {**asked[0], "body": one["body"]}
    assert (one["body"]["id"], one["body"]["type"]) == (asked[0]["event_id"], "webhook.test")
    retried = api.post(f"/deliveries/{asked[0]['id']}/retry")
    assert (retried.status, retried.json["state"]) == (202, "waiting")
    replay = api.post(f"/webhooks/{webhook}/replay", {"after": 0})
    assert (replay.status, replay.json["replay_after"]) == (202, 0)


def test_a_closed_shop_deletes_nothing(api: ApiClient, lume: Shop) -> None:
    webhook = api.post("/webhooks", {"url": URL}).json["id"]
    close_shop(lume.merchant.id)

    assert api.send("DELETE", f"/webhooks/{webhook}").code == "shop_closed"


def test_the_document_says_what_is_sent() -> None:
    sent = openapi()["webhooks"]["event"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    fields = openapi()["components"]["schemas"][sent["$ref"].rsplit("/", 1)[1]]

    assert set(fields["required"]) == set(fields["properties"]) >= {"sequence", "left_out"}
    assert "webhook.test" in str(fields["properties"]["type"])
