"""The store as a program, with one bucket and one key."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.drills.shop import PATIENCE
from tests.processes import Program
from tests.serving import free_port

PYTHON = Path(__file__).resolve().parents[3] / "var" / "tools" / "s3" / "bin" / "python"
BUCKET, REGION = "backups", "us-east-1"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


@dataclass(frozen=True)
class Store:
    port: int
    key: str
    secret: str

    def settings(self, port: int | None = None) -> dict[str, str]:
        """For whoever writes there, by another port if they go through a wire."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }


@contextmanager
def running_store() -> Iterator[Store]:
    """Its first four requests need no key: they make the bucket and the account. Then every signature is checked."""
    port = free_port()
    process = Program(
        [PYTHON, "-m", "moto.server", "--port", str(port)],
        env={"PATH": os.environ["PATH"], "INITIAL_NO_AUTH_ACTION_COUNT": "4"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(port, process)
        yield _with_an_account(port)
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_answers(port: int, process: Program) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/moto-api/")
        except httpx.TransportError:
            assert process.poll() is None, "the store ended by itself"
            assert time.monotonic() < limit, "the store does not answer"
            time.sleep(0.1)
            continue
        return


def _with_an_account(port: int) -> Store:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        client.put(f"/{BUCKET}", headers=_for("s3")).raise_for_status()
        for action in (
            {"Action": "CreateUser"},
            {"Action": "PutUserPolicy", "PolicyName": "s3", "PolicyDocument": POLICY},
        ):
            _ask(client, action)
        made = _ask(client, {"Action": "CreateAccessKey"})
    found = [re.search(rf"<{name}>([^<]+)</{name}>", made) for name in ("AccessKeyId", "SecretAccessKey")]
    key, secret = (match[1] for match in found if match)
    return Store(port, key, secret)


def _ask(client: httpx.Client, action: dict[str, str]) -> str:
    body = {"Version": "2010-05-08", "UserName": "stampwell", **action}
    return client.post("/", data=body, headers=_for("iam")).raise_for_status().text


def _for(service: str) -> dict[str, str]:
    """Which service is meant stands in the signature, here of nobody."""
    scope = f"nobody/20270101/{REGION}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"}
