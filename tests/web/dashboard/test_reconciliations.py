"""Does the till agree? From the file to the leak, at the desk."""

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from stampwell.cards.models import Card
from stampwell.clock import now
from stampwell.events.draining import put_in_order
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.models import StaffMember
from stampwell.reconciling.models import Reconciliation
from stampwell.redeem_codes.models import CodePool, PoolCode
from stampwell.vouchers.finding import reference_of
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.reversing import reverse_redemption
from tests.reconciling.test_pools import hand_out
from tests.reconciling.test_taken_off import off
from tests.reconciling.working import coffee_shop, compare, found_of, hand_in, line_of, report_of, show_one, work
from tests.redeem_codes.working import CODES, lay_in, pool_of, stock
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def upload(desk: DeskClient, content: str, name: str = "till.csv") -> str:
    """Where it leads."""
    return desk.send("/reconciliations/", file=SimpleUploadedFile(name, content.encode())).headers["Location"]


def form_of(shop: Shop, page: str, **more: str) -> dict[str, str]:
    """As the page shows it."""
    choice = found_of(shop, wanted_id("rcn", page.split("/")[2])).chosen
    columns = {f"column-{number}": field for number, field in enumerate(choice.columns)}
    fields = {"encoding": choice.encoding, "separator": choice.separator, "tolerance": "20", "day_begins": "0"}
    return columns | fields | {"date_order": "", "location": "", "code_of_all": ""} | more


def work_on(shop: Shop, page: str) -> None:
    work(shop, wanted_id("rcn", page.split("/")[2]))


