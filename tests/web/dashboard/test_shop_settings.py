"""The shop's own name, language and currency: the owner changes them under the rules of the first day."""

import html

import pytest

from stampwell.events.models import Event
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.merchants.offline_rewards import OfflineRewards, offline_rewards_of
from stampwell.merchants.protection import Protection, protection_of
from tests.web.dashboard.desk import Answer, DeskClient, sign_up_staff, words
from tests.world import Shop

PATH = "/settings/shop/"
MESSAGES = "/settings/messages/"


def send(desk: DeskClient, **different: str) -> Answer:
    return desk.send(PATH, **{"name": "Café Lume", "locale": "en", "currency": "EUR"} | different)


def now_called(shop: Shop) -> tuple[str, str, str]:
    row = Merchant.objects.get(id=shop.merchant.id)
    return row.name, row.locale, row.currency


def test_the_owner_renames_the_shop_and_every_link_stays(desk: DeskClient, lume: Shop) -> None:
    join_link = f"/{lume.merchant.slug}"

    answer = send(desk, name="  Lume &  Daughters ", locale="lv", currency="GBP")

    assert answer.status_code == 302
    assert now_called(lume) == ("Lume & Daughters", "lv", "GBP")
    assert Merchant.objects.get(id=lume.merchant.id).slug == join_link[1:] == "cafe-lume"
    assert "Lume & Daughters" in html.unescape(words(desk.open("/settings/")))


def test_saving_the_shop_as_it_is_changes_nothing(desk: DeskClient, lume: Shop) -> None:
    assert send(desk).status_code == 302

    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Enter the name of the shop."),
        (" \u200b\u2800 ", "Enter the name of the shop."),
        ("L" * 61, "at most 60 characters"),
        ("Lume\x00", "Null characters are not allowed."),
    ],
)
def test_a_name_that_no_card_can_show_is_refused(desk: DeskClient, lume: Shop, name: str, said: str) -> None:
    answer = send(desk, name=name, locale="lv")

    assert answer.status_code == 422
    assert said in words(answer)
    assert now_called(lume) == ("Café Lume", "en", "EUR")
    assert '<option value="lv" selected>' in answer.content.decode()  # what else was chosen is not lost


@pytest.mark.parametrize("wrong", [{"locale": "xx"}, {"currency": "XXXX"}, {"currency": ""}])
def test_only_what_is_offered_can_be_chosen(desk: DeskClient, lume: Shop, wrong: dict[str, str]) -> None:
    assert send(desk, **wrong).status_code == 422
    assert now_called(lume) == ("Café Lume", "en", "EUR")


@pytest.mark.parametrize("earning", [{"by": "amount", "amount_per_stamp": 1000}, {"by": "visit", "minimum_spend": 500}])
def test_the_currency_stays_once_a_program_counts_amounts(
    desk: DeskClient, lume: Shop, earning: dict[str, object]
) -> None:
    offer = lume.publish(earning=earning)
    lume.publish(offer.program)  # the next version gives a stamp for a visit, but cards of the first are in use

    answer = send(desk, name="Lume", currency="GBP")

    assert answer.status_code == 302
    assert now_called(lume) == ("Lume", "en", "EUR")
    assert "The currency cannot be changed: a program earns by amount" in words(desk.open(PATH))


def test_a_rivals_amounts_hold_nobody_back(desk: DeskClient, lume: Shop, rossi: Shop) -> None:
    rossi.publish(earning={"by": "amount", "amount_per_stamp": 1000})

    send(desk, currency="GBP")

    assert now_called(lume) == ("Café Lume", "en", "GBP")
    assert now_called(rossi) == ("Rossi", "en", "EUR")


def test_a_currency_that_is_out_of_use_may_stay(desk: DeskClient, lume: Shop) -> None:
    Merchant.objects.filter(id=lume.merchant.id).update(currency="LVL")
    lume.publish(earning={"by": "amount", "amount_per_stamp": 1000})

    assert send(desk, name="Lume").status_code == 302
    assert now_called(lume) == ("Lume", "en", "LVL")


@pytest.mark.parametrize("role", [StaffMember.Role.MANAGER, StaffMember.Role.CASHIER])
def test_only_an_owner_changes_the_shop(lume: Shop, role: StaffMember.Role) -> None:
    bo = sign_up_staff(lume, role)

    assert bo.open(PATH).status_code == 403
    assert send(bo, name="Bo's").status_code == 403
    assert now_called(lume) == ("Café Lume", "en", "EUR")
    assert PATH not in bo.open("/settings/").content.decode()


def test_the_start_page_bears_with_what_changed(desk: DeskClient, lume: Shop) -> None:
    send(desk, name="Lume")
    desk.send("/settings/locations/new/", name="Old Town", time_zone="Europe/Riga", opening="always")

    assert desk.open("/").status_code == 200


LIMITS = "/settings/staff-limits/"


def limits_of(shop: Shop) -> tuple[int, int]:
    row = Merchant.objects.get(id=shop.merchant.id)
    return row.most_stamps_at_once, row.most_stamps_with_override


def test_the_owner_limits_what_staff_give_at_once(desk: DeskClient, lume: Shop) -> None:
    assert limits_of(lume) == (10, 5)

    answer = desk.send(LIMITS, most_stamps_at_once="20", most_stamps_with_override="1")

    assert (answer.status_code, limits_of(lume)) == (302, (20, 1))
    assert Event.objects.get().data["changed"] == ["most_stamps_at_once", "most_stamps_with_override"]
    assert "The limits for staff were changed" in words(desk.open("/"))
    assert 'value="20"' in desk.open(LIMITS).content.decode()


