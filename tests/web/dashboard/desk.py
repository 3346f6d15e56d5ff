"""A browser in which somebody is signed in to the desk."""

import re
from typing import Any, Protocol
from uuid import uuid4

from django.http.response import ResponseHeaders
from django.test import Client

from stampwell.ids import public_id
from stampwell.merchants.models import Membership, StaffMember, User
from tests.web.signing_in import sign_in
from tests.world import HeldCard, Shop

PROGRAM = {
    "rows": "1",
    "name": "Coffee card",
    "goal": "10",
    "goal-reward-name": "A free coffee",
    "goal-reward-path": "redeem_code",
    "goal-reward-code": "FREECOFFEE",
    "goal-reward-code_format": "qr",
    "goal-reward-active_after": "0",
    "milestone-0-stamps": "5",
    "milestone-0-name": "A biscuit",
    "milestone-0-path": "self_redeem",
    "milestone-0-valid_days": "30",
    "earning_by": "visit",
    "cooldown": "30",
    "background": "#4a2e1f",
    "accent": "#f2c14e",
    "icon": "cup",
}


class Answer(Protocol):
    """What a test client answers."""

    status_code: int
    content: bytes
    headers: ResponseHeaders


class DeskClient:
    def __init__(self, user: User) -> None:
        self.client = Client(headers={"accept-language": "en"})
        sign_in(self.client, user)

    def open(self, path: str) -> Answer:
        return self.client.get(path)

    def send(self, path: str, *, once: str | None = None, **fields: Any) -> Answer:
        """A form, as the page would send it: with a key of its own unless one is given."""
        return self.client.post(path, {"once": once or uuid4().hex, **fields})

    def publish(self, path: str = "/programs/new/", **changes: Any) -> Answer:
        fields = {name: value for name, value in (PROGRAM | changes).items() if value is not None}
        return self.send(path, **fields)


def sign_up_staff(shop: Shop, role: StaffMember.Role, email: str = "bo@lume.example") -> DeskClient:
    """Bo, who also signs in to the desk."""
    user = User.objects.create_user(email, "ten stamps make a coffee")
    member = StaffMember.objects.create(merchant=shop.merchant, name="Bo", role=role, user=user)
    Membership.objects.create(user=user, merchant_id=shop.merchant.id, staff_member_id=member.id)
    return DeskClient(user)


def page_of(card: HeldCard) -> str:
    return f"/cards/{public_id('crd', card.id)}/"


def words(response: Answer) -> str:
    """What is read on the page: no tags, single spaces."""
    text = re.sub(r"<(script|style|svg|template)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(text.replace("&#x27;", "'").split())
