"""Lists of unique codes at the desk: made, filled from a file, looked at, changed, withdrawn."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stampwell.clock import now
from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.jobs.models import Job
from stampwell.merchants.models import Location, StaffMember
from stampwell.redeem_codes.models import CodeBatch, CodePool, PoolCode
from stampwell.redeem_codes.rows import PoolRow
from tests.imports.conftest import data_folder as data_folder
from tests.redeem_codes.working import CODES, codes_in, file_of, pool_of, stock, work
from tests.vouchers.test_till_codes import tea_from
from tests.web.dashboard.conftest import desk as desk
from tests.web.dashboard.desk import Answer, DeskClient, sign_up_staff, words
from tests.world import Shop

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Coffee codes", "code_format": "code128", "handed_out": "reveal", "low_at": "20"}


@pytest.fixture
def pool(lume: Shop) -> PoolRow:
    return pool_of(lume)


def page_of(pool: PoolRow) -> str:
    return f"/redeem-codes/{public_id('cdp', pool.id)}/"


def upload(desk: DeskClient, pool: PoolRow, content: str, name: str = "codes.csv") -> str:
    """The page of the new file."""
    answer = desk.send(f"{page_of(pool)}files/new/", file=SimpleUploadedFile(name, content.encode()))
    assert answer.status_code == 302, words(answer)
    return answer.headers["Location"]


def choose(desk: DeskClient, page: str, *, column: str = "0", first_row: str = "heading", **more: str) -> Answer:
    return desk.send(page, column=column, first_row=first_row, encoding="utf-8-sig", separator=",", **more)


def newest(pool: PoolRow) -> CodeBatch:
    return CodeBatch.objects.filter(pool_id=pool.id).order_by("id").reverse()[0]


def test_a_list_is_made_once_however_often_the_form_is_sent(desk: DeskClient) -> None:
    first, again = (desk.send("/redeem-codes/new/", once="a" * 32, **FIELDS) for _time in range(2))

    row = CodePool.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/redeem-codes/{public_id('cdp', row.id)}/"
    assert (row.name, row.format, row.barcode_template, row.low_at) == ("Coffee codes", "code128", "{code}", 20)


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("name", " ", 422),
        ("code_format", "morse", 422),
        ("low_at", "-1", 422),
        ("barcode_template", "https://lume.example/", 422),
        ("fallback_code", "KÄFFE", 409),
    ],
)
def test_a_list_that_would_not_work_is_not_made(desk: DeskClient, field: str, value: str, status: int) -> None:
    answer = desk.send("/redeem-codes/new/", **FIELDS | {field: value})

    assert answer.status_code == status
    assert not CodePool.objects.exists()


def test_a_file_is_checked_before_anything_is_added(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    page = upload(desk, pool, file_of([*CODES, CODES[0], "1.23E+12"]))
    assert re.search(r'name="column" value="0"[^>]* checked', desk.open(page).content.decode())

    assert choose(desk, page).status_code == 302
    work(lume, pool, newest(pool).id)
    found = words(desk.open(page))
    assert codes_in(pool) == []
    assert desk.send(f"{page}start/").status_code == 302
    work(lume, pool, newest(pool).id)

    assert "3 codes can be added" in found
    assert "2 rows are left out" in found
    assert "The same code is in a row above." in found
    assert codes_in(pool) == [*CODES]
    assert "3 codes were added" in words(desk.open(page))
    assert desk.open(f"{page}rows.csv").content.decode("utf-8-sig").splitlines()[1:] == [
        "5,The same code is in a row above.",
        '6,"A spreadsheet has made a number of this code. Format the column as text, and export it again."',
    ]


def test_no_column_is_chosen_where_no_heading_names_it(desk: DeskClient, pool: PoolRow) -> None:
    page = upload(desk, pool, "KA7F-2PLM,1\nKB9X-4TQW,2\n")
    answer = desk.send(page, encoding="utf-8-sig", separator=",")

    assert "checked" not in desk.open(page).content.decode().split("<table")[1].split("</table>")[0]
    assert answer.status_code == 422
    assert newest(pool).job_id is None


def test_a_first_row_that_is_a_code_is_added_too(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    page = upload(desk, pool, "\n".join(CODES))
    choose(desk, page, first_row="code")
    work(lume, pool, newest(pool).id)
    desk.send(f"{page}start/")
    work(lume, pool, newest(pool).id)

    assert codes_in(pool) == [*CODES]


def test_another_encoding_is_looked_at_without_a_check(desk: DeskClient, pool: PoolRow) -> None:
    page = upload(desk, pool, file_of(CODES))
    answer = desk.send(page, look="1", encoding="utf-16-le", separator=",")

    assert answer.status_code == 200
    assert newest(pool).job_id is None


def test_codes_of_one_location_are_asked_for_where_there_are_several(
    desk: DeskClient, lume: Shop, pool: PoolRow
) -> None:
    page = upload(desk, pool, file_of(CODES))
    assert "Which till knows the codes?" not in words(desk.open(page))
    place = Location.objects.create(merchant=lume.merchant, name="Old Town", time_zone="Europe/Riga")

    choose(desk, page, location=public_id("loc", place.id))

    assert "Which till knows the codes?" in words(desk.open(f"{page}?column"))
    assert newest(pool).location_id == place.id


def test_a_file_that_is_no_table_says_so(desk: DeskClient, pool: PoolRow) -> None:
    answer = desk.send(f"{page_of(pool)}files/new/", file=SimpleUploadedFile("x.csv", b"\x89PNG\r\n\x1a\n\0\0"))

    assert answer.status_code == 422
    assert "This file cannot be read as a table" in words(answer)


def test_the_list_warns_before_codes_run_out(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    assert "Few codes are left" not in words(desk.open(page_of(pool)))
    stock(lume, pool)
    few = words(desk.open(page_of(pool)))
    PoolCode.objects.update(given=now(), voucher_id=None)
    none = words(desk.open(page_of(pool)))

    assert "Few codes are left" in few
    assert "Customers wait for their code until you add more." in none
    assert "Coffee codes" in words(desk.open("/redeem-codes/"))


def test_a_list_says_which_rewards_take_its_codes(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    assert "No reward uses this list yet." in words(desk.open(page_of(pool)))
    assert "Redeem codes" in words(desk.open("/programs/")), "before there is a program"

    program = lume.publish(name="Tea card", goal=1, milestones=[{"stamps": 1, "reward": tea_from(pool)}]).terms
    html = desk.open(page_of(pool)).content.decode()

    assert "No reward uses this list yet." not in html
    assert f'href="/programs/{public_id("prg", program.program_id)}/"' in html
    assert ">Tea<" in html
    assert 'href="/reconciliations/"' in html


def test_a_list_is_changed_and_put_away(desk: DeskClient, pool: PoolRow) -> None:
    changed = {"name": "Cake codes", "handed_out": "issue", "low_at": "5", "fallback_code": "PLANB"}
    assert desk.send(f"{page_of(pool)}change/", **changed).status_code == 302
    row = CodePool.objects.get()
    assert (row.name, row.handed_out, row.low_at, row.fallback_code) == ("Cake codes", "issue", 5, "PLANB")

    desk.send(f"{page_of(pool)}archive/")

    assert "Cake codes" not in words(desk.open("/redeem-codes/"))
    assert "Cake codes" in words(desk.open("/redeem-codes/?archived"))
    assert "This list of codes is archived" in words(desk.open(f"{page_of(pool)}files/new/"))


def test_codes_are_withdrawn_after_a_question(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    batch_id = stock(lume, pool)
    page = f"{page_of(pool)}files/{public_id('cdb', batch_id)}/"
    question = words(desk.open(f"{page}revocation/"))
    assert "Withdraw these codes?" in question
    assert "The same codes cannot be added again later." in question
    assert PoolCode.objects.filter(revoked=None).count() == 3

    desk.send(f"{page}revocation/")
    work(lume, pool, batch_id)

    assert "3 codes that nobody had were withdrawn." in words(desk.open(page))


def test_how_codes_are_shown_is_tried_and_then_changed(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    stock(lume, pool)
    page = f"{page_of(pool)}format/"
    assert page in desk.open(page_of(pool)).content.decode()
    opened = desk.open(page)
    assert "TE0T-0STT Code 128" in words(opened)
    assert CODES[0] not in opened.content.decode()

    tried = desk.send(page, code_format="qr", barcode_template="", look="")
    assert (tried.status_code, "TE0T-0STT QR" in words(tried)) == (200, True)
    assert CodePool.objects.get().format == "code128", "nothing is changed by looking"
    assert desk.send(page, code_format="ean13", barcode_template="").status_code == 422
    assert "Some codes of this list" in words(desk.send(page, code_format="ean13", barcode_template=""))

    saved = desk.send(page, code_format="qr", barcode_template="https://till.example/{code}")
    assert saved.headers["Location"] == page_of(pool)
    assert (CodePool.objects.get().format, CodePool.objects.get().low_at) == ("qr", 50)
    assert "Shown as Code 128 QR" in words(desk.open("/settings/changes/"))


def test_single_codes_are_withdrawn_and_what_stays_is_told(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    stock(lume, pool)
    page = f"{page_of(pool)}withdrawal/"
    assert page in desk.open(page_of(pool)).content.decode()
    # Each reason is as large as other choices, for a thumb.
    assert desk.open(page).content.decode().count('<label class="choice"><input type="radio" name="reason"') == 3

    wrong = desk.send(page, codes=CODES[0])
    assert (wrong.status_code, PoolCode.objects.filter(revoked=None).count()) == (422, 3)
    told = words(desk.send(page, codes=f"{CODES[0]}\nNOBODYS\n\n{CODES[1].lower()}", reason="leaked"))
    assert "2 codes are withdrawn." in told
    assert "These codes are not in this list NOBODYS" in told
    assert PoolCode.objects.get(revoked=None).code == CODES[2]
    journal = words(desk.open("/journal/"))
    assert "2 codes withdrawn: Coffee codes" in journal
    assert "Somebody else knows it" in journal

    assert desk.send(page, codes=CODES[2], reason="other").headers["Location"] == page_of(pool)
    many = "\n".join(f"C{number}" for number in range(201))
    assert "At most 200 codes can be withdrawn at once." in words(desk.send(page, codes=many, reason="other"))


def test_what_stopped_between_two_codes_can_be_withdrawn(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    batch_id = stock(lume, pool)
    page = f"{page_of(pool)}files/{public_id('cdb', batch_id)}/"
    CodeBatch.objects.filter(id=batch_id).update(written=None, codes=2)
    Job.objects.filter(kind="stock_codes").update(state="failed", problem="unexpected")

    assert "Withdraw the codes" in words(desk.open(page))
    desk.send(f"{page}revocation/")
    work(lume, pool, batch_id)

    assert newest(pool).withdrawn == 3
    assert "Withdraw the codes" not in words(desk.open(page))


def test_pages_show_no_code(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    """Somebody may look over the owner's shoulder."""
    batch_id = stock(lume, pool)
    CodePool.objects.update(fallback_code="PLANB")

    for page in ("/redeem-codes/", page_of(pool), f"{page_of(pool)}files/{public_id('cdb', batch_id)}/"):
        assert not any(code in desk.open(page).content.decode() for code in (*CODES, "PLANB"))
    assert "Code for when none is left Set" in words(desk.open(page_of(pool)))


