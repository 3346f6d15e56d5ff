"""Who did it: by whose hand, and through what, something happened."""

from typing import Literal
from uuid import UUID

import msgspec

Source = Literal[
    "api",  # a program of the shop's, with its key
    "scanner",  # a station at the counter, with who is signed in there
    "kiosk",  # a tablet that faces the customer, alone
    "autopilot",  # a till with a barcode scanner, alone
    "owner",  # a person of the shop at the desk
    "card",  # the customer's own phone: the join page, the card, the voucher
    "wallet",  # Apple or Google told us
    "clock",  # nobody: its time had come
    "operator",  # whoever runs the server
    "import",  # a file: what it says happened elsewhere, at a time that nobody told
    "paper",  # of a stamp alone: an old paper card, whose stamps staff took over
]

# Of these a stamp is for a purchase; what comes by itself or from elsewhere is none. Below it, as SQL lists it.
PURCHASES = ("api", "scanner", "kiosk", "autopilot", "owner")
OF_PURCHASES = "('api', 'scanner', 'kiosk', 'autopilot', 'owner')"
# Of these a stamp counts for no pause and no daily limit. A stamp from a receipt does ("card"), and is no visit.
UNLIMITED = ("clock", "import", "paper")
OF_UNLIMITED = "('clock', 'import', 'paper')"

# How a card came to the counter where no code of it was shown: its number was typed, or somebody looked for its
# customer.
type Entered = Literal["typed", "found"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """By whose hand something happens, and where, if that is known."""

    source: Source
    location_id: UUID | None = None
    station_id: UUID | None = None
    staff_member_id: UUID | None = None
    api_key_id: UUID | None = None


CUSTOMER = Actor(source="card")
WALLET = Actor(source="wallet")
CLOCK = Actor(source="clock")
OPERATOR = Actor(source="operator")
