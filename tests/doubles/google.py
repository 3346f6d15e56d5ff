"""Google, small but real: gives access, keeps classes and objects, and signs callbacks. `google_serving` is its door.

It refuses what Google's published schema refuses, and what its reference forbids in words.
"""

import base64
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.doubles.google_schema import faults_of, required_names

ISSUER = "3388000000012345678"
SCHEMAS = {
    "loyaltyClass": "LoyaltyClass",
    "loyaltyObject": "LoyaltyObject",
    "offerClass": "OfferClass",
    "offerObject": "OfferObject",
}
CLASS_OF = {"loyaltyObject": "loyaltyClass", "offerObject": "offerClass"}
ID = re.compile(rf"{ISSUER}\.[A-Za-z0-9._-]+")
PATH = re.compile(r"/walletobjects/v1/(\w+)(?:/([\w.-]+))?(?:/(\w+))?")
NOTICES = 3
# How a connection may break: without a word before the request is looked at, or after it was done; with a GOAWAY that
# says it was not looked at, or that it was the last to be answered; the request alone, refused.
ENDINGS = ("lost", "unanswered", "goaway", "last", "reset")
DONE = ("unanswered", "last")

type Json = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    body: Json
    at: float


@dataclass
class Answered:
    """`ending` is how the connection breaks instead, or after it; see `ENDINGS`."""

    status: int
    body: Json = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    ending: str = ""


