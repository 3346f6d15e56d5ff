"""What Google says no to: how long everybody waits, and what is tried again."""

import pytest

from stampwell.clock import now
from stampwell.wallet.google.models import GooglePace
from stampwell.wallet.google.pacing import is_held
from tests.doubles.google import Google, Refused
from tests.wallet.google.following import follow, row_of, save
from tests.web.customer import give_stamps
from tests.world import HeldCard

TOO_FAST = "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service 'walletobjects'."


def pause_of(card: HeldCard) -> float:
    due = row_of(card).due
    return round((due - now()).total_seconds()) if due else 0


# --- too fast --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "rateLimitExceeded"),
        (429, "RATE_LIMIT_EXCEEDED"),
        (429, "quotaExceeded"),
        (403, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
    ],
)
def test_too_many_requests_wait_seconds_and_not_minutes(
    google: Google, card: HeldCard, status: int, reason: str
) -> None:
    save(card)
    give_stamps(card, 1)
    google.trouble = [Refused(status, TOO_FAST, reason)]

    follow(card)

    assert pause_of(card) == 4
    assert not is_held()  # only for the second that is waited where Google names none


def test_everybody_waits_as_long_as_google_says(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 1)
    google.trouble, google.retry_after = [Refused(403, TOO_FAST, "rateLimitExceeded")], "20"

    follow(card)

    assert is_held()
    assert 15 < (GooglePace.objects.get().next - now()).total_seconds() < 21