@pytest.mark.parametrize("wrong", ["0", "101", "-1", "", "ten"])
def test_a_limit_is_from_1_to_100(desk: DeskClient, lume: Shop, wrong: str) -> None:
    answer = desk.send(LIMITS, most_stamps_at_once=wrong, most_stamps_with_override="5")

    assert (answer.status_code, limits_of(lume)) == (422, (10, 5))


OF_DAY = {
    "most_stamps_on_card_a_day": "6",
    "most_stamps_by_person_a_day": "300",
    "most_overrides_by_person_a_day": "",
    "most_stamps_by_device_a_day": "1500",
    "restoring_needs_manager": "on",
}


def test_the_owner_sets_beyond_which_limits_of_a_day_a_manager_has_to_agree(desk: DeskClient, lume: Shop) -> None:
    usual = {"most_stamps_at_once": "10", "most_stamps_with_override": "5"}
    assert protection_of(lume.merchant) == Protection()

    answer = desk.send(LIMITS, **usual, **OF_DAY)

    assert answer.status_code == 302
    wanted = Protection(
        most_stamps_on_card_a_day=6,
        most_stamps_by_person_a_day=300,
        most_stamps_by_device_a_day=1500,
        restoring_needs_manager=True,
    )
    assert protection_of(Merchant.objects.get(id=lume.merchant.id)) == wanted
    assert not Event.objects.exists()  # no program follows it
    told = words(desk.open("/settings/changes/"))
    for name, before, after in (
        ("Stamps on one card in a day", "No limit", "6"),
        ("Stamps by one device in a day", "No limit", "1,500"),
        ("Restoring a used voucher at the scanner needs a manager", "No", "Yes"),
    ):
        assert f"{name} {before} {after}" in told
    page = desk.open(LIMITS).content.decode()
    assert 'value="300"' in page
    assert "checked" in page

    desk.send(LIMITS, **usual)

    assert protection_of(Merchant.objects.get(id=lume.merchant.id)) == Protection()


USUAL = {"most_stamps_at_once": "10", "most_stamps_with_override": "5"}


def test_the_owner_sets_which_rewards_may_be_handed_out_without_a_connection(desk: DeskClient, lume: Shop) -> None:
    def allowed() -> OfflineRewards:
        return offline_rewards_of(Merchant.objects.get(id=lume.merchant.id))

    assert allowed() == OfflineRewards()
    assert "the same reward may be handed out twice, at two devices" in words(desk.open(LIMITS))

    answer = desk.send(LIMITS, **USUAL, offline_rewards_up_to="2.50", currency="EUR")

    assert (answer.status_code, allowed()) == (302, OfflineRewards(up_to=250, currency="EUR"))
    assert "Rewards without a connection, up to a cost of Not allowed €2.50" in words(desk.open("/settings/changes/"))
    assert 'value="2.50"' in desk.open(LIMITS).content.decode()

    desk.send(LIMITS, **USUAL, offline_rewards_up_to="", currency="EUR")

    assert allowed() == OfflineRewards()


@pytest.mark.parametrize(("typed", "currency"), [("0", "EUR"), ("two", "EUR"), ("2.50", "USD"), ("2.50", "")])
def test_a_limit_for_rewards_is_an_amount_in_the_shops_currency(
    desk: DeskClient, lume: Shop, typed: str, currency: str
) -> None:
    answer = desk.send(LIMITS, **USUAL, offline_rewards_up_to=typed, currency=currency)

    assert answer.status_code == 422
    assert Merchant.objects.get(id=lume.merchant.id).offline_rewards_up_to is None


@pytest.mark.parametrize("wrong", ["0", "-1", "10001", "many"])
def test_a_limit_of_a_day_is_from_1_to_10000_or_none(desk: DeskClient, lume: Shop, wrong: str) -> None:
    answer = desk.send(
        LIMITS, most_stamps_at_once="10", most_stamps_with_override="5", most_stamps_by_person_a_day=wrong
    )

    assert answer.status_code == 422
    assert protection_of(Merchant.objects.get(id=lume.merchant.id)) == Protection()


def test_a_manager_does_not_set_the_limits(lume: Shop) -> None:
    manager = sign_up_staff(lume, StaffMember.Role.MANAGER)

    assert manager.send(LIMITS, most_stamps_at_once="99", most_stamps_with_override="99").status_code == 403
    assert limits_of(lume) == (10, 5)


def test_the_owner_says_that_they_write_to_customers_and_it_is_told(desk: DeskClient, lume: Shop) -> None:
    page = desk.open(MESSAGES).content.decode()

    answer = desk.send(MESSAGES, writes_to_customers="on")

    assert 'name="writes_to_customers"' in page
    assert answer.status_code == 302
    assert Merchant.objects.get(id=lume.merchant.id).writes_to_customers
    assert "checked" in desk.open(MESSAGES).content.decode()
    assert Event.objects.get().data["changed"] == ["writes_to_customers"]
    assert "The setting for messages to customers was changed" in words(desk.open("/"))
    assert "I send customers messages myself" in words(desk.open("/settings/changes/"))


def test_a_manager_does_not_say_it(lume: Shop) -> None:
    manager = sign_up_staff(lume, StaffMember.Role.MANAGER)

    assert manager.send(MESSAGES, writes_to_customers="on").status_code == 403
