"""How many mails that anybody can ask for go to one mailbox."""

import pytest

from stampwell.requests.limits import TooManyAttempts
from stampwell.web.accounts import MOST_MAILS, count_mail

pytestmark = pytest.mark.django_db


def test_what_follows_a_plus_makes_no_other_mailbox() -> None:
    for number in range(MOST_MAILS):
        count_mail(f"Ada+{number}@lume.example")

    with pytest.raises(TooManyAttempts):
        count_mail("ada@lume.example")
    with pytest.raises(TooManyAttempts):
        count_mail("ADA+x+y@lume.example")


def test_a_dot_and_a_leading_plus_are_somebody_elses() -> None:
    for _time in range(MOST_MAILS):
        count_mail("ada@lume.example")

    count_mail("a.da@lume.example")
    count_mail("+ada@lume.example")
