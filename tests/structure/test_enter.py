"""Which forms Enter sends: those named here. In every other form with a field, Enter presses nothing.

docs/rules/desk.md says why. A new form has to say which kind it is.
"""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "stampwell" / "templates"
FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
POST = 'method="post"'
FIELD = re.compile(
    r"<(?:textarea|select)\b|<input\b(?![^>]*type=\"hidden\")"
    r"|include \"[\w/]*/(?:field|new_password|where|choices|reward|position)\.html\""
)
BUTTON = re.compile(r"<button\b|include \"partials/no_enter\.html\"")

# Who somebody is, and what a person keeps of their own: signing in, the account, the second step, joining.
SENT_BY_ENTER = {
    "account/email.html",
    "account/login.html",
    "account/password_change.html",
    "account/password_reset.html",
    "account/password_reset_from_key.html",
    "account/reauthenticate.html",
    "card/lost.html",
    "dashboard/accept_invitation.html",
    "dashboard/open_shop.html",
    "joining/claim.html",
    "joining/join.html",
    "joining/receipt_code.html",
    "kiosk/unlock.html",
    "mfa/authenticate.html",
    "mfa/reauthenticate.html",
    "mfa/totp/activate_form.html",
    "mfa/webauthn/edit_form.html",
    "scanner/pin.html",
}


def forms_with_fields() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(TEMPLATES)), form["body"])
        for path in sorted(TEMPLATES.rglob("*.html"))
        for form in FORM.finditer(path.read_text())
        if POST in form["head"] and FIELD.search(form["body"])
    ]


def answers_to_enter(body: str) -> bool:
    first = BUTTON.search(body)
    return first is None or "no_enter" not in first.group()


def test_enter_sends_the_forms_that_are_named_and_no_other() -> None:
    assert {name for name, body in forms_with_fields() if answers_to_enter(body)} == SENT_BY_ENTER
