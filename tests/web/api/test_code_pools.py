"""Pools of unique codes by the API: made, filled from a file, counted, listed, withdrawn."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stampwell.clock import stopped_at
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.access import Scope
from stampwell.redeem_codes.changing_format import change_format
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.rows import PoolRow
from stampwell.vouchers.revealing import reveal_code
from stampwell.web.body_sizes import LONGER
from tests.imports.working import book_of
from tests.moments import COUNTDOWN, START
from tests.redeem_codes.working import CODES, file_of, lay_in, pool_of, stock, work
from tests.vouchers.test_till_codes import offer_from, voucher_of
from tests.web.api.client import ApiClient, Reply
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def pool(lume: Shop) -> PoolRow:
    return pool_of(lume)


def path_of(pool: PoolRow) -> str:
    return f"/code-pools/{public_id('cdp', pool.id)}"


def bring(api: ApiClient, pool: PoolRow, content: str | bytes, more: str = "", *, key: str | None = "new") -> Reply:
    raw = content.encode() if isinstance(content, str) else content
    return api.post(f"{path_of(pool)}/imports{more}", raw, key=key)


def read(api: ApiClient, pool: PoolRow, asked: Reply) -> Any:
    return api.get(f"{path_of(pool)}/imports/{asked.json['id']}").json


def work_on(shop: Shop, pool: PoolRow, asked: Reply) -> None:
    assert asked.status == 202, asked.body
    work(shop, pool, wanted_id("cdb", asked.json["id"]))


def test_a_pool_is_made_and_read(api: ApiClient) -> None:
    body = {"name": "Coffee codes", "format": "code128", "low_at": 20, "fallback_code": "PLANB"}
    made = api.post("/code-pools", body)

    assert made.status == 201
    assert made.json == api.get(f"/code-pools/{made.json['id']}").json
    assert api.get("/code-pools").json == {"items": [made.json], "next": None}
    told = {name: made.json[name] for name in ("name", "format", "barcode_template", "hand_out", "low_at")}
    assert told == {
        "name": "Coffee codes",
        "format": "code128",
        "barcode_template": "{code}",
        "hand_out": "reveal",
        "low_at": 20,
    }
    assert made.json["has_fallback"] is True
    assert b"PLANB" not in made.body, "whoever reads cannot spend"
    assert made.json["stock"] == {
        "free": 0,
        "waiting_for_till": 0,
        "handed_out": 0,
        "leaked": 0,
        "withdrawn": 0,
        "total": 0,
        "by_location": [],
        "is_low": False,
        "days_left": None,
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x", "format": "ean13", "fallback_code": "PLANB"}, "code_does_not_fit"),
        ({"name": ""}, "invalid_request"),
        ({"name": " \u200b "}, "invalid_request"),
        ({"name": "x" * 61}, "invalid_request"),
        ({"name": "x", "format": "morse"}, "invalid_request"),
        ({"name": "x", "low_at": -1}, "invalid_request"),
        ({"name": "x", "barcode_template": "no code"}, "invalid_request"),
    ],
)
def test_a_pool_that_would_not_work_is_refused(api: ApiClient, body: dict[str, Any], code: str) -> None:
    refused = api.post("/code-pools", body)

    assert (refused.status, refused.code) == (422, code)


def test_one_call_fills_a_pool_and_tells_what_was_left_out(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    asked = bring(api, pool, file_of([*CODES, CODES[0], "KÄFFE"]), "?name=till.csv")
    work_on(lume, pool, asked)

    done = read(api, pool, asked)

    assert (asked.json["state"], asked.json["name"], asked.json["column"]) == ("checking", "till.csv", 1)
    assert (done["state"], done["codes"], done["dry_run"]) == ("written", 3, False)
    assert done["found"] == {
        "codes": 3,
        "left_out": 2,
        "by_code": {"twice": 1, "characters": 1},
        "wrong_rows": [
            {"row": 5, "code": "twice", "message": "The same code is in a row above."},
            {"row": 6, "code": "characters", "message": "The barcode cannot hold a character of this code."},
        ],
        "shortest": 9,
        "longest": 9,
        "unreadable_from_row": None,
    }
    report = api.get(done["report_url"].removeprefix(settings.BASE_URL + "/api/v1"))
    assert report.body.decode().splitlines()[:2] == ["row,code,message", "5,twice,The same code is in a row above."]
    assert api.get(path_of(pool)).json["stock"]["free"] == 3
    assert not any(code.encode() in asked.body + report.body for code in CODES)


def test_a_dry_run_adds_nothing(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    asked = bring(api, pool, file_of(CODES), "?dry_run=true")
    work_on(lume, pool, asked)

    checked = read(api, pool, asked)

    assert (checked["state"], checked["found"]["codes"], checked["codes"]) == ("checked", 3, 0)
    assert not PoolCode.objects.exists()


def test_sent_twice_a_file_is_taken_once(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    first, again = (bring(api, pool, file_of(CODES), key="till-1") for _time in range(2))
    other = bring(api, pool, file_of(["OTHER"]), key="till-1")

    assert (first.status, again.body) == (202, first.body)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert CodeBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "more", "status", "code"),
    [
        ("Name;Price\nKA7F;1\n", "", 422, "code_column_unclear"),
        ("KA7F\nKB9X\n", "", 422, "code_column_unclear"),
        ("Code;Price\nKA7F;1\n", "?column=3", 422, "code_column_unclear"),
        ("Code\nKA7F\n", "?first_row=maybe", 422, "invalid_request"),
        ("Code\nKA7F\n", f"?location_id=loc_{'0' * 32}", 404, "not_found"),
        (b"\x89PNG\r\n\x1a\n\0\0", "", 422, "import_file_unreadable"),
        (b"x" * (LONGER["api_code_imports"] + 1), "", 422, "import_file_too_large"),
    ],
    ids=["no heading", "no heading at all", "no such column", "first row", "location", "picture", "large"],
)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    api: ApiClient, pool: PoolRow, data_folder: Path, content: str | bytes, more: str, status: int, code: str
) -> None:
    refused = bring(api, pool, content, more)

    assert (refused.status, refused.code) == (status, code)
    assert not CodeBatch.objects.exists()
    assert [file for file in data_folder.rglob("*") if file.is_file()] == []


def test_a_column_without_a_heading_is_named(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    asked = bring(api, pool, "\n".join(CODES), "?column=1&first_row=code")
    work_on(lume, pool, asked)
    book = bring(api, pool, book_of(["Guest", "Ticket"], ["Cy", "KZ11"]), "?column=ticket")
    work_on(lume, pool, book)

    assert [read(api, pool, one)["codes"] for one in (asked, book)] == [3, 1]


def test_codes_are_listed_in_the_order_in_which_they_are_handed_out(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    batch_id = stock(lume, pool)
    page = api.get(f"{path_of(pool)}/codes?limit=2").json
    rest = api.get(f"{path_of(pool)}/codes?after={page['next']}").json

    assert [one["code"] for one in page["items"] + rest["items"]] == [*CODES]
    assert rest["next"] is None
    assert page["items"][0] == {
        "id": page["items"][0]["id"],
        "code": CODES[0],
        "state": "free",
        "batch_id": public_id("cdb", batch_id),
        "location_id": None,
        "voucher_id": None,
        "handed_out_at": None,
        "confirmed_at": None,
    }


def test_a_batch_is_withdrawn_once(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    batch_id = public_id("cdb", stock(lume, pool))
    asked = api.post(f"{path_of(pool)}/revocation", {"batch_id": batch_id})
    work(lume, pool, wanted_id("cdb", batch_id))
    again = api.post(f"{path_of(pool)}/revocation", {"batch_id": batch_id})

    assert (asked.status, asked.json["state"]) == (202, "withdrawing")
    assert (again.status, again.json["state"], again.json["withdrawn"]) == (202, "withdrawn", 3)
    assert again.json["withdrawn_at"] == asked.json["withdrawn_at"] is not None
    assert api.get(path_of(pool)).json["stock"] == {
        "free": 0,
        "waiting_for_till": 0,
        "handed_out": 0,
        "leaked": 0,
        "withdrawn": 3,
        "total": 3,
        "by_location": [],
        "is_low": True,
        "days_left": None,
    }


def test_single_codes_are_withdrawn_once_and_each_says_what_became_of_it(
    api: ApiClient, lume: Shop, pool: PoolRow
) -> None:
    stock(lume, pool)
    asked = {"codes": [CODES[0], "NOBODYS"], "reason": "leaked"}
    done = api.post(f"{path_of(pool)}/withdrawal", asked)
    again = api.post(f"{path_of(pool)}/withdrawal", asked)

    row = PoolCode.objects.get(code=CODES[0])
    withdrawn = {"code": CODES[0], "state": "withdrawn", "id": public_id("cde", row.id), "voucher_id": None}
    unknown = {"code": "NOBODYS", "state": "unknown", "id": None, "voucher_id": None}
    pool_id = public_id("cdp", pool.id)
    assert (done.status, done.json) == (201, {"pool_id": pool_id, "withdrawn": 1, "codes": [withdrawn, unknown]})
    assert again.json == done.json
    assert [one["state"] for one in api.get(f"{path_of(pool)}/codes").json["items"]] == ["withdrawn", "free", "free"]
    assert api.get(path_of(pool)).json["stock"]["withdrawn"] == 1
    wrong: list[dict[str, Any]] = [{"codes": []}, {"codes": ["A"] * 201}, {"codes": [""]}, {"reason": "no idea"}]
    for one in wrong:
        assert api.post(f"{path_of(pool)}/withdrawal", asked | one).status == 422


def test_what_was_never_added_cannot_be_withdrawn(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    asked = bring(api, pool, file_of(CODES), "?dry_run=true")
    early = api.post(f"{path_of(pool)}/revocation", {"batch_id": asked.json["id"]})

    assert (early.status, early.code) == (409, "codes_not_written")


def test_a_program_says_that_the_till_has_the_codes(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    made = make(api, pool, count=3, name="For the till")
    early = api.post(f"{path_of(pool)}/release", {"batch_id": made.json["id"]})
    work_on(lume, pool, made)
    waiting = api.get(path_of(pool)).json["stock"]
    released = api.post(f"{path_of(pool)}/release", {"batch_id": made.json["id"]})

    assert (early.status, early.code) == (409, "codes_under_way")
    assert (waiting["free"], waiting["waiting_for_till"], waiting["is_low"]) == (0, 3, False)
    assert (released.status, released.json["state"]) == (201, "written")
    assert released.json["in_till_at"]
    assert api.get(path_of(pool)).json["stock"]["free"] == 3


def test_whoever_reads_sees_no_code_and_adds_none(lume: Shop, pool: PoolRow) -> None:
    stock(lume, pool)
    reads, others = ApiClient(lume.api_key(Scope.CODES_READ)), ApiClient(lume.api_key(Scope.VOUCHERS_READ))

    assert reads.get(path_of(pool)).status == 200
    assert reads.get(f"{path_of(pool)}/codes").code == "scope_missing"
    assert bring(reads, pool, file_of(["NEW"])).code == "scope_missing"
    assert reads.post("/code-pools", {"name": "x"}).code == "scope_missing"
    assert others.get(path_of(pool)).code == "scope_missing"


def test_a_program_has_its_codes_from_a_pool(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    of_pool = {"kind": "pool", "pool_id": public_id("cdp", pool.id)}
    reward: dict[str, Any] = {"name": "Tea", "path": "redeem_code", "redeem_code": of_pool}
    program = {"name": "Tea card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]}

    made = api.post("/programs", program)

    assert made.status == 201, made.body
    assert made.json["milestones"][0]["reward"]["redeem_code"] == {
        "kind": "pool",
        "format": "code128",
        "code": None,
        "code_by_location": {},
        "barcode_template": "{code}",
        "pool_id": public_id("cdp", pool.id),
        "countdown_minutes": 3,
    }
    reward["redeem_code"] = {"kind": "pool", "pool_id": public_id("cdp", lume.merchant.id)}
    assert api.post("/programs", program).status == 404
    reward["redeem_code"] = of_pool | {"code": "FREE"}
    assert api.post("/programs", program).json["errors"][0]["code"] == "unknown_field"


def test_a_programs_voucher_shows_its_code_while_the_customer_does(api: ApiClient, lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    lay_in(lume, pool)
    voucher_id = voucher_of(offer_from(lume, pool))

    def read_code(*scopes: Scope) -> object:
        found = ApiClient(lume.api_key(*scopes)).get(f"/vouchers/{public_id('vch', voucher_id)}").json
        return found["redeem_code"]["code"]

    assert read_code() is None
    reveal_code(lume.merchant, voucher_id)
    assert (read_code(), read_code(Scope.VOUCHERS_READ)) == (CODES[0], None)
    change_format(lume.merchant, pool.id, code_format="qr", barcode_template="{code}", actor=lume.actor)
    read = ApiClient(lume.api_key()).get(f"/vouchers/{public_id('vch', voucher_id)}").json["redeem_code"]
    assert (read["code"], read["format"]) == (CODES[0], "qr")
    with stopped_at(START + COUNTDOWN):
        assert read_code() is None


def test_a_programs_voucher_shows_the_code_for_when_none_is_left_as_long_as_the_customer_does(
    api: ApiClient, lume: Shop
) -> None:
    voucher_id = voucher_of(offer_from(lume, pool_of(lume, fallback_code="PLANB")))

    def read_code() -> object:
        return api.get(f"/vouchers/{public_id('vch', voucher_id)}").json["redeem_code"]["code"]

    before = read_code()
    reveal_code(lume.merchant, voucher_id)

    assert (before, read_code()) == (None, "PLANB")


def make(api: ApiClient, pool: PoolRow, *, key: str | None = "new", **body: Any) -> Reply:
    return api.post(f"{path_of(pool)}/codes", body, key=key)


def test_codes_are_made_once_however_often_a_program_asks(api: ApiClient, lume: Shop, pool: PoolRow) -> None:
    first, again = (make(api, pool, count=3, prefix="043", length=10, key="make-1") for _time in range(2))
    work_on(lume, pool, first)

    done = read(api, pool, first)
    codes = [one["code"] for one in api.get(f"{path_of(pool)}/codes").json["items"]]
    assert (first.status, again.body) == (202, first.body)
    assert (first.json["kind"], first.json["state"], first.json["report_url"]) == ("made", "writing", None)
    assert (done["state"], done["codes"], done["found"], done["guesses"]) == ("waiting_for_till", 3, None, 31**10 // 3)
    assert (len(codes), {code[:3] for code in codes}, {len(code) for code in codes}) == (3, {"043"}, {13})
    assert not any(code.encode() in first.body for code in codes)
    assert CodeBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"count": 0}, 422, "invalid_request"),
        ({"count": 1_000_001}, 422, "invalid_request"),
        ({"count": 5, "prefix": "a-"}, 422, "invalid_request"),
        ({"count": 5, "length": 5}, 422, "invalid_request"),
        ({"count": 5, "length": 16, "prefix": "LUMELUME", "check_character": True}, 422, "code_does_not_fit"),
        ({"count": 1000, "length": 6}, 422, "codes_too_easy"),
        ({"count": 5, "location_id": "loc_" + "0" * 32}, 404, "not_found"),
    ],
)
def test_codes_that_would_not_work_are_not_made(
    api: ApiClient, pool: PoolRow, body: dict[str, Any], status: int, code: str
) -> None:
    refused = make(api, pool, **body)

    assert (refused.status, refused.code) == (status, code)
    assert not CodeBatch.objects.exists()
