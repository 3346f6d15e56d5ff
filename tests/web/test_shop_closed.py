"""What people read where the shop was closed by whoever runs the server."""

import pytest
from django.test import Client

from stampwell.events.models import Event
from stampwell.merchants.closing import close_shop, open_again
from stampwell.merchants.models import StaffMember
from tests.kept import made_once
from tests.web.customer import card_with_reward, one_reward, path_of, voucher_path
from tests.web.dashboard.desk import DeskClient, words
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db
CUSTOMERS_READ = "This shop does not give stamps or rewards here at the moment."
STAFF_READ = "This shop was closed on this server."


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return card_with_reward(lume.publish(**one_reward("self_redeem")))


def test_the_card_stays_and_says_that_the_shop_is_closed(lume: Shop, card: HeldCard, visitor: Client) -> None:
    close_shop(lume.merchant.id)

    page = words(visitor.get(path_of(card)))

    assert CUSTOMERS_READ in page
    assert "Show this code to collect stamps" not in page

    open_again(lume.merchant.id)

    page = words(visitor.get(path_of(card)))
    assert CUSTOMERS_READ not in page
    assert "Show this code to collect stamps" in page


def test_a_reward_cannot_be_used_and_says_why(lume: Shop, card: HeldCard, visitor: Client) -> None:
    close_shop(lume.merchant.id)

    page = words(visitor.get(voucher_path(card)))

    assert CUSTOMERS_READ in page
    assert "Use now" not in page
    sent = visitor.post(f"{voucher_path(card)}/use")
    assert sent.status_code == 409
    assert CUSTOMERS_READ in words(sent)
    assert len(card.open_vouchers) == 1


def test_nobody_joins(lume: Shop, visitor: Client) -> None:
    offer = lume.publish()
    close_shop(lume.merchant.id)
    path = f"/j/{lume.merchant.slug}/{offer.program.slug}"

    assert CUSTOMERS_READ in words(visitor.get(path))
    assert visitor.get(path).status_code == 410
    assert visitor.post(path).status_code == 409


def test_the_scanner_says_so_and_writes_nothing_down(lume: Shop, card: HeldCard) -> None:
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo", StaffMember.Role.CASHIER))
    before = Event.objects.count()
    close_shop(lume.merchant.id)

    panel = phone.scan(card.code)

    assert STAFF_READ in panel.words
    assert panel.outcome == "refused"
    assert Event.objects.count() == before + 1, "the closing itself"


def test_the_owner_reads_it_on_every_page_and_changes_nothing(lume: Shop) -> None:
    desk = DeskClient(lume.owner)
    close_shop(lume.merchant.id)

    for path in ("/", "/cards/", "/programs/", "/team/", "/settings/"):
        assert STAFF_READ in words(desk.open(path)), path
    refused = desk.send("/settings/shop/", name="Other")
    assert refused.status_code == 409
    assert STAFF_READ in words(refused)


def test_the_owner_reads_in_the_history_who_closed_it(lume: Shop) -> None:
    close_shop(lume.merchant.id)
    open_again(lume.merchant.id)

    page = words(DeskClient(lume.owner).open("/"))

    assert "The shop was closed" in page
    assert "The shop was opened again" in page
    assert "Whoever runs this server" in page
