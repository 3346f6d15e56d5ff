"""How this installation asks itself by its public address: the question that nobody else can ask, and the answer.

The answer says how the question came in, as only the web server behind a proxy can see it. Its network is nobody else's
business, so the question is signed with the key of the installation and is good for a minute.
"""

import secrets

import msgspec
from django.core.signing import BadSignature, TimestampSigner

PATH = "/way-in"
HEADER = "X-Stampwell-Question"
_LASTS = 60  # seconds


class WayIn(msgspec.Struct, frozen=True, kw_only=True):
    """`peer` is who is connected to the web server, and `scheme` what they speak; what a proxy says is beside it."""

    peer: str
    is_trusted: bool
    scheme: str
    host: str
    forwarded_for: str
    forwarded_proto: str


def make_question() -> str:
    return _signer().sign(secrets.token_hex(8))


def is_our_question(said: str) -> bool:
    try:
        _signer().unsign(said, max_age=_LASTS)
    except BadSignature:
        return False
    return True


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="stampwell.watch.way_in")
