"""The serial number and the token of a pass: derived, so the database holds neither token nor way to it.

Neither can change once a phone has the pass.
"""

from uuid import UUID

from stampwell.brought.secrets import secret_of


def card_serial(card_id: UUID, issue: int) -> str:
    return secret_of("pass-serial", card_id, issue).hex()


def card_pass_token(card_id: UUID, issue: int) -> str:
    return secret_of("pass-token", card_id, issue).hex()


def voucher_serial(voucher_id: UUID, issue: int) -> str:
    """`issue` is the voucher's: after its card was replaced, its old passes open nothing either."""
    return secret_of("pass-serial", voucher_id, issue).hex()


def voucher_pass_token(voucher_id: UUID, issue: int) -> str:
    return secret_of("pass-token", voucher_id, issue).hex()
