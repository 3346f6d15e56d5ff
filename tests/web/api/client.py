"""Calls the API as an integrator would."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

JSON = "application/json"


class Reply:
    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.body: bytes = response.content
        self.headers = response.headers

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code; the answer must be a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        assert self.json["status"] == self.status
        return str(self.json["code"])


class ApiClient:
    def __init__(self, key: str | None) -> None:
        self.key = key

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, *, key: str | None = "new", **headers: str) -> Reply:
        """`key` is the idempotency key: a new one unless it is given; None sends none. Bytes are a file."""
        if key == "new":
            key = str(uuid4())
        if isinstance(body, bytes):
            return self.send("POST", path, body, key=key, content_type="text/csv", headers=headers)
        raw = b"" if body is None else json.dumps(body).encode()
        return self.send("POST", path, raw, key=key, headers=headers)

    def patch(self, path: str, body: Any, *, key: str | None = "new", **headers: str) -> Reply:
        if key == "new":
            key = str(uuid4())
        return self.send("PATCH", path, json.dumps(body).encode(), key=key, headers=headers)

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = "new") -> Reply:
        """By a method as the document of the API names it."""
        if method == "get":
            return self.get(path)
        if method == "delete":
            return self.send("DELETE", path, key=str(uuid4()) if key == "new" else key)
        return self.patch(path, body, key=key) if method == "patch" else self.post(path, body, key=key)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        key: str | None = None,
        content_type: str = JSON,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Any bytes at all; headers are named as in Python, with underscores."""
        sent = {name.replace("_", "-"): text for name, text in (headers or {}).items()}
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        if key is not None:
            sent["Idempotency-Key"] = key
        # What breaks in the product must be seen as the 500 that a program would get.
        client = Client(raise_request_exception=False)
        address = path if path.startswith("/api/") else f"/api/v1{path}"
        return Reply(client.generic(method, address, body, content_type=content_type, headers=sent))
