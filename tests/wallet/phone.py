"""An iPhone played by a program: it does what Wallet does with the web service, and keeps what it was told."""

import json
import re
from typing import Any

from django.test import Client

from tests.wallet.packages import OpenedPass, open_pass


class Phone:
    """One device with the passes that it has added."""

    def __init__(self, library_id: str = "a1b2c3d4e5f60718", push_token: str = "ab" * 32) -> None:
        self.client = Client()
        self.library_id, self.push_token = library_id, push_token
        self.last_updated: str | None = None
        self.last_modified: dict[str, str] = {}

    def add(self, path: str) -> "HeldByPhone":
        """Downloads a pass from its page, as a tap on “Add to Apple Wallet” does."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status_code
        return HeldByPhone(self, answer.content)


class HeldByPhone:
    """A pass in the phone, as its own pass.json says who it is and where to ask."""

    def __init__(self, phone: Phone, content: bytes) -> None:
        self.phone, self.content = phone, content

    @property
    def opened(self) -> OpenedPass:
        return open_pass(self.content)

    @property
    def service(self) -> str:
        """The path of the web service."""
        return re.sub(r"^https?://[^/]+", "", self.opened.content["webServiceURL"]) + "/v1"

    @property
    def serial(self) -> str:
        return str(self.opened.content["serialNumber"])

    @property
    def pass_type(self) -> str:
        return str(self.opened.content["passTypeIdentifier"])

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"ApplePass {self.opened.content['authenticationToken']}"}

    @property
    def registration(self) -> str:
        return f"{self.list_path}/{self.serial}"

    @property
    def list_path(self) -> str:
        return f"{self.service}/devices/{self.phone.library_id}/registrations/{self.pass_type}"

    @property
    def path(self) -> str:
        return f"{self.service}/passes/{self.pass_type}/{self.serial}"

    def register(self, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        """Any body may be sent, also one that is no JSON."""
        given = {"pushToken": self.phone.push_token} if body is None else body
        raw = given if isinstance(given, bytes) else json.dumps(given).encode()
        token = self.token if headers is None else headers
        return self.phone.client.post(self.registration, raw, content_type="application/json", headers=token)

    def unregister(self, *, headers: dict[str, str] | None = None) -> Any:
        return self.phone.client.delete(self.registration, headers=self.token if headers is None else headers)

    def list_changed(self, since: str | None = None) -> Any:
        query = {} if since is None else {"passesUpdatedSince": since}
        return self.phone.client.get(self.list_path, query)

    def fetch(self, since: str = "", *, headers: dict[str, str] | None = None) -> Any:
        conditions = {"If-Modified-Since": since} if since else {}
        token = self.token if headers is None else headers
        return self.phone.client.get(self.path, headers=token | conditions)

    def update(self) -> bool:
        """What Wallet does after a push: the list, then the pass if it is named; whether it got a new one."""
        changed = self.list_changed(self.phone.last_updated)
        if changed.status_code == 204:
            return False
        assert changed.status_code == 200, changed.content
        said = changed.json()
        assert isinstance(said["lastUpdated"], str)
        self.phone.last_updated = said["lastUpdated"]
        if self.serial not in said["serialNumbers"]:
            return False
        answer = self.fetch(self.phone.last_modified.get(self.serial, ""))
        if answer.status_code == 304:
            return False
        assert answer.status_code == 200, answer.status_code
        self.content, self.phone.last_modified[self.serial] = answer.content, answer.headers["Last-Modified"]
        return True

    @property
    def count(self) -> str:
        """What the phone shows in the header: 3/10."""
        return str(self.opened.field("stamps")["value"])
