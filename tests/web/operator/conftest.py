"""Nils, who runs the server and works for no shop, in English."""

import pytest

from stampwell.merchants.models import User
from tests.web.dashboard.desk import DeskClient
from tests.world import PASSWORD


@pytest.fixture
def nils(db: None) -> User:
    user = User.objects.create_user("nils@server.example", PASSWORD)
    User.objects.filter(id=user.id).update(operates=True)
    return user


@pytest.fixture
def operator(nils: User) -> DeskClient:
    return DeskClient(nils)
