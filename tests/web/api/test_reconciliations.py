"""A program compares the till's report: POST /reconciliations, and what came of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.access import Scope
from stampwell.reconciling import receiving
from tests.reconciling.test_taken_off import off
from tests.reconciling.working import coffee_shop, hand_in, line_of, report_of, show_one, work
from tests.web.api.client import ApiClient, Reply
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def send(api: ApiClient, report: str, more: str = "", *, key: str | None = "new") -> Reply:
    return api.post(f"/reconciliations?name=till.csv{more}", report.encode(), key=key)


def work_on(shop: Shop, shown: Reply) -> None:
    assert shown.status == 202, shown.body
    work(shop, wanted_id("rcn", shown.json["id"]))


def test_one_call_compares_and_tells_what_is_not_fine(api: ApiClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    dear = show_one(off(lume, "THREE", 300), now() - timedelta(hours=4))
    other = show_one(off(lume, "SEVEN", 700), now() - timedelta(hours=3))
    leaked = line_of("FREECOFFEE", now() - timedelta(hours=1), "Harbour", "3.50", "A-18")
    offs = line_of("THREE", dear.at, discount="30.00"), line_of("SEVEN", other.at, discount="7.00")

    asked = send(api, report_of(line_of("FREECOFFEE", used.at, receipt="A-17"), leaked, *offs))
    work_on(lume, asked)
    done = api.get(f"/reconciliations/{asked.json['id']}").json

    assert (asked.json["state"], asked.json["found"], asked.json["rows"]) == ("comparing", None, [])
    assert asked.json["columns"] == ["code", "at", "place", "amount", "receipt"]
    assert (done["state"], done["name"], done["till"]) == ("compared", "till.csv", None)
    assert (done["found"]["confirmed"], done["found"]["uses"], done["found"]["currency"]) == (2, 4, "EUR")
    verdicts = {one["verdict"]: (one["uses"], one["discount"]) for one in done["found"]["verdicts"]}
    assert (verdicts["leaked"], verdicts["took_more"]) == ((1, 350), (1, 3_000))
    row, more = done["rows"]
    assert (more["verdict"], more["discount"], more["allowed_discount"]) == ("took_more", 3_000, 300)
    assert (more["voucher_id"], row["allowed_discount"]) == (public_id("vch", dear.voucher_id), None)
    assert (row["verdict"], row["row"], row["place"], row["receipt_id"]) == ("leaked", 3, "Harbour", "A-18")
    assert "FREECOFFEE" not in str(done), "the code may still be used"
    (listed,) = api.get("/reconciliations").json["items"]
    assert (listed["id"], listed["rows"]) == (done["id"], None)
    assert api.get(f"/jobs/{done['job_id']}").json["kind"] == "reconcile"
    events = api.get("/events?type=voucher.confirmed").json["items"]
    assert [event["data"]["confirmation"]["reconciliation_id"] for event in events] == [done["id"]] * 3


def test_the_same_key_compares_once_and_the_same_file_only_when_told(api: ApiClient, lume: Shop) -> None:
    report = report_of(line_of("FREECOFFEE", show_one(coffee_shop(lume), now() - timedelta(hours=5)).at))
    first = send(api, report, key="k1")
    assert send(api, report, key="k1").json["id"] == first.json["id"]
    work_on(lume, first)

    again = send(api, report, key="k2")

    assert (again.status, again.json["code"]) == (409, "report_compared_before")
    assert send(api, report, "&again=true", key="k3").status == 202


def test_what_the_headings_do_not_say_can_be_said(api: ApiClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    report = f"Foo,Bar\n{used.at.isoformat()},3.50\n"

    refused = send(api, report, key="k1")
    place = public_id("loc", lume.location.id)
    asked = send(api, report, f"&columns=at,amount&code=FREECOFFEE&location_id={place}", key="k2")
    work_on(lume, asked)

    assert (refused.status, refused.json["code"]) == (422, "report_unclear")
    done = api.get(f"/reconciliations/{asked.json['id']}").json
    assert [(one["location_id"], one["uses"]) for one in done["found"]["places"]] == [(place, 1)]


def test_each_scope_opens_its_own_door(lume: Shop) -> None:
    report = report_of(line_of("X", now()))
    writes = ApiClient(lume.api_key(Scope.RECONCILIATIONS_WRITE))
    reads = ApiClient(lume.api_key(Scope.RECONCILIATIONS_READ))
    made = send(writes, report)

    assert (made.status, send(reads, report).status) == (202, 403)
    assert (reads.get(f"/reconciliations/{made.json['id']}").status, writes.get("/reconciliations").status) == (
        200,
        403,
    )


def test_a_strangers_report_is_not_found(api: ApiClient, rossi: Shop) -> None:
    theirs = send(ApiClient(rossi.api_key()), report_of(line_of("X", now())))

    assert api.get(f"/reconciliations/{theirs.json['id']}").status == 404


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ("code=%00", "?code"),
        (f"code={'A' * 151}", "?code"),
        ("first_day=0001-01-01", "?first_day"),
        ("first_day=1960-01-01", "?first_day"),
        ("last_day=9999-12-31", "?last_day"),
        ("first_day=2026-11-02&last_day=2026-11-01", "?last_day"),
    ],
)
def test_what_no_report_can_be_about_is_refused_before_it_is_kept(
    api: ApiClient, lume: Shop, said: str, pointer: str
) -> None:
    refused = send(api, report_of(line_of("X", now())), f"&{said}")

    assert (refused.status, refused.code) == (422, "invalid_request")
    assert refused.json["errors"][0]["pointer"] == pointer
    assert api.get("/reconciliations").json["items"] == []


def test_days_at_the_ends_of_the_calendar_are_compared(api: ApiClient, lume: Shop) -> None:
    asked = send(api, report_of(line_of("X", now())), "&first_day=2000-01-01&last_day=2199-12-31")
    work_on(lume, asked)

    assert api.get(f"/reconciliations/{asked.json['id']}").json["state"] == "compared"


def test_files_that_nobody_compares_close_the_door_for_programs(
    api: ApiClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_WAITING", 1)
    report = report_of(line_of("X", now()))
    hand_in(lume, report)

    refused = send(api, report)

    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too_many_reports", "3600")