@dataclass
class Google:
    """What stands there. `trouble` has an entry for each request to come: a status that is answered instead, alone or
    with its reason, seconds to wait before it is answered, or one of `ENDINGS`."""

    account: Path
    key: rsa.RSAPrivateKey
    url: str = ""
    ca: Path | None = None  # what a client has to trust; None over plain HTTP
    objects: dict[str, dict[str, Json]] = field(default_factory=lambda: {kind: {} for kind in SCHEMAS})
    asked: list[Asked] = field(default_factory=list)
    exchanges: int = 0
    notices: list[str] = field(default_factory=list)  # each time that a phone rang: the object
    trouble: list["int | float | str | Refused"] = field(default_factory=list)
    retry_after: str = ""  # stands beside every status that is trouble
    refused: list[str] = field(default_factory=list)  # why, of everything refused for what it said
    tokens: set[str] = field(default_factory=set)
    root: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    root_expires: int = 2**42  # milliseconds
    key_requests: int = 0
    keys_trouble: int = 0  # a status that is answered instead of the keys
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def links(self) -> dict[str, list[str]]:
        """The offers beside each card that ever had one since it was put there whole."""
        cards = self.objects["loyaltyObject"]
        return {name: card["linkedOfferIds"] for name, card in cards.items() if "linkedOfferIds" in card}

    def card(self) -> Json:
        """The only card there is."""
        (card,) = self.objects["loyaltyObject"].values()
        return card

    def said(self, method: str = "", ending: str = "") -> list[Asked]:
        return [one for one in self.asked if one.method.startswith(method) and one.path.endswith(ending)]

    def forget_tokens(self) -> None:
        self.tokens.clear()

    def respond(self, method: str, path: str, token: str, content: bytes) -> Answered:
        """To anything that is asked."""
        if path == "/token":
            return Answered(*self.exchange(parse_qs(content.decode())))
        if path == "/keys":
            self.key_requests += 1
            return Answered(self.keys_trouble) if self.keys_trouble else Answered(200, self.root_keys())
        body = json.loads(content or b"{}")
        trouble = self._hear(method, path, body)
        if isinstance(trouble, int) and trouble:
            error = {"error": {"code": trouble, "message": "trouble", "status": "TROUBLE"}}
            return Answered(trouble, error, [("retry-after", self.retry_after)] if self.retry_after else [])
        if isinstance(trouble, Refused):
            headers = [("retry-after", self.retry_after)] if self.retry_after else []
            return Answered(trouble.status, _error_of(trouble), headers)
        if isinstance(trouble, str) and trouble not in DONE:
            return Answered(0, ending=trouble)
        status, answer = self.answer_or_refuse(token, method, path, body)
        return Answered(status, answer, ending=trouble if isinstance(trouble, str) else "")

    def _hear(self, method: str, path: str, body: Json) -> int | str | Refused:
        """Notes what was asked, and gives the trouble that comes of it; waits if that is it."""
        with self.lock:
            self.asked.append(Asked(method, path, body, time.monotonic()))
            trouble = self.trouble.pop(0) if self.trouble else 0
        if isinstance(trouble, float):
            time.sleep(trouble)
            return 0
        return trouble

    # -- access ----------------------------------------------------------------------------------

    def exchange(self, form: dict[str, list[str]]) -> tuple[int, Json]:
        self.exchanges += 1
        if form.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return 400, {"error": "unsupported_grant_type"}
        try:
            claims = self._verified(form["assertion"][0])
        except (InvalidSignature, KeyError, ValueError):
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        if claims["aud"] != f"{self.url}/token" or claims["exp"] - claims["iat"] > 3600:
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT: aud or exp."}
        if claims["scope"] != "https://www.googleapis.com/auth/wallet_object.issuer":
            return 400, {"error": "invalid_scope"}
        token = f"ya29.{os.urandom(12).hex()}"
        self.tokens.add(token)
        return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def _verified(self, token: str) -> Json:
        signed, signature = token.rsplit(".", 1)
        self.key.public_key().verify(_unbase64(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        claims: Json = json.loads(_unbase64(signed.split(".")[1]))
        return claims

    # -- classes and objects -----------------------------------------------------------------------

    def answer_or_refuse(self, token: str, method: str, path: str, body: Json) -> tuple[int, Json]:
        if token not in self.tokens:
            return 401, {"error": {"code": 401, "message": "Invalid Credentials"}}
        try:
            with self.lock:
                return 200, self.answer(method, path, body)
        except Refused as refused:
            self.refused.append(refused.message)
            return refused.status, _error_of(refused)

    def answer(self, method: str, path: str, body: Json) -> Json:
        found = PATH.fullmatch(path)
        if not found or found[1] not in SCHEMAS:
            raise Refused(404, f"no such path {path}")
        kind, name, act = found.groups()
        if method == "POST" and name is None:
            return self._insert(kind, body)
        if name not in self.objects[kind]:
            raise Refused(404, f"{name} was not found", "resourceNotFound")
        match method, act:
            case "PATCH", None:
                return self._write(kind, name, _merged(self.objects[kind][name], body), body)
            case "PUT", None:
                return self._write(kind, name, body, body)
            case "GET", None:
                return self.objects[kind][name]
            case "POST", "addMessage":
                return self._add_message(kind, name, body)
            case "POST", "modifyLinkedOfferObjects":
                return self._link(kind, name, body)
        raise Refused(405, "method not allowed")

    def _insert(self, kind: str, body: Json) -> Json:
        self._check(kind, body)
        if body["id"] in self.objects[kind]:
            raise Refused(409, f"{body['id']} exists already", "existingResource")
        self.objects[kind][body["id"]] = _kept(body)
        return body

    def _write(self, kind: str, name: str, whole: Json, given: Json) -> Json:
        self._check(kind, whole)
        if whole["id"] != name:
            raise Refused(400, "the id cannot change")
        before = self.objects[kind][name]
        is_counted = whole.get("loyaltyPoints") != before.get("loyaltyPoints")
        if given.get("notifyPreference") and is_counted:
            self._ring(name, f"Quota exceeded for issuer {ISSUER} when updating {name} with NOTIFY_ON_UPDATE.")
        self.objects[kind][name] = _kept(whole)
        return whole

    def _check(self, kind: str, body: Json) -> None:
        schema = SCHEMAS[kind]
        faults = faults_of(body, schema)
        faults += [f"{schema}.{name}: required" for name in required_names(schema) if name not in body]
        faults += _rules_broken(kind, body)
        if faults:
            raise Refused(400, "; ".join(faults), "invalid")
        if kind in CLASS_OF and body.get("classId") not in self.objects[CLASS_OF[kind]]:
            raise Refused(404, f"Wallet Object Class {body.get('classId')} not found.", "classNotFound")

    def _add_message(self, kind: str, name: str, body: Json) -> Json:
        if faults := faults_of(body, "AddMessageRequest"):
            raise Refused(400, "; ".join(faults), "invalid")
        if body["message"].get("messageType") == "TEXT_AND_NOTIFY":
            self._ring(name, f"Quota exceeded for issuer {ISSUER} when adding TEXT_AND_NOTIFY message to {name}.")
        self.objects[kind][name].setdefault("messages", []).append(body["message"])
        return self.objects[kind][name]

    def _ring(self, name: str, too_often: str) -> None:
        if self.notices.count(name) >= NOTICES:
            raise Refused(403, too_often, "quotaExceeded")
        self.notices.append(name)

    def _link(self, kind: str, name: str, body: Json) -> Json:
        if kind != "loyaltyObject":
            raise Refused(404, "offers are linked to loyalty cards here")
        if faults := faults_of(body, "ModifyLinkedOfferObjectsRequest"):
            raise Refused(400, "; ".join(faults), "invalid")
        ids, linked = body["linkedOfferObjectIds"], self.objects[kind][name].setdefault("linkedOfferIds", [])
        add, remove = ids.get("addLinkedOfferObjectIds", []), ids.get("removeLinkedOfferObjectIds", [])
        if unknown := [one for one in add if one not in self.objects["offerObject"]]:
            raise Refused(400, f"no such offers: {unknown}", "invalid")
        # Not published either way; a stricter double does no harm.
        if wrong := [one for one in add if one in linked] + [one for one in remove if one not in linked]:
            raise Refused(400, f"linked already, or not linked: {wrong}", "invalid")
        self.objects[kind][name]["linkedOfferIds"] = [one for one in linked + add if one not in remove]
        return self.objects[kind][name]

    # -- callbacks ---------------------------------------------------------------------------------

    def root_keys(self) -> Json:
        key = {"keyValue": _public(self.root), "keyExpiration": str(self.root_expires)}
        stranger = ec.generate_private_key(ec.SECP256R1())
        other = {"keyValue": _public(stranger), "keyExpiration": str(2**42), "protocolVersion": "ECv2"}
        return {"keys": [other, key | {"protocolVersion": "ECv2SigningOnly"}]}

    def callback(self, message: Json, **different: Any) -> Json:
        """A signed callback; `root`, `sender`, `issuer`, `key_expires`, `protocol` may be others than they should."""
        protocol, sender = different.get("protocol", "ECv2SigningOnly"), different.get("sender", "GooglePayPasses")
        intermediate = ec.generate_private_key(ec.SECP256R1())
        expires = different.get("key_expires", 2**42)
        signed_key = json.dumps({"keyValue": _public(intermediate), "keyExpiration": str(expires)})
        signed_message = json.dumps(message, ensure_ascii=False)
        issuer = different.get("issuer", ISSUER)
        return {
            "signature": _sign(intermediate, sender, issuer, protocol, signed_message),
            "intermediateSigningKey": {
                "signedKey": signed_key,
                "signatures": [_sign(different.get("root", self.root), sender, protocol, signed_key)],
            },
            "protocolVersion": protocol,
            "signedMessage": signed_message,
        }


def _error_of(refused: Refused) -> Json:
    reasons = [{"domain": "walletobjects", "reason": refused.reason}] if refused.reason else []
    return {"error": {"code": refused.status, "message": refused.message, "errors": reasons}}


def _rules_broken(kind: str, body: Json) -> Iterator[str]:
    """What Google's reference says in words."""
    if not ID.fullmatch(str(body.get("id"))):
        yield f"{body.get('id')}: not an id of this issuer"
    if body.get("reviewStatus") in ("APPROVED", "approved", "REJECTED", "rejected"):
        yield "reviewStatus: only UNDER_REVIEW or DRAFT may be sent"
    points = body.get("loyaltyPoints")
    if points and len(points.get("balance", {})) != 1:
        yield "loyaltyPoints.balance: exactly one kind"
    if "barcode" in body and "rotatingBarcode" in body:
        yield "one code, not two"
    for name, most in (("textModulesData", 10), ("merchantLocations", 10), ("messages", 10)):
        if len(body.get(name, [])) > most:
            yield f"{name}: more than {most}"
    if rotating := body.get("rotatingBarcode"):
        (parameter,) = rotating["totpDetails"]["parameters"]
        if not re.fullmatch(r"(?:[0-9A-F]{2})+", parameter["key"]):
            yield "rotatingBarcode: the key is not base 16"
    callback = body.get("callbackOptions", {}).get("url", "https://")
    if not callback.startswith("https://"):
        yield "callbackOptions.url: https only"


def _merged(before: Json, given: Json) -> Json:
    """PATCH: what is named is replaced, lists whole; what is not named stays, and so does what is named as empty."""
    merged = dict(before)
    for name, value in given.items():
        old = merged.get(name)
        if value == [] and old:
            continue
        merged[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _kept(body: Json) -> Json:
    """notifyPreference is for one update only."""
    return {name: value for name, value in body.items() if name != "notifyPreference"}


def _sign(key: ec.EllipticCurvePrivateKey, *parts: str) -> str:
    data = b"".join(len(part.encode()).to_bytes(4, "little") + part.encode() for part in parts)
    return base64.b64encode(key.sign(data, ec.ECDSA(hashes.SHA256()))).decode()


def _public(key: ec.EllipticCurvePrivateKey) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
