"""A program brings customers in: POST /imports, what became of it, and back again."""

from pathlib import Path

import pytest
from django.conf import settings

from stampwell.cards.models import Card
from stampwell.customers.models import Customer
from stampwell.events.models import Event
from stampwell.ids import public_id, wanted_id
from stampwell.imports import asking
from stampwell.imports.asking import ask_to_check, ask_to_write
from stampwell.imports.models import CardImport
from stampwell.merchants.access import Scope
from stampwell.merchants.closing import close_shop
from stampwell.programs.pausing import pause_program
from stampwell.sheets import receiving
from stampwell.sheets.files import sheets_folder
from stampwell.sheets.unpacking import LARGEST as LARGEST_WORKBOOK
from stampwell.web.body_sizes import LONGER
from tests.imports.working import CY, PEOPLE, book_of, bring_in, choice_of, receive, work
from tests.kept import made_once
from tests.web.api.client import ApiClient, Reply
from tests.web.customer import AT_ONCE
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
FILE = (PEOPLE + CY + "Di;no address;;;;1;\nEve;eve@x.example;;;;0;\n").encode()


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


def bring(api: ApiClient, offer: Offer, content: bytes = FILE, more: str = "", *, key: str | None = "new") -> Reply:
    return api.post(f"/imports?program_id={public_id('prg', offer.program.id)}{more}", content, key=key)


def work_on(shop: Shop, shown: Reply) -> None:
    assert shown.status == 202, shown.body
    work(shop, wanted_id("imp", shown.json["id"]))


def files() -> list[Path]:
    return [file for file in sheets_folder().rglob("*") if file.is_file()]


def test_one_call_brings_customers_in_and_tells_what_was_left_out(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer, more="&name=guests.csv")
    work_on(lume, asked)
    checked = api.get(f"/imports/{asked.json['id']}").json
    work_on(lume, asked)
    done = api.get(f"/imports/{asked.json['id']}").json

    assert (asked.status, asked.json["state"], asked.json["name"]) == (202, "checking", "guests.csv")
    assert asked.json["columns"] == ["name", "email", "phone", "birthday", "locale", "stamps", "external_id"]
    assert (asked.json["dry_run"], asked.json["report_url"], asked.json["written"]) == (False, None, None)
    assert (checked["state"], checked["total"]) == ("writing", None)
    found = {
        "cards": 2,
        "stamps": 7,
        "left_out": 1,
        "by_code": {"email": 1},
        "wrong_rows": [{"row": 3, "code": "email", "message": "This is not an email address."}],
        "unreadable_from_row": None,
    }
    assert (checked["found"], done["found"]) == (found, found)
    assert (done["state"], done["done"], done["total"]) == ("written", 2, 2)
    assert done["written"] == {"cards": 2, "stamps": 7, "skipped": 0}
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Cy Berg", "Eve"]
    (event,) = Event.objects.filter(type="import.finished")
    assert (event.data["import_id"], event.data["cards"]) == (asked.json["id"], 2)
    assert api.get(f"/jobs/{done['job_id']}").json["kind"] == "write_import"


def test_the_report_names_every_row_that_was_left_out_also_after_the_writing(
    api: ApiClient, lume: Shop, offer: Offer
) -> None:
    asked = bring(api, offer)
    early = api.get(f"/imports/{asked.json['id']}/report")
    work_on(lume, asked)
    work_on(lume, asked)

    path = api.get(f"/imports/{asked.json['id']}").json["report_url"].removeprefix(settings.BASE_URL)
    report = api.get(path, accept_language="lv")

    assert early.status == 404
    assert report.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert report.body.decode().splitlines() == ["row,code,message", "3,email,Tā nav e-pasta adrese."]
    assert [file.suffix for file in files()] == [".faults"], "who is in the file is forgotten"


def test_a_dry_run_only_checks(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer, more="&dry_run=true")
    work_on(lume, asked)

    checked = api.get(f"/imports/{asked.json['id']}").json

    assert (checked["state"], checked["dry_run"], checked["found"]["cards"]) == ("checked", True, 2)
    assert not Customer.objects.exists()
    ask_to_write(lume.merchant, wanted_id("imp", asked.json["id"]), actor=lume.actor)
    work_on(lume, asked)
    assert Customer.objects.count() == 2, "an owner looks at it and has it written"


