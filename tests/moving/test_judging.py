"""What an archive says is judged before anybody sees the shop: what cannot be true is told, and nothing is opened."""

from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from stampwell.cards.honouring import honour_paper
from stampwell.cards.merging import merge_customers
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.clock import now
from stampwell.counter.handing_over import hand_over
from stampwell.customers.retention import change_retention
from stampwell.events.actors import Actor
from stampwell.events.draining import put_in_order
from stampwell.jobs.models import Job
from stampwell.merchants.imprint import ImprintText, change_imprint
from stampwell.merchants.models import Merchant
from stampwell.moving.arriving import discard, find_arriving
from stampwell.moving.form import Part
from stampwell.moving.judging import MOST_TOLD
from stampwell.moving.reading import Archive, check
from stampwell.moving.trouble import MoveTrouble
from stampwell.offline.device_keys import register_key
from stampwell.offline.models import KeptScan
from stampwell.programs.pricing import Prices, price_program
from stampwell.programs.replacing_codes import NextCode, plan_successor
from stampwell.programs.saved_drafts import save_draft
from stampwell.receipts.making import Wanted, make_receipt_code
from tests.drills.exit_shop import open_shop
from tests.moments import START
from tests.moving.changed import Change, Rows, changed, row_of, set_first, with_fields
from tests.moving.elsewhere import OTHER_KEY, OURS, arrive, forget_shop, rows_of, write
from tests.offline.device import Device, decode
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
def archive(lume: Shop, tmp_path: Path, settings: Settings) -> Archive:
    """Of a shop that is not here: a card in its second round with a used reward, and one that went into another."""
    offer = lume.publish(earning=AT_ONCE)
    card, kept, gone = (offer.card(name=name) for name in ("Ann", "Ben", "Cy"))
    give_stamps(card, 12)
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)
    give_stamps(gone, 2)
    merge_customers(lume.merchant, kept.row.customer_id, gone.row.customer_id, actor=lume.actor)
    lume.api_key()
    set_everything(lume, offer)
    put_in_order(lume.merchant.id)
    written = write(lume.merchant, tmp_path / "lume")
    forget_shop(lume.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    return written


def set_everything(lume: Shop, offer: Offer) -> None:
    """What an owner may set in the desk."""
    told = ImprintText(legal_name="Lume SIA", email="hi@lume.example", link="https://lume.example/privacy")
    change_imprint(lume.merchant, told, actor=lume.actor)
    change_retention(lume.merchant, 12, actor=lume.actor)
    change_paper_rules(lume.merchant, most_stamps=9, most_a_day=20, actor=lume.actor)
    seen = Actor(source="scanner", location_id=lume.location.id, staff_member_id=lume.ada.id)
    honour_paper(lume.merchant, offer.card().id, 4, reason="A green one", actor=seen)
    price_program(lume.merchant, offer.program.id, Prices(reward_cost=90, currency="EUR"), actor=lume.actor)
    next_code = NextCode(code="NEXTCOFFEE", first_day=now().date())
    plan_successor(lume.merchant, offer.terms.milestones[-1].reward.id, None, next_code, actor=lume.actor)
    keep_a_scan(lume, offer.card())
    save_draft(lume.merchant, {"goal": ["ten"]}, name="Tea", program=None, seen=None, actor=lume.actor)
    make_receipt_code(lume.merchant, Wanted(program_id=offer.program.id), "R-1", actor=lume.actor)


def keep_a_scan(lume: Shop, card: HeldCard) -> None:
    """One that waits for the owner, of a device that signs."""
    station, _credential = lume.scanner()
    point = Device().public_key
    register_key(lume.merchant, station, decode(point), actor=lume.actor)
    KeptScan.objects.create(
        merchant=lume.merchant,
        source="scanner",
        sender_id=station.id,
        key="k",
        fingerprint=b"f",
        card_id=card.id,
        scanned_at=START,
        received_at=START,
        happened_at=START,
        clock_believed=True,
        state="waiting",
        reason="cooldown",
    )


def more(part: str, column: str, by: int) -> Change:
    def change(rows: Rows, told: dict[str, Part]) -> None:
        number = row_of(rows[part][0])[column]
        assert isinstance(number, int)
        rows[part][0] = with_fields(rows[part][0], **{column: number + by})

    return change


def drop_last(part: str) -> Change:
    return lambda rows, told: rows[part].__delitem__(-1)


def copy_id(part: str, column: str, of: str) -> Change:
    """The id of a row of another kind."""

    def change(rows: Rows, told: dict[str, Part]) -> None:
        rows[part][0] = with_fields(rows[part][0], **{column: row_of(rows[of][0])["id"]})

    return change


def round_and_round(rows: Rows, told: dict[str, Part]) -> None:
    """Each of two customers went into the other one."""
    first, second = (row_of(line)["id"] for line in rows["customer"][:2])
    rows["customer"][0] = with_fields(rows["customer"][0], merged_into=second)
    rows["customer"][1] = with_fields(rows["customer"][1], merged_into=first)


def merged_round(rows: Rows, told: dict[str, Part]) -> None:
    row = row_of(rows["customer_merge"][0])
    back = {"id": str(UUID(int=7)), "customer_id": row["other_id"], "other_id": row["customer_id"]}
    rows["customer_merge"].append(with_fields(rows["customer_merge"][0], **back))


def into_itself(rows: Rows, told: dict[str, Part]) -> None:
    rows["merged_card"][0] = with_fields(rows["merged_card"][0], into_id=row_of(rows["merged_card"][0])["card_id"])


def other_secrets(rows: Rows, told: dict[str, Part]) -> None:
    """A card brings those of another one."""
    cards = [n for n, line in enumerate(rows["secrets"]) if row_of(line)["kind"] == "card"]
    issues = row_of(rows["secrets"][cards[1]])["issues"]
    rows["secrets"][cards[0]] = with_fields(rows["secrets"][cards[0]], issues=issues)


def no_secrets(rows: Rows, told: dict[str, Part]) -> None:
    rows["secrets"] = [line for line in rows["secrets"] if row_of(line)["kind"] != "voucher"]


def secrets_of_another_size(rows: Rows, told: dict[str, Part]) -> None:
    rows["secrets"] = [line.replace(b'"rotating-code":"', b'"rotating-code":"00') for line in rows["secrets"]]


def of_another_version(rows: Rows, told: dict[str, Part]) -> None:
    """The card says nine where its terms say ten."""
    rows["card"][0] = with_fields(rows["card"][0], goal=9)


TAKEN_OFF = {"discount": 7, "currency": "EUR", "discount_lines": [2, 5]}
FALSE: dict[str, tuple[Change, str]] = {
    "stamps that nobody gave": (more("card", "stamps", 1), "says stamps"),
    "a round that was not filled": (more("card", "round", 1), "says round"),
    "money that nobody spent": (more("card", "remainder", 5), "says remainder"),
    "a stamp that is left out": (drop_last("stamp"), "says stamps"),
    "a use that was given back": (set_first("voucher", reversals=3), "says uses"),
    "a reward used twice": (drop_last("redemption"), "says uses"),
    "a discount without its lines": (set_first("redemption", discount=5), "do not add up"),
    "a discount of other lines": (set_first("redemption", **TAKEN_OFF | {"discount": 9}), "do not add up"),
    "more taken back than off": (set_first("redemption", **TAKEN_OFF | {"returned_lines": [3, 2]}), "do not add up"),
    "a line taken back that is none": (set_first("redemption", **TAKEN_OFF | {"returned_lines": [1]}), "do not add up"),
    "a state of no card": (set_first("card", state="golden"), "“golden”"),
    "a state of no voucher": (set_first("voucher", state="eternal"), "“eternal”"),
    "an event of no kind": (set_first("event", type="card.blessed"), "“card.blessed”"),
    "a right that there is not": (set_first("api_key", scopes=["everything"]), "“everything”"),
    "a role that there is not": (set_first("staff_member", role="king"), "“king”"),
    "a way in that there is not": (set_first("stamp", source="magic"), "“magic”"),
    "a language that there is not": (set_first("customer", locale="xx"), "“xx”"),
    "a number at its end": (set_first("card", revision=2**31 - 1), "counts up to"),
    "a code that is never due": (set_first("card", last_step=2**60), "counts up to"),
    "a clock that there is not": (set_first("merchant", time_zone="Mars/Base"), "“Mars/Base”"),
    "a clock outside of the list": (set_first("location", time_zone="../etc/passwd"), "passwd"),
    "money that there is not": (set_first("merchant", currency="Lt"), "“Lt”"),
    "no limit for staff": (set_first("merchant", most_stamps_at_once=30_000), "limits for staff"),
    "no limit of a day": (set_first("merchant", most_stamps_by_person_a_day=-1), "limits of a day"),
    "no limit for rewards": (set_first("merchant", offline_rewards_up_to=-1), "what is no amount"),
    "a limit in no money": (set_first("merchant", offline_rewards_up_to=90), "what is no amount"),
    "hours of no day": (set_first("location", opening_hours={"8": [["08:00", "09:00"]]}), "no week has"),
    "hours that are none": (set_first("location", opening_hours={"1": [["late", "early"]]}), "hours are not clear"),
    "hours in another form": (set_first("location", opening_hours=[1]), "in any form"),
    "a place nowhere": (set_first("location", latitude=123, longitude=1), "nowhere on the earth"),
    "terms without a reward": (drop_last("milestone"), "do not fit the goal"),
    "a pause without end": (set_first("program_version", cooldown_seconds=10**9), "cooldown_seconds"),
    "a name in no language": (set_first("program_version", name={}), "text is missing"),
    "a card of no colour": (set_first("program_version", design={"background": "url(x)"}), "background"),
    "a way of use that there is not": (set_first("reward", path="wish"), "“wish”"),
    "a name in another form": (set_first("program_version", name="Coffee"), "Expected `object`"),
    "a design in another form": (set_first("program_version", design=["red"]), "Expected `object`"),
    "a list of nothing": (set_first("program", printed=[]), "names nothing"),
    "holidays in another form": (set_first("location", holidays={}), "in any form"),
    "an event in another form": (set_first("event", data={"card": {"id": 5}}), "rows of “event”"),
    "a code for the till of a reward without": (set_first("voucher", api_code="0123456789A"), "a code for the till"),
    "a discount of no kind": (set_first("reward", discount={"kind": "wish"}), "wish"),
    "a code for no location": (set_first("reward", code_by_location={str(UUID(int=9)): "X"}), "location"),
    "a code for nothing": (set_first("reward", code_by_location={"here": "X"}), "UUID"),
    "a reward at no location": (set_first("reward", location_ids=[str(UUID(int=9))]), "location"),
    "terms of nothing": (copy_id("program", "current_version_id", "card"), "none of its own"),
    "a card under other terms": (of_another_version, "its program does not have"),
    "a voucher of nothing": (copy_id("voucher", "version_id", "program"), "no reward of its card"),
    "customers round and round": (round_and_round, "in a circle"),
    "merges round and round": (merged_round, "in a circle"),
    "a card into itself": (into_itself, "in a circle"),
    "a customer into nobody": (copy_id("customer", "merged_into", "card"), "into nobody"),
    "numbers that were not given": (more("event_feed", "last_sequence", 5), "not numbered"),
    "an event that is left out": (more("event_feed", "last_sequence", -1), "not numbered"),
    "a page that is a program": (set_first("imprint", link="javascript:alert(1)"), "nowhere on the web"),
    "a page with a password": (set_first("imprint", link="https://us:pw@lume.example"), "nowhere on the web"),
    "a page that cannot be read": (set_first("imprint", link="https://[::1"), "nowhere on the web"),
    "an email to nobody": (set_first("imprint", email="x?bcc=all"), "can be reached"),
    "a phone that is none": (set_first("imprint", phone="call me"), "can be reached"),
    "customers deleted at once": (set_first("retention", months=0), "after 0 months"),
    "more stamps from paper than a card holds": (set_first("paper_rules", most_stamps=101), "limits for old paper"),
    "old paper cards that nobody counted": (set_first("honoured_paper", number=0), "counts up to"),
    "days without end": (set_first("retention", day_number=2**31 - 1), "counts up to"),
    "a price below nothing": (set_first("program", reward_cost=-5), "prices that are none"),
    "a price in no money": (set_first("program", priced_in=""), "prices that are none"),
    "a code that follows itself": (set_first("code_successor", next_code="FREECOFFEE"), "follows itself"),
    "a code that follows none": (set_first("code_successor", code="NOTHING"), "that no reward shows"),
    "a code over before it begins": (set_first("code_successor", old_until=START.isoformat()), "is over"),
    "a code that cannot be drawn": (set_first("code_successor", next_code=" "), "cannot hold"),
    "receipts without a place": (set_first("receipt_series", made="\\x00"), "no place for its receipts"),
    "receipts with too long a number": (set_first("receipt_series", digits=9), "counts up to"),
    "a draft in another form": (set_first("program_draft", fields={"goal": 5}), "no form of a program"),
    "a draft saved for ever": (set_first("program_draft", revision=2**31 - 1), "counts up to"),
    "a scan of no card": (set_first("kept_scan", card_id=None), "waits without a card"),
    "a scan of a million stamps": (set_first("kept_scan", count=1_000_000), "counts up to"),
    "a reward for no voucher": (set_first("kept_scan", voucher_id=str(UUID(int=9))), "for no voucher"),
    "a scan in no state": (set_first("kept_scan", state="lost"), "“lost”"),
    "secrets of another card": (other_secrets, "other secrets"),
    "no secrets of a voucher": (no_secrets, "other secrets"),
    "secrets that are too long": (secrets_of_another_size, "other secrets"),
}


@pytest.mark.long
def test_what_cannot_be_true_is_told_and_the_shop_stays_hidden(archive: Archive, tmp_path: Path) -> None:
    for number, (what, (change, says)) in enumerate(FALSE.items()):
        (folder := tmp_path / str(number)).mkdir()
        with pytest.raises(MoveTrouble) as trouble:
            arrive(changed(check(archive.file, [OURS]), folder, change))
        assert says in str(trouble.value), what
        assert not Merchant.objects.filter(id=archive.manifest.shop.id, deleting=None).exists(), what
        discard(find_arriving(archive.manifest.shop.slug))


def test_a_shop_in_which_everything_has_happened_is_taken(db: None, tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    open_shop(str(tmp_path / "told"))
    shop = Merchant.objects.get()
    Job.objects.update(state="done", ended=now())
    written = write(shop, tmp_path / "exit")
    forget_shop(shop)
    settings.TOKEN_KEY = OTHER_KEY

    arrive(written)

    assert Merchant.objects.get().id == shop.id


def test_the_first_ten_faults_are_told(archive: Archive, tmp_path: Path) -> None:
    def change(rows: Rows, told: dict[str, Part]) -> None:
        rows["stamp"] = [with_fields(line, count=-1, source="magic") for line in rows["stamp"]]
        rows["event"] = [with_fields(line, type=f"card.blessed{n}") for n, line in enumerate(rows["event"])]

    with pytest.raises(MoveTrouble) as trouble:
        arrive(changed(archive, tmp_path, change))

    assert str(trouble.value).count("\n- ") == MOST_TOLD


def test_what_the_shop_keeps_of_its_programs_is_written_anew(archive: Archive, tmp_path: Path) -> None:
    false = {
        "stopped_programs": {"everything": 1},
        "closed_locations": [str(UUID(int=3))],
        "location_zones": {"everywhere": "Mars/Base"},
        "code_turns": [["FREECOFFEE", "STOLEN", START.isoformat()]],
    }

    arrive(changed(archive, tmp_path, set_first("merchant", **false)))

    shop = Merchant.objects.get(id=archive.manifest.shop.id)
    assert (shop.stopped_programs, shop.closed_locations, shop.location_zones) == ({}, [], {})
    assert [following for _code, following, _starts in shop.code_turns] == ["NEXTCOFFEE"]


def test_the_clocks_of_locations_are_known_from_an_archive_that_says_nothing_of_them(
    archive: Archive, tmp_path: Path
) -> None:
    """One that an older version has made: the shop's row knew of no other clock then."""
    place = row_of(rows_of(archive)["location"][0])

    arrive(changed(archive, tmp_path, set_first("location", time_zone="Asia/Tokyo")))

    assert Merchant.objects.get(id=archive.manifest.shop.id).location_zones == {str(place["id"]): "Asia/Tokyo"}
