"""Secrets are compared in the same time whatever they are: how long a "no" takes tells nothing of what is right."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "stampwell"
SOUNDS_SECRET = re.compile(r"secret|token|hash|digest|signature|password|credential|fingerprint|mark\b|\bpin\b")
# What sounds like a secret and is none: whoever sees how long it takes learns nothing of use.
NO_SECRETS = {
    "draws/seeds.py: _hashed(seed, _place(begins, day, days) + 1) == commitment",  # both public by then
    "sheets/files.py: digest_of(file) != digest",  # of a file of the shop's own
    "languages/wording.py: token.token_type == TokenType.BLOCK",  # of a template
    "languages/wording.py: token.token_type == TokenType.TEXT",
    "languages/wording.py: token.token_type == TokenType.VAR",
    "merchants/location_drafts.py: mark == _mark(getattr(draft, name))",  # of what a form has shown
    "merchants/location_drafts.py: shown[name] != _mark(getattr(present, name)) != _mark(getattr(draft, name))",
    "offline/device_keys.py: len(signature) != RAW_SIGNATURE",
    "offline/taking.py: row.fingerprint != line.fingerprint",  # of a scan, made by us out of it
    "offline/taking.py: taken.row.fingerprint != line.fingerprint",
    "requests/once.py: bytes(kept.fingerprint) != fingerprint",  # of a request, made by us out of what was sent
    "wallet/apple/delivery.py: unsigned.digest == held.shown",  # of what a pass shows, both made by us
    "wallet/google/placement.py: row.digest == digest",
    "wallet/google/sync.py: card.digest != digest_of(document)",
}


def plain_comparisons() -> Iterator[str]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Compare) or "migrations" in file.parts:
                continue
            compared = ast.unparse(node)
            if any(isinstance(sign, ast.Eq | ast.NotEq) for sign in node.ops) and SOUNDS_SECRET.search(compared):
                yield f"{file.relative_to(PACKAGE)}: {compared}"


def test_no_secret_is_compared_sign_by_sign() -> None:
    assert set(plain_comparisons()) == NO_SECRETS