@pytest.mark.parametrize("limit", [{"MOST_WAITING": 2}, {"LARGEST_WAITING": 2 * len(FILE)}], ids=["files", "bytes"])
def test_dry_runs_fill_no_disk(
    api: ApiClient, lume: Shop, offer: Offer, limit: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in limit.items():
        monkeypatch.setattr(asking, name, most)
    waiting = [bring(api, offer, more="&dry_run=true", key=key) for key in ("first", "second")]

    refused = [bring(api, offer, more=more, key="third") for more in ("&dry_run=true", "")]

    assert [one.status for one in waiting] == [202, 202]
    assert [(one.status, one.code) for one in refused] == [(429, "too_many_imports")] * 2
    assert (refused[0].headers["Retry-After"], refused[0].json["retryable"]) == ("3600", True)
    assert len(files()) == 2
    work_on(lume, waiting[0])
    ask_to_write(lume.merchant, wanted_id("imp", waiting[0].json["id"]), actor=lume.actor)
    assert bring(api, offer, more="&dry_run=true", key="third").status == 202, "one of them was imported"


def test_a_file_with_nothing_good_is_checked_and_no_more(api: ApiClient, lume: Shop, offer: Offer) -> None:
    told = []
    for content in (b"Name;Email\nDi;none\n", b'Name\nCy\n"Di\n'):
        asked = bring(api, offer, content)
        work_on(lume, asked)
        told.append(api.get(f"/imports/{asked.json['id']}").json)

    assert [one["state"] for one in told] == ["checked", "checked"]
    assert [one["found"]["unreadable_from_row"] for one in told] == [None, 3]
    assert not Customer.objects.exists()


def test_a_workbook_that_comes_again_is_answered_without_unpacking_it(
    api: ApiClient, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, other = book_of(["Name", "Stamps"], ["Cy", 7]), book_of(["Name", "Stamps"], ["Di", 7])
    first = bring(api, offer, book, key="k-1")
    left = files()

    def unpack(book: Path, out: Path) -> None:
        raise AssertionError(f"{book} is unpacked into {out}")

    monkeypatch.setattr(receiving, "unpack_workbook", unpack)
    again, reused = bring(api, offer, book, key="k-1"), bring(api, offer, other, key="k-1")

    assert (first.status, again.status, again.body) == (202, 202, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert files() == left, "what came again went again"


def test_a_workbook_is_known_by_its_content_and_columns_can_be_named(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer, book_of(["Who", "Sign", "How many"], ["Cy", "old", 7]), "&columns=name,,stamps")
    work_on(lume, asked)
    work_on(lume, asked)

    card = Card.objects.get()

    assert (card.stamps, Customer.objects.get().name) == (7, "Cy")


def test_the_same_key_brings_them_in_once(api: ApiClient, lume: Shop, offer: Offer) -> None:
    answers = [bring(api, offer, key="again") for _time in range(2)]

    assert answers[0].body == answers[1].body
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert CardImport.objects.count() == 1
    assert len(files()) == 1
    assert bring(api, offer, FILE + b"Flo;;;;;;\n", key="again").code == "idempotency_key_reused"
    assert len(files()) == 1


def test_the_same_file_comes_in_once_and_one_at_a_time(api: ApiClient, lume: Shop, offer: Offer) -> None:
    first = bring(api, offer)
    second = bring(api, offer, b"Name\nFlo\n")
    work_on(lume, first)
    work_on(lume, first)
    again = bring(api, offer)

    assert (second.status, second.code) == (409, "import_under_way")
    assert (again.status, again.code) == (409, "imported_before")
    assert bring(api, offer, more="&dry_run=true").status == 202
    assert bring(api, offer, b"Name\nFlo\n").status == 202


def test_what_came_between_the_check_and_the_writing_is_told(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer)
    at_desk = receive(lume, FILE.decode())
    ask_to_check(lume.merchant, at_desk, choice_of(lume, offer, at_desk), actor=lume.actor)
    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)

    work_on(lume, asked)

    told = api.get(f"/imports/{asked.json['id']}").json
    assert (told["state"], told["problem"]) == ("failed", "joining_paused")
    assert not Customer.objects.exists()


def test_a_shop_that_was_closed_meanwhile_gets_nobody(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer)
    close_shop(lume.merchant.id)

    work_on(lume, asked)

    told = api.get(f"/imports/{asked.json['id']}").json
    assert (told["state"], told["problem"]) == ("failed", "shop_closed")


def test_it_is_undone_as_at_the_desk(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer)
    too_early = api.post(f"/imports/{asked.json['id']}/reversal")
    work_on(lume, asked)
    work_on(lume, asked)

    undone = [api.post(f"/imports/{asked.json['id']}/reversal", {}) for _time in range(2)]
    work_on(lume, asked)

    told = api.get(f"/imports/{asked.json['id']}").json
    assert (too_early.status, too_early.code) == (409, "import_not_checked")
    assert [(one.status, one.json["state"]) for one in undone] == [(202, "undoing")] * 2
    assert (told["state"], told["undone"]) == ("undone", {"cards": 2, "kept": 0})
    assert {card.state for card in Card.objects.all()} == {"erased"}


@pytest.mark.parametrize(
    ("content", "more", "status", "code"),
    [
        (b"\n", "", 422, "import_file_unreadable"),
        (b"%PDF-1.7\n\0\0", "", 422, "import_file_unreadable"),
        (b"PK\x03\x04" + b"x" * LARGEST_WORKBOOK, "", 422, "import_file_too_large"),
        (b"Strange\nCy\n", "", 422, "import_unclear"),
        (FILE, "&columns=name,email", 422, "import_unclear"),
        (FILE, "&columns=name,email,nonsense,,,,", 422, "import_unclear"),
        (FILE, "&dry_run=perhaps", 422, "invalid_request"),
        (FILE, "&mapping=name", 422, "invalid_request"),
        (b"x" * (LONGER["api_imports"] + 1), "", 422, "import_file_too_large"),
    ],
    ids=["empty", "picture", "large book", "strange", "too few", "no field", "no yes", "unknown", "large"],
)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    api: ApiClient, offer: Offer, content: bytes, more: str, status: int, code: str
) -> None:
    refused = bring(api, offer, content, more)

    assert (refused.status, refused.code) == (status, code)
    assert not CardImport.objects.exists()
    assert files() == []


def test_a_form_is_no_file_and_the_answer_says_what_to_send(api: ApiClient, offer: Offer) -> None:
    path = f"/imports?program_id={public_id('prg', offer.program.id)}"

    for kind in ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        refused = api.send("POST", path, b"{}", key="k", content_type=kind)
        assert (refused.status, refused.code) == (415, "unsupported_media_type")
        assert "text/csv" in refused.json["what_to_do"]


def test_without_a_program_or_a_key_nothing_is_taken(api: ApiClient, offer: Offer, rossi: Shop) -> None:
    theirs = public_id("prg", rossi.publish().program.id)

    assert api.post("/imports", FILE).json["errors"][0]["pointer"] == "?program_id"
    assert bring(api, offer, key=None).code == "idempotency_key_missing"
    foreign, unknown = (api.post(f"/imports?program_id={id}", FILE) for id in (theirs, "prg_" + "0" * 32))
    assert (foreign.status, foreign.body) == (404, unknown.body)
    assert not CardImport.objects.exists()
    assert files() == []


def test_each_scope_opens_its_own_door(api: ApiClient, lume: Shop, offer: Offer) -> None:
    asked = bring(api, offer)
    writes, reads = ApiClient(lume.api_key(Scope.IMPORTS_WRITE)), ApiClient(lume.api_key(Scope.IMPORTS_READ))

    assert bring(reads, offer).code == "scope_missing"
    assert reads.post(f"/imports/{asked.json['id']}/reversal").code == "scope_missing"
    assert bring(writes, offer, more="&dry_run=true").status == 202
    for path in ("/imports", f"/imports/{asked.json['id']}", f"/imports/{asked.json['id']}/report"):
        assert writes.get(path).code == "scope_missing"
    assert reads.get("/imports").status == 200
    assert "Cy" not in reads.get(f"/imports/{asked.json['id']}").body.decode()


def test_a_list_has_those_of_the_desk_too_in_pages_and_nobody_elses(
    api: ApiClient, rival: ApiClient, lume: Shop, offer: Offer
) -> None:
    at_desk = public_id("imp", bring_in(lume, offer, PEOPLE + CY))
    asked = [bring(api, offer, f"Name\nFlo {number}\n".encode(), "&dry_run=1").json["id"] for number in range(2)]

    first = api.get("/imports?limit=2").json
    second = api.get(f"/imports?limit=2&after={first['next']}").json

    assert [one["id"] for one in first["items"] + second["items"]] == [at_desk, *asked]
    assert second["next"] is None
    assert rival.get("/imports").json["items"] == []
    assert rival.get(f"/imports/{at_desk}").status == 404
    assert rival.get(f"/imports/{at_desk}/report").status == 404
