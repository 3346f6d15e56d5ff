"""What is kept of Google's words: all but the secrets that they quote."""

import pytest

from stampwell.cards.links import card_url, rotating_secret
from stampwell.log_secrets import without_secrets
from stampwell.vouchers.links import voucher_code
from tests.doubles.google import Google, Refused
from tests.wallet.google.following import follow, row_of, save
from tests.web.customer import give_stamps
from tests.world import HeldCard


def test_a_secret_that_google_quotes_is_neither_kept_nor_logged(
    google: Google, card: HeldCard, caplog: pytest.LogCaptureFixture
) -> None:
    save(card)
    give_stamps(card, 1)
    key = rotating_secret(card.id, 0).hex().upper()
    google.trouble = [Refused(400, f"Invalid value at 'totp_details.parameters[0].key' (TYPE_STRING), \"{key}\"")]

    follow(card)

    assert row_of(card).answer == "400 Invalid value at 'totp_details.parameters[0].key' (TYPE_STRING), \"…\""
    assert key not in caplog.text


def test_codes_links_and_tokens_are_secrets(card: HeldCard) -> None:
    merchant = card.shop.merchant
    link = card_url(merchant.slug, card.id, 0)

    assert without_secrets(f"Invalid code {card.code}.") == "Invalid code …."
    assert without_secrets(f"Invalid code {voucher_code(card.id, 0)}.") == "Invalid code …."
    assert without_secrets(f"Invalid uri {link}") == f"Invalid uri {link.rpartition('/')[0]}/…"
    assert without_secrets("Bearer ya29.c0ASRK0Ga-x_1 was withdrawn") == "Bearer … was withdrawn"
    assert without_secrets("assertion eyJhbGciOi.eyJpc3M.c2ln-_x is expired") == "assertion … is expired"


@pytest.mark.parametrize(
    "said",
    [
        "Class 3388000000012345678.coffee_1 not found.",
        "Quota exceeded for issuer 3388000000012345678 when adding TEXT_AND_NOTIFY message.",
        "PERMISSION_DENIED: https://walletobjects.googleapis.com/ is not switched on in project 123456789012.",
    ],
)
def test_other_words_of_googles_stay(said: str) -> None:
    assert without_secrets(said) == said
