"""A customer who lost a card gets it back by the mailbox that the shop knows, and nobody learns whose that is."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.test.utils import override_settings

from stampwell.cards.erasing import erase_customer
from stampwell.cards.models import RecoveryLink
from stampwell.cards.recovering_by_mail import RECOVERY_MAIL
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.mail.models import Mail
from stampwell.merchants.closing import close_shop
from stampwell.web.card.lost import MOST_OF_ADDRESS, MOST_OF_MAILBOX
from tests.kept import made_once
from tests.mailbox import letters
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.web.dashboard.desk import words
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db
CY = "cy@lume.example"
KEY = "f" * 32


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    """Of seven stamps, and a biscuit that is ready."""
    card = offer.card(name="Cy", email=CY, locale="lv")
    give_stamps(card, 7)
    return card


@pytest.fixture
def phone() -> Client:
    return Client(headers={"accept-language": "en"})


def page_of(shop: Shop) -> str:
    return f"/l/{shop.merchant.slug}"


def ask(phone: Client, shop: Shop, email: str = CY) -> str:
    """What the page says then."""
    answer = phone.post(page_of(shop), {"email": email})
    assert answer.status_code == 302, words(answer)
    return words(phone.get(answer.headers["Location"]))


def work() -> None:
    for job in Job.objects.filter(kind=RECOVERY_MAIL, ended__isnull=True):
        assert job.place is not None
        work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=lambda: False)


def mailed_links() -> list[str]:
    """Of all mails that were ever sent."""
    work()
    return [urlsplit(url).path for letter in letters() for url in re.findall(r"https?://\S+", str(letter.body))]


def get_back(phone: Client, link: str, *cards: HeldCard, key: str = KEY) -> str:
    """The path of the card; "" where none was given."""
    answer = phone.post(link, {"key": key, "cards": [card.id.hex for card in cards]})
    return answer.headers.get("Location", "")


def test_the_link_in_the_mail_opens_the_card_under_a_new_link_with_its_stamps(
    phone: Client, lume: Shop, card: HeldCard
) -> None:
    ask(phone, lume, " Cy@Lume.example ")
    (link,) = mailed_links()
    (letter,) = mail.outbox
    seen = words(phone.get(link))
    assert phone.head(link).status_code == 200
    assert card.row.issue == 0, "whoever looks uses nothing up"

    new = get_back(phone, link, card)

    assert (letter.to, letter.subject) == ([CY], "Jūsu karte: Café Lume")
    assert "Coffee card 7 of 10 stamps" in seen
    assert phone.get(new).status_code == 200
    assert phone.get(path_of(card)).status_code == 410
    assert (card.row.issue, card.row.stamps) == (1, 7)
    assert [voucher.issue for voucher in card.open_vouchers] == [1]
    assert Event.objects.get(type="card.recovered").source == "card"


def test_the_answer_and_what_is_done_at_once_are_the_same_for_an_address_that_nobody_has(
    phone: Client, lume: Shop, card: HeldCard
) -> None:
    with_known = ask(phone, lume)
    known = set(RecoveryLink.objects.values_list("email", "secret_hash"))
    with_unknown = ask(phone, lume, "nobody@lume.example")

    assert with_known == with_unknown
    assert known | {("nobody@lume.example", None)} == set(RecoveryLink.objects.values_list("email", "secret_hash"))
    assert len(mailed_links()) == 1
    assert RecoveryLink.objects.get().email == CY, "nothing is kept of who has no card"


def test_a_link_works_once_and_ends_the_others_of_its_address(phone: Client, lume: Shop, card: HeldCard) -> None:
    ask(phone, lume)
    ask(phone, lume)
    first, second = mailed_links()

    assert get_back(phone, first, card)

    for link in (first, second):
        ended = phone.get(link)
        assert ended.status_code == 404
        assert "This link was already used or has expired." in words(ended)
        assert page_of(lume) in ended.text
        assert get_back(phone, link, card, key="e" * 32) == ""
    assert card.row.issue == 1


def test_a_form_that_is_tapped_twice_gets_what_the_first_tap_got(phone: Client, lume: Shop, card: HeldCard) -> None:
    ask(phone, lume)
    (link,) = mailed_links()

    assert get_back(phone, link, card) == get_back(phone, link, card) != ""
    assert card.row.issue == 1


def test_a_link_ends_after_an_hour_and_its_mail_is_not_sent_then(phone: Client, lume: Shop, card: HeldCard) -> None:
    ask(phone, lume)
    (link,) = mailed_links()
    ask(phone, lume)
    work()

    with stopped_at(now() + timedelta(hours=1)):
        assert phone.get(link).status_code == 404
        assert get_back(phone, link, card) == ""
        assert set(Mail.objects.filter(state="waiting").values_list("expires", flat=True)) == {now()}


def test_of_several_cards_those_that_are_chosen_are_moved(phone: Client, lume: Shop, card: HeldCard) -> None:
    tea = lume.publish(name="Tea card").card(email=CY)
    other = lume.publish(name="Cake card").card(email=CY)
    ask(phone, lume)
    (link,) = mailed_links()
    nothing = phone.post(link, {"key": KEY})

    done = phone.post(link, {"key": KEY, "cards": [tea.id.hex, card.id.hex]})

    assert nothing.status_code == 422
    assert "Choose at least one card." in words(nothing)
    assert "Your cards are back" in words(done)
    assert [one.row.issue for one in (card, tea, other)] == [1, 1, 0]
    assert len(re.findall(r'href="(/c/[^"]+)"', done.text)) == 2


def test_a_link_moves_no_card_of_another_address_or_shop(
    phone: Client, lume: Shop, rossi: Shop, offer: Offer, card: HeldCard
) -> None:
    others = [offer.card(email="eve@lume.example"), rossi.publish().card(email=CY)]
    ask(phone, lume)
    (link,) = mailed_links()

    assert get_back(phone, link, *others) == ""
    assert phone.get(link.replace(lume.merchant.slug, rossi.merchant.slug)).status_code == 404
    assert [one.row.issue for one in others] == [0, 0]


def test_an_erased_customer_has_no_link_and_no_mail(phone: Client, lume: Shop, card: HeldCard) -> None:
    ask(phone, lume)
    (link,) = mailed_links()
    ask(phone, lume)

    erase_customer(lume.merchant, card.row.customer_id, actor=lume.actor)

    assert (RecoveryLink.objects.count(), Mail.objects.count()) == (0, 0)
    assert phone.get(link).status_code == 404
    ask(phone, lume)
    assert len(mailed_links()) == 1, "the one of before"


def test_a_closed_shop_gives_nothing_back_and_says_so(phone: Client, lume: Shop, card: HeldCard) -> None:
    ask(phone, lume)
    (link,) = mailed_links()
    ask(phone, lume)
    close_shop(lume.merchant.id)

    assert len(mailed_links()) == 1
    for answer in (phone.get(page_of(lume)), phone.get(link), phone.post(link, {"key": KEY, "cards": card.id.hex})):
        assert answer.status_code == 409
        assert "This shop does not give stamps or rewards here at the moment." in words(answer)
    assert card.row.issue == 0


def test_one_mailbox_gets_few_mails_however_it_is_written(phone: Client, lume: Shop, card: HeldCard) -> None:
    for number in range(MOST_OF_MAILBOX):
        ask(phone, lume, f"cy+{number}@lume.example")

    refused = phone.post(page_of(lume), {"email": CY})

    assert refused.status_code == 429
    ask(phone, lume, "eve@lume.example")


def test_one_visitor_asks_a_few_times_and_a_wrong_address_counts_nothing(phone: Client, lume: Shop) -> None:
    assert phone.post(page_of(lume), {"email": "cy@"}).status_code == 422
    for number in range(MOST_OF_ADDRESS):
        ask(phone, lume, f"{number}@lume.example")

    assert phone.post(page_of(lume), {"email": "more@lume.example"}).status_code == 429


@override_settings(MAILERS={"default": {"BACKEND": "stampwell.mail.terminal.Terminal"}})
def test_without_a_mail_server_the_staff_are_named(phone: Client, lume: Shop) -> None:
    page = phone.get(page_of(lume))

    assert "Ask the staff: they can move your card to a new link" in words(page)
    assert "<form" not in page.text.partition("<main")[2].partition("</main")[0]


def test_the_join_page_and_the_old_link_lead_there(phone: Client, lume: Shop, offer: Offer, card: HeldCard) -> None:
    ask(phone, lume)
    (link,) = mailed_links()
    get_back(phone, link, card)

    for path in (f"/j/{lume.merchant.slug}/{offer.program.slug}", path_of(card)):
        assert f'href="{page_of(lume)}"' in Client().get(path).text
