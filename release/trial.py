"""Once around: a shop is opened, a card fills up, its reward is used, all of it is backed up, lost and brought back."""

import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec

from release.installed import Installed
from release.trouble import ReleaseTrouble
from release.visitor import Visitor

OWNER = "ada@lume.example"
PROGRAM: dict[str, object] = {
    "name": "Trial",
    "goal": 2,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [{"stamps": 2, "reward": {"name": "A coffee", "path": "staff_scan"}}],
}
SCOPES = ("programs:write", "cards:read", "cards:links", "stamps:write", "vouchers:redeem")


class _Program(msgspec.Struct):
    join_url: str


class _Card(msgspec.Struct):
    id: str
    web_url: str


class _Cards(msgspec.Struct):
    items: list[_Card]


class _Voucher(msgspec.Struct):
    id: str


class _Stamped(msgspec.Struct):
    vouchers_issued: list[_Voucher]


@dataclass(frozen=True)
class _Till:
    """A program with a key of the API."""

    address: str
    key: str

    def ask[T](self, answer: type[T], path: str) -> T:
        return msgspec.json.decode(_good(self._send("GET", path)).content, type=answer)

    def post[T](self, answer: type[T], path: str, body: dict[str, object]) -> T:
        return msgspec.json.decode(_good(self._send("POST", path, body)).content, type=answer)

    def redeem(self, voucher: str) -> int:
        return self._send("POST", f"vouchers/{voucher}/redemption", {}).status_code

    def _send(self, method: str, path: str, body: dict[str, object] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": secrets.token_hex(8)}
        return httpx.request(method, f"{self.address}/api/v1/{path}", json=body, headers=headers, timeout=30)


def try_it(installed: Installed, version: str) -> None:
    """Raises ReleaseTrouble where something is not as a shop needs it."""
    _require(installed.run("--version").strip() == f"Stampwell {version}", "it says another version of itself")
    address = f"http://127.0.0.1:{_free_port()}"
    data, archive = installed.folder / "data", installed.folder / "shop.tar"
    installed.run("setup", "--no-questions", "--file", "stampwell.env", *_answers(address, data))
    with installed.serving(installed.folder / "first.log") as said:
        till = _open_shop(address, said)
        link, vouchers = _fill_cards(till)
        _require(till.redeem(vouchers[0]) == 201, "a voucher cannot be used")
        _require(till.redeem(vouchers[0]) == 409, "a voucher can be used twice")
        installed.run("backup", str(archive))
    restored = replace(installed, settings={"STAMPWELL_DATA": str(installed.folder / "restored")})
    installed.run("restore", str(archive), "--data", restored.settings["STAMPWELL_DATA"])
    with restored.serving(installed.folder / "second.log"):
        _require(httpx.get(link).status_code == 200, "the link of a card is lost after a restore")
        _require(till.redeem(vouchers[0]) == 409, "a used voucher can be used again after a restore")
        _require(till.redeem(vouchers[1]) == 201, "an unused voucher cannot be used after a restore")


def _answers(address: str, data: Path) -> tuple[str, ...]:
    return ("--address", address, "--data", str(data), "--owner", OWNER)


def _open_shop(address: str, said: str) -> _Till:
    invited = re.search(rf"{re.escape(address)}/open-your-shop/\S+/", said)
    _require(invited is not None, f"the first owner is not invited:\n{said}")
    assert invited
    with _browser(address) as owner:
        owner.send(invited[0], name="Café Lume", email=OWNER, password="ten stamps make a coffee")
        made = owner.send("/settings/keys/new/", name="Trial", scopes=list(SCOPES))
    key = re.search(r">(sk_[^<]+)<", made.text)
    _require(key is not None, "no key for the API is made")
    assert key
    return _Till(address, key[1])


def _fill_cards(till: _Till) -> tuple[str, list[str]]:
    """Two customers join by the page behind the QR code; each earns a voucher. The link of a card, and the vouchers."""
    program = till.post(_Program, "programs", PROGRAM)
    for _customer in range(2):
        with _browser(till.address) as customer:
            customer.send(program.join_url, to="web")
    cards = till.ask(_Cards, "cards").items
    _require(len(cards) == 2, f"two customers joined, and there are {len(cards)} cards")
    stamped = [till.post(_Stamped, f"cards/{card.id}/stamps", {"count": 2}) for card in cards]
    vouchers = [voucher.id for answer in stamped for voucher in answer.vouchers_issued]
    _require(len(vouchers) == 2, f"two full cards gave {len(vouchers)} vouchers")
    return cards[0].web_url, vouchers


@contextmanager
def _browser(address: str) -> Iterator[Visitor]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield Visitor(client)


def _good(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise ReleaseTrouble(f"{answer.request.url} is answered with {answer.status_code}: {answer.text[:500]}")
    return answer


def _require(held: bool, otherwise: str) -> None:  # noqa: FBT001 - as an assert has it
    if not held:
        raise ReleaseTrouble(f"The trial failed: {otherwise}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
