"""A key that may only read can spend nothing: no answer that it gets holds a link, a code or a token.

The addresses come from the OpenAPI document and the scopes from `Scope`, so new ones are walked too.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from stampwell.cards.links import card_code, card_token, rotating_secret
from stampwell.cards.models import Card
from stampwell.merchants.access import Scope
from stampwell.vouchers.links import voucher_code, voucher_token
from stampwell.vouchers.models import Voucher
from tests.structure.test_api_tenants import PREFIXES, addresses, make_everything
from tests.web.api.client import ApiClient
from tests.web.api.conftest import api as api
from tests.world import COFFEE, Shop

pytestmark = pytest.mark.django_db

READ_SCOPES = [scope for scope in Scope if scope.endswith(":read")]
SPENDABLE = ("code", "web_url", "apple_pass_url", "google_save_url", "enrolment", "token", "secret")
REDEEM_CODE = COFFEE["reward"]["redeem_code"]["code"]  # type: ignore[index]


def secrets_of(shop: Shop) -> set[str]:
    """Everything that opens or spends something of this shop."""
    cards = Card.objects.filter(merchant=shop.merchant)
    vouchers = Voucher.objects.filter(merchant=shop.merchant)
    return {
        REDEEM_CODE,
        *(text for card in cards for text in (card_code(card.id, card.issue), card_token(card.id, card.issue))),
        *(rotating_secret(card.id, card.issue).hex() for card in cards),
        *(text for voucher in vouchers for text in (voucher_code(voucher.id, 0), voucher_token(voucher.id, 0))),
    }


def names_in(value: Any) -> Iterator[str]:
    """The names of all fields that say something, however deep."""
    if isinstance(value, dict):
        yield from (name for name, said in value.items() if said is not None)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from names_in(part)


@pytest.mark.parametrize("scopes", [*([scope] for scope in READ_SCOPES), READ_SCOPES], ids=",".join)
def test_a_key_that_may_only_read_can_spend_nothing(api: ApiClient, lume: Shop, scopes: list[Scope]) -> None:
    ids = make_everything(lume, api)
    reader, secrets = ApiClient(lume.api_key(*scopes)), secrets_of(lume)
    parameters = {parameter: ids[prefix] for parameter, prefix in PREFIXES.items()}

    replies = {path: reader.get(path.format(**parameters)) for method, path in addresses() if method == "get"}

    read = {path: reply for path, reply in replies.items() if reply.status == 200}
    assert {reply.status for reply in replies.values()} <= {200, 403}
    assert len(read) > 1
    for path, reply in read.items():
        assert [secret for secret in secrets if secret.encode() in reply.body] == [], path
        assert set(names_in(reply.json)).isdisjoint(SPENDABLE), path


def test_the_walk_finds_what_a_key_with_links_sees(api: ApiClient, lume: Shop) -> None:
    make_everything(lume, api)
    seeing = ApiClient(lume.api_key(*READ_SCOPES, Scope.CARDS_LINKS))

    cards, vouchers, programs, events = (
        seeing.get(path).body for path in ("/cards", "/vouchers", "/programs", "/events")
    )

    found = {secret for secret in secrets_of(lume) if secret.encode() in cards + vouchers + programs}
    assert found == {secret for secret in secrets_of(lume) if len(secret) != 40}  # a rotating secret is shown nowhere
    assert REDEEM_CODE.encode() not in events
