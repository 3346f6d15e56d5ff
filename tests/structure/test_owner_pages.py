"""What owners read in `docs/owner/` is what the screens say and what the roles may do."""

import re
from functools import cache
from pathlib import Path

import pytest

from stampwell.languages.extracting import extract_messages, first_form
from stampwell.merchants.models import StaffMember
from stampwell.web.dashboard.urls import urlpatterns

OWNER = Path(__file__).parents[2] / "docs" / "owner"
IN_THE_WORDS_OF_THE_SCREENS = (
    "desk",
    "draws",
    "exports",
    "kiosk-and-autopilot",
    "paper",
    "protection",
    "receipt-codes",
    "redeem-codes",
    "roles",
    "scanner",
    "till-report",
)
README = OWNER.parents[1] / "README.md"
BOLD = re.compile(r"\*\*(.+?)\*\*")
Role = StaffMember.Role

# The rows of docs/owner/roles.md, and the routes of the desk that each is about.
ABOUT = {
    "look at cards, customers, the journal, the figures and the programs": {
        "cards/",
        "cards/<str:card>/",
        "customers/<str:customer>/",
        "journal/",
        "journal/<int:number>/",
        "figures/",
        "programs/",
        "programs/<str:program>/",
        "logos/<str:picture>.png",
        "settings/",
    },
    "stamp by hand and hand out a reward": {
        "cards/<str:card>/stamps/",
        "cards/<str:card>/vouchers/<str:voucher>/redemption/",
    },
    "make a card, print it, show its link": {
        "cards/new/",
        "cards/<str:card>/print/",
        "cards/<str:card>/print/<slug:paper>.pdf",
        "cards/<str:card>/link/",
    },
    "print posters and cards for the staff": {
        "programs/<str:program>/join-code.<str:kind>",
        "programs/<str:program>/poster-<str:locale>.pdf",
        "programs/<str:program>/staff-card-<str:locale>.pdf",
    },
    "undo a stamp, restore, give or extend a voucher": {
        "cards/<str:card>/vouchers/<str:voucher>/extension/",
        "cards/<str:card>/stamps/<str:stamp>/reversal/",
        "cards/<str:card>/vouchers/",
        "cards/<str:card>/redemptions/<str:redemption>/reversal/",
    },
    "move a lost card to a new link, send it to the phone again": {
        "cards/<str:card>/recovery/",
        "cards/<str:card>/wallet/",
    },
    "correct, tag and note customers, merge two, download or delete their data": {"customers/<str:customer>/*"},
    "make and change programs, pause or end them": {
        "programs/new/",
        "programs/codes/*",
        "programs/handing-out/",
        "programs/preview/",
        "programs/drafts/*",
        "programs/<str:program>/*",
    },
    "make, print and withdraw receipt codes": {"receipt-codes/*"},
    "add, make and withdraw redeem codes": {"redeem-codes/*"},
    "decide which saved scans count": {"scans/*"},
    "see what looks odd, and say that it is fine": {"team/oddities/*"},
    "add and change locations, close and open them": {"settings/locations/*"},
    "add and change people, their PINs and devices": {"team/", "team/people/*", "team/devices/*"},
    "invite managers and owners by email": {"team/invitations/*"},
    "the shop: name, language, currency, time zone, limits for staff, old paper cards": {
        "settings/shop/",
        "settings/time-zone/",
        "settings/staff-limits/",
        "settings/old-paper/",
    },
    "what customers read about you, messages, customers who no longer come": {
        "settings/privacy/",
        "settings/messages/",
        "settings/retention/",
    },
    "imports, exports, the whole shop as a file": {"imports/*", "exports/*"},
    "compare the till's report, see whether redeem codes are enough": {"reconciliations/*", "figures/redeem-codes/"},
    "changes at the desk, cards on phones": {"settings/changes/", "settings/wallets/"},
    "API keys": {"settings/keys/*"},
}


def test_each_page_is_linked_from_the_first_one() -> None:
    linked = README.read_text()

    assert [page.name for page in OWNER.glob("*.md") if f"docs/owner/{page.name})" not in linked] == []


@cache
def said() -> set[str]:
    """Every sentence of the screens: to look for them reads the whole source, which takes seconds."""
    return {first_form(message.id) for message in extract_messages()}


@pytest.mark.parametrize("page", IN_THE_WORDS_OF_THE_SCREENS)
def test_what_is_bold_stands_on_a_screen(page: str) -> None:
    assert [words for words in BOLD.findall((OWNER / f"{page}.md").read_text()) if words not in said()] == []


def row_of(route: str) -> str:
    """The row that names the route, or else the one that names the longest beginning of it."""
    named = [(name, row) for row, names in ABOUT.items() for name in names]
    exact = [row for name, row in named if name == route]
    if exact:
        return exact[0]
    begun = [(len(name), row) for name, row in named if name.endswith("*") and route.startswith(name[:-1])]
    assert begun, f"docs/owner/roles.md has no row for {route}: say there and in ABOUT who may do it"
    return max(begun)[1]


def test_the_roles_that_owners_read_about_are_those_of_the_desk() -> None:
    reach: dict[str, set[frozenset[Role]]] = {row: set() for row in ABOUT}
    for route in urlpatterns:
        # What says nothing of roles is for whoever has an account, or for everybody.
        if roles := getattr(route.callback, "roles", None):
            reach[row_of(str(route.pattern))].add(roles)

    told = {
        cells[1]: {frozenset(role for role, cell in zip(Role, reversed(cells[2:5]), strict=True) if cell == "yes")}
        for line in (OWNER / "roles.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| At the desk")
        for cells in [[cell.strip() for cell in line.split("|")]]
    }

    assert told == reach
