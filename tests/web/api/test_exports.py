"""POST /exports, GET /exports/{id} and its file."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from stampwell.clock import now
from stampwell.exports.asking import NAMES
from stampwell.exports.models import Export
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.models import Station
from tests.exports.working import rows_of
from tests.web.api.client import ApiClient
from tests.web.dashboard.test_exports import work_all
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def test_a_program_asks_waits_and_fetches(api: ApiClient, lume: Shop) -> None:
    lume.publish().card(name="Cy")

    asked = api.post("/exports", {"subject": "cards", "filter": {"show": "all"}})
    job = api.get(f"/jobs/{asked.json['job_id']}").json
    work_all(lume)
    read = api.get(f"/exports/{asked.json['id']}").json

    assert (asked.status, asked.json["state"], asked.json["format"]) == (202, "waiting", "csv")
    assert (asked.json["file_url"], asked.json["expires_at"], asked.json["size"]) == (None, None, None)
    assert (job["kind"], job["state"]) == ("export", "waiting")
    assert (read["state"], read["done"], read["total"], read["filter"]) == ("done", 1, 1, {"show": "all"})
    path = read["file_url"].removeprefix(settings.BASE_URL)
    file = Client().get(path, headers={"authorization": f"Bearer {api.key}"})
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["Customer"] for row in rows_of(content)] == ["Cy"]
    assert read["size"] == len(content)


def test_the_same_key_asks_once(api: ApiClient) -> None:
    answers = [api.post("/exports", {"subject": "days"}, key="again") for _time in range(2)]

    assert answers[0].body == answers[1].body
    assert Export.objects.count() == 1


def test_every_filter_of_the_journal_at_once_is_taken(api: ApiClient, lume: Shop) -> None:
    program = lume.publish().program
    device = Station.objects.create(
        merchant=lume.merchant, kind="kiosk", name="Door", location=lume.location, revoked=now()
    )
    wanted = {
        "q": "Cy",
        "kind": "refused",
        "person": public_id("stf", lume.ada.id),
        "device": public_id("dev", device.id),
        "location": public_id("loc", lume.location.id),
        "program": public_id("prg", program.id),
        "reason": "cooldown",
        "weekday": "0",
        "hour": "12",
        "period": "days",
        "from": "2026-03-01",
        "to": "2026-03-02",
    }

    asked = api.post("/exports", {"subject": "journal", "filter": wanted})

    assert set(wanted) == set(NAMES["journal"])
    assert (asked.status, asked.json.get("filter")) == (202, wanted)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"subject": "cards", "filter": {"show": "nonsense"}}, "export_unclear"),
        ({"subject": "cards", "filter": {"sort": "newest"}}, "export_unclear"),
        ({"subject": "everything"}, "invalid_request"),
        ({"subject": "cards", "filter": {"q": 1}}, "invalid_request"),
    ],
)
def test_what_is_not_clear_is_refused(api: ApiClient, body: dict[str, object], code: str) -> None:
    answer = api.post("/exports", body)

    assert (answer.status, answer.code) == (422, code)
    assert not Export.objects.exists()


def test_each_scope_opens_its_own_door(lume: Shop, api: ApiClient) -> None:
    asked = api.post("/exports", {"subject": "days"}).json["id"]
    work_all(lume)
    asks, reads = ApiClient(lume.api_key(Scope.EXPORTS_WRITE)), ApiClient(lume.api_key(Scope.EXPORTS_READ))

    assert reads.post("/exports", {"subject": "days"}).code == "scope_missing"
    assert asks.get(f"/exports/{asked}").code == "scope_missing"
    assert asks.get(f"/exports/{asked}/file").code == "scope_missing"
    assert asks.post("/exports", {"subject": "days"}).status == 202
    assert reads.get(f"/exports/{asked}").status == 200


def test_nobody_else_reads_or_fetches_it(api: ApiClient, rival: ApiClient, lume: Shop) -> None:
    asked = api.post("/exports", {"subject": "days"}).json["id"]
    work_all(lume)

    assert rival.get(f"/exports/{asked}").status == 404
    assert rival.get(f"/exports/{asked}/file").status == 404
    assert ApiClient(None).get(f"/exports/{asked}/file").status == 401
    assert api.get("/exports/exp_nonsense/file").status == 404
