"""Links of one customer that are opened at once, and a mail that is written while the customer is erased."""

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.models import RecoveryLink
from stampwell.cards.recovering_by_mail import RecoveryLinkEnded, ask_for_link, use_link
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.mail.models import Mail
from stampwell.tokens import secret_hash
from tests.races.callers import run_together
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db(transaction=True)
CY = "cy@lume.example"


@pytest.fixture
def card() -> HeldCard:
    return open_lume().publish().card(email=CY)


def test_of_two_links_that_are_used_at_once_one_moves_the_card(card: HeldCard) -> None:
    merchant, secrets = card.shop.merchant, ["a" * 40, "b" * 40]
    for secret in secrets:
        ask_for_link(merchant, CY)
        RecoveryLink.objects.filter(secret_hash=None).update(secret_hash=secret_hash(secret))

    ends = run_together(*(lambda secret=secret: use_link(merchant, secret, [card.id]) for secret in secrets * 2))

    assert sorted(isinstance(end, RecoveryLinkEnded) for end in ends) == [False, True, True, True]
    assert card.row.issue == 1


def test_no_mail_is_left_for_somebody_who_is_erased_meanwhile(card: HeldCard) -> None:
    merchant, customer = card.shop.merchant, card.row.customer_id
    ask_for_link(merchant, CY)

    job = Job.objects.get()
    place = job.place
    assert place is not None

    run_together(
        lambda: work_on(merchant.id, job.id, place=place, kinds=KINDS, is_stopping=lambda: False),
        lambda: erase_customer(merchant, customer, actor=card.shop.actor),
    )

    assert (Mail.objects.count(), RecoveryLink.objects.count()) == (0, 0)