def test_cashiers_have_no_list(lume: Shop, pool: PoolRow) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)

    assert bo.open("/redeem-codes/").status_code == 403
    assert bo.open(page_of(pool)).status_code == 403


def test_codes_are_made_once_however_often_the_form_is_sent(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    fields = {"count": "3", "beginning": "lume ", "signs": "8", "has_check": "on"}
    first, again = (desk.send(f"{page_of(pool)}codes/new/", once="a" * 32, **fields) for _time in range(2))
    page = first.headers["Location"]
    waiting = words(desk.open(page))
    work(lume, pool, newest(pool).id)

    codes = codes_in(pool)
    shown = words(desk.open(page))
    assert again.headers["Location"] == page
    assert (len(codes), {code[:4] for code in codes}, {len(code) for code in codes}) == (3, {"LUME"}, {13})
    assert "Being added" in waiting
    assert "Made here" in shown
    assert "3 codes were added" in shown
    assert "to guess one of them 284,297,012,480" in shown
    assert not any(code in shown for code in codes)


def test_the_page_says_that_the_till_has_to_have_them_first(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    page = desk.send(f"{page_of(pool)}codes/new/", once="a" * 32, count="3", signs="8").headers["Location"]
    assert "My till has these codes" not in words(desk.open(page))
    work(lume, pool, newest(pool).id)

    waiting, listed = words(desk.open(page)), words(desk.open(page_of(pool)))
    done = [desk.send(f"{page}release/") for _time in range(2)]

    assert "No customer gets these codes yet Your till would refuse them." in waiting
    assert "My till has these codes" in waiting
    assert "Not in your till yet 3" in listed
    assert {answer.headers["Location"] for answer in done} == {page}
    assert "From now on customers get these codes." in words(desk.open(page))
    assert "My till has these codes" not in words(desk.open(page))
    assert DeskChange.objects.filter(kind="codes.released").count() == 1


def test_what_was_made_in_part_is_taken_to_the_till(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    page = desk.send(f"{page_of(pool)}codes/new/", once="a" * 32, count="3", signs="8").headers["Location"]
    work(lume, pool, newest(pool).id)
    CodeBatch.objects.update(written=None, codes=2)
    Job.objects.filter(kind="make_codes").update(state="failed", problem="unexpected")
    stopped = words(desk.open(page))
    Job.objects.filter(kind="make_codes").delete()

    assert "My till has these codes" in stopped
    assert words(desk.open(page)) == stopped, "also where its job is forgotten"
    desk.send(f"{page}release/")

    assert newest(pool).in_till
    assert "My till has these codes" not in words(desk.open(page))


def test_an_article_number_asks_for_its_range_alone(desk: DeskClient, lume: Shop) -> None:
    pool = pool_of(lume, code_format="ean13")
    form = desk.open(f"{page_of(pool)}codes/new/").content.decode()
    too_easy = desk.send(f"{page_of(pool)}codes/new/", count="100", beginning="21234567")

    assert 'name="beginning" value="2"' in form
    assert 'name="signs"' not in form
    assert too_easy.status_code == 409
    assert "These codes would be too easy to guess" in words(too_easy)
    assert not CodeBatch.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("count", "0"), ("beginning", "A-"), ("signs", "3"), ("count", "1000001")]
)
def test_codes_that_no_form_offers_are_not_made(desk: DeskClient, pool: PoolRow, field: str, value: str) -> None:
    answer = desk.send(f"{page_of(pool)}codes/new/", **{"count": "5", "beginning": "", "signs": "8"} | {field: value})

    assert answer.status_code == 422
    assert not CodeBatch.objects.exists()