def test_from_the_file_to_the_leak(desk: DeskClient, lume: Shop) -> None:
    offer = coffee_shop(lume)
    used = show_one(offer, now() - timedelta(hours=5))
    unseen = show_one(offer, now() - timedelta(hours=4))
    leaked = line_of("FREECOFFEE", now() - timedelta(hours=1), "Harbour", "3.50", "A-18")

    page = upload(desk, report_of(line_of("FREECOFFEE", used.at, lume.location.name, receipt="A-17"), leaked))
    before = words(desk.open(page))
    assert "The headings say what the columns hold." in before
    assert "FREECOFFEE" in before
    assert "Which location is it?" in before
    assert desk.send(page, **form_of(lume, page)).headers["Location"] == page
    assert "Being compared" in words(desk.open(page))
    work_on(lume, page)

    assert desk.open(f"{page}state/").headers["HX-Refresh"] == "true"
    said = words(desk.open(page))
    assert "1 code was used that nobody was shown here" in said
    assert "It cost you €3.50 in discounts." in said
    assert "Used, but never shown 1" in said
    assert "FREECOFFEE Harbour A-18 €3.50" in said
    assert "Shown, but not used 1" in said
    html = desk.open(page).content.decode()
    assert f"/journal/?q={reference_of(unseen.voucher_id)}" in html
    assert f"/cards/{public_id('crd', Voucher.objects.get(id=unseen.voucher_id).card_id)}/" in html
    assert re.search(r'"/journal/\?from=[0-9-]+&amp;to=[0-9-]+"', html), "no location of ours: the day alone"
    rows = list(csv.reader(desk.open(f"{page}rows.csv").content.decode("utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == ["Used, but never shown", "Shown, but not used"]
    assert "more often" not in said
    assert "2 uses in the report 1 code was used that nobody was shown here" in words(desk.open("/reconciliations/"))
    assert "A comparison of the till’s report “till.csv” was started." in words(desk.open("/settings/changes/"))


def test_a_code_that_leaked_leads_to_the_next_one(desk: DeskClient, lume: Shop) -> None:
    coffee_shop(lume)
    moment = now() - timedelta(hours=1)
    page = upload(desk, report_of(line_of("A free coffee", moment, lume.location.name), line_of("OTHER", moment)))
    desk.send(page, **form_of(lume, page))
    work_on(lume, page)

    shown = desk.open(page)
    (lead,) = re.findall(r'href="(/programs/codes/[^"]+)"', shown.content.decode())
    assert "FREECOFFEE Enter the next code" in words(shown)
    assert "FREECOFFEE" in words(desk.open(lead))
    place = public_id("loc", lume.location.id)
    (journal,) = re.findall(rf'href="(/journal/\?location={place}&amp;from=[^"]+)"', shown.content.decode())
    assert desk.open(journal.replace("&amp;", "&")).status_code == 200
    desk.send(lead, code="NEXTCOFFEE", first_day=f"{now() + timedelta(days=7):%Y-%m-%d}", overlap_days="7", place="")
    assert "Enter the next code" not in words(desk.open(page)), "it is planned"


def test_what_took_off_too_much_is_told_with_both_amounts(desk: DeskClient, lume: Shop) -> None:
    offer = off(lume, "THREE", 300)
    right, wrong = (show_one(offer, now() - timedelta(hours=hours)) for hours in (5, 4))
    page = upload(
        desk, report_of(line_of("THREE", right.at, discount="3"), line_of("THREE", wrong.at, discount="30.00"))
    )
    desk.send(page, **form_of(lume, page))
    work_on(lume, page)

    said = words(desk.open(page))
    assert "No code leaked, but not everything is the same" in said
    assert "Used, but more was taken off than the reward gives 1 €30.00" in said
    assert f"€30.00 The reward takes off at most €3.00. {reference_of(wrong.voucher_id)} Journal" in said
    assert "Enter the next code" not in said
    headings, row = csv.reader(desk.open(f"{page}rows.csv").content.decode("utf-8-sig").splitlines())
    assert (row[0], row[-1]) == ("Used, but more was taken off than the reward gives", "€3.00")
    assert headings[-1] == "Highest discount of the reward"


def test_codes_that_leaked_are_told_to_be_taken_out(desk: DeskClient, lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool, CODES)
    compare(lume, report_of(*(line_of(code, now()) for code in CODES[:2])))
    page = f"/reconciliations/{public_id('rcn', Reconciliation.objects.get().id)}/"

    assert "2 of them were taken out of their lists: no customer gets them any more." in words(desk.open(page))
    listed = words(desk.open(f"/redeem-codes/{public_id('cdp', pool.id)}/"))
    assert "Handed out 0" in listed
    assert "Used, but never shown 2" in listed


def test_codes_that_stay_in_their_list_are_told_too(desk: DeskClient, lume: Shop) -> None:
    lay_in(lume, pool_of(lume), CODES)
    compare(lume, report_of(*(line_of(code, now() - timedelta(days=3)) for code in CODES)))

    page = desk.open(f"/reconciliations/{public_id('rcn', Reconciliation.objects.get().id)}/")
    said = words(page)

    assert "3 of them stay in their lists, and customers can still get them. That is so if" in said
    assert "taken out" not in said
    withdrawal = f"/redeem-codes/{public_id('cdp', CodePool.objects.get().id)}/withdrawal/"
    assert page.content.decode().count(f'action="{withdrawal}"') == 3
    asked = desk.send(withdrawal, codes=CODES[0], look="")
    assert (asked.status_code, CODES[0] in asked.content.decode()) == (200, True)
    assert not PoolCode.objects.exclude(revoked=None).exists(), "it asks why first"


def test_a_code_that_was_shown_and_used_once_more_is_not_told_as_never_shown(desk: DeskClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    stock(lume, pool_of(lume), ["KAFE-1"])
    hand_out("KAFE-1", used)

    page = upload(desk, report_of(*(line_of("KAFE-1", used.at, receipt=receipt) for receipt in ("A-1", "A-2"))))
    desk.send(page, **form_of(lume, page))
    work_on(lume, page)

    assert f"KAFE-1 Coffee codes – A-2 €3.50 {reference_of(used.voucher_id)} Journal" in words(desk.open(page))
    for said in (words(desk.open(page)), words(desk.open("/reconciliations/"))):
        assert "1 code was used more often than it was shown" in said
        assert "nobody was shown" not in said


def test_the_history_of_the_card_says_what_the_till_has_confirmed(desk: DeskClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    page = upload(desk, report_of(line_of("FREECOFFEE", used.at)))
    desk.send(page, **form_of(lume, page))
    work_on(lume, page)
    card = Voucher.objects.get(id=used.voucher_id).card_id

    assert "Confirmed by the till: A free coffee" in words(desk.open(f"/cards/{public_id('crd', card)}/"))
    assert "The till agrees" in words(desk.open(page))
    put_in_order(lume.merchant.id)
    assert "Confirmed by the till" not in words(desk.open("/journal/"))
    assert "Confirmed by the till" in words(desk.open(f"/journal/?q={reference_of(used.voucher_id)}"))


def test_a_used_voucher_wears_what_the_till_has_confirmed_until_it_is_restored(desk: DeskClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    card = Card.objects.get(id=Voucher.objects.get(id=used.voucher_id).card_id)
    places = (f"/cards/{public_id('crd', card.id)}/", f"/customers/{public_id('cus', card.customer_id)}/")
    badge = '<span class="badge good">Confirmed by the till</span>'
    assert not any(badge in desk.open(place).content.decode() for place in places)

    page = upload(desk, report_of(line_of("FREECOFFEE", used.at)))
    desk.send(page, **form_of(lume, page))
    work_on(lume, page)
    assert all(badge in desk.open(place).content.decode() for place in places)

    reverse_redemption(lume.merchant, used.id, reason="By mistake", actor=lume.actor)
    assert not any(badge in desk.open(place).content.decode() for place in places)


def test_a_report_that_nobody_knows_is_asked_about(desk: DeskClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    page = upload(desk, f"Foo,Bar\n{used.at.isoformat()},FREECOFFEE\n")
    asked = words(desk.open(page))

    assert "Please say how this report is read" in asked
    assert "Say which column tells when it was." in asked
    refused = desk.send(page, **form_of(lume, page))
    assert (refused.status_code, "It is not clear how to read this report" in words(refused)) == (422, True)
    chosen = form_of(lume, page) | {"column-0": "at", "column-1": "code"}
    assert "The headings say what the columns hold." in words(desk.send(page, look="1", **chosen))
    assert desk.send(page, **chosen).headers["Location"] == page
    work_on(lume, page)
    assert "The till agrees" in words(desk.open(page))


def test_dates_that_could_be_two_are_asked_about(desk: DeskClient, lume: Shop) -> None:
    coffee_shop(lume)
    page = upload(desk, "Code,Date,Discount\nFREECOFFEE,3/4/2026,3.50\n")

    assert "Day and month could change places in this file." in words(desk.open(page))
    assert desk.send(page, **form_of(lume, page, date_order="dmy")).headers["Location"] == page


def test_sums_of_days_are_refused_in_words(desk: DeskClient) -> None:
    page = upload(desk, "集計期間,割引\n2026/10/01,500\n")

    assert "This report has only sums" in words(desk.open(page))


def test_a_file_that_was_compared_before_says_so(desk: DeskClient, lume: Shop) -> None:
    used = show_one(coffee_shop(lume), now() - timedelta(hours=5))
    report = report_of(line_of("FREECOFFEE", used.at))
    first = upload(desk, report)
    desk.send(first, **form_of(lume, first))
    work_on(lume, first)

    again = desk.open(upload(desk, report))

    assert "The same file was compared before" in words(again)
    assert first in again.content.decode()


def test_what_is_no_table_is_refused_in_words(desk: DeskClient) -> None:
    answer = desk.send("/reconciliations/", file=SimpleUploadedFile("x.csv", b"\x00\x01\x02"))

    assert answer.status_code == 422
    assert "This file cannot be read as a table" in words(answer)
    assert not Reconciliation.objects.exists()


def test_only_owners_and_only_their_own(desk: DeskClient, lume: Shop, rossi: Shop) -> None:
    theirs = f"/reconciliations/{public_id('rcn', hand_in(rossi, report_of(line_of('X', now()))))}/"

    assert desk.open(theirs).status_code == 404
    assert sign_up_staff(lume, StaffMember.Role.MANAGER).open("/reconciliations/").status_code == 403
