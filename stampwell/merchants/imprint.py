"""What a shop tells its customers about itself: who is responsible, how to reach them, and its own words on privacy."""

from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.imprint_models import Imprint
from stampwell.merchants.models import Merchant
from stampwell.transactions import merchant_transaction

LONGEST_LINE: Final = 200
LONGEST_WORD: Final = 60
LONGEST_ADDRESS: Final = 500
LONGEST_WORDS: Final = 5_000
LONGEST_LINK: Final = 500


class ImprintText(msgspec.Struct, frozen=True, kw_only=True):
    """Everything may be "". `words` are lines of plain text; `link` is the shop's own page about privacy (https)."""

    legal_name: str = ""
    legal_form: str = ""
    registration_number: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    words: str = ""
    link: str = ""

    @property
    def dialled(self) -> str:
        return "".join(sign for sign in self.phone if sign in "+0123456789")

    @property
    def says_who(self) -> bool:
        return any((self.legal_name, self.registration_number, self.address, self.phone, self.email))


def is_web_page(link: str) -> bool:
    """Whether it may be shown to everybody: an address over https, and with no password in it."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def read_imprint(merchant_id: UUID) -> ImprintText:
    """Of a shop that has said nothing, all is ""."""
    row = Imprint.objects.filter(merchant_id=merchant_id).first()
    return msgspec.convert(row, ImprintText, from_attributes=True) if row else ImprintText()


def change_imprint(merchant: Merchant, text: ImprintText, *, actor: Actor) -> None:
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)
        before = read_imprint(merchant.id)
        if not Imprint.objects.filter(merchant_id=merchant.id).update(**_told(text)):
            Imprint.objects.create(merchant_id=merchant.id, **_told(text))
        changed(tx, "shop.changed", by=actor, name=merchant.name, before=_told(before), after=_told(text))


def _told(text: ImprintText) -> dict[str, Any]:
    return msgspec.structs.asdict(text)
