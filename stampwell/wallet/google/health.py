"""Finds what an operator or an owner should know about Google: no access, refused cards, cards that wait too long."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import msgspec
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.clock import id_at, now
from stampwell.findings import Finding, Level
from stampwell.languages.formatting import format_number
from stampwell.merchants.models import Merchant
from stampwell.transactions import merchant_transaction
from stampwell.wallet.configuration import google_account_file, google_issuer, is_google_connected, is_served_in_public
from stampwell.wallet.google.account import AccountProblem, google_account
from stampwell.wallet.google.wanted import callback_url
from stampwell.wallet.look.phrases import cut_line
from stampwell.wallet.sealed_files import clear_key

LATE = timedelta(minutes=30)  # at 15 requests a second, 20,000 cards that changed at once have been sent by then
RECENT = timedelta(hours=1)  # a denied account is tried again every quarter of an hour
QUIET = timedelta(hours=1)  # when a card is saved, a callback comes within minutes
TRIES = 3  # in a row
LONGEST_QUOTE = 200  # characters


class GoogleCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many of one shop's cards. `standing`: put there an hour ago or longer. `heard`: a callback told of them."""

    standing: int
    heard: int
    late: int
    failing: int
    denied: int


class Refused(msgspec.Struct, frozen=True):
    """How many documents Google refused as wrong (400, 422). `said` is its latest reason."""

    subject: Literal["card", "program", "reward"]
    count: int
    said: str


_IS_DENIED = "answer_status IN (401, 403)"

_COUNT = f"""
    SELECT
        count(*) FILTER (WHERE state <> 'absent' AND removed IS NULL AND id < %(quiet)s) AS standing,
        count(heard) AS heard,
        count(*) FILTER (WHERE due < %(late)s AND (leased_until IS NULL OR leased_until < %(late)s)) AS late,
        count(*) FILTER (WHERE due IS NOT NULL AND tries >= %(tries)s AND NOT {_IS_DENIED}) AS failing,
        count(*) FILTER (WHERE due IS NOT NULL AND answered > %(recent)s AND {_IS_DENIED}) AS denied
    FROM google_object WHERE merchant_id = %(merchant)s AND kind = 'card'
"""

_REFUSED = """
    SELECT CASE kind WHEN 'card' THEN 'card' WHEN 'program_class' THEN 'program' ELSE 'reward' END AS subject,
        count(*) AS count, (array_agg(answer ORDER BY answered DESC))[1] AS said
    FROM google_object WHERE merchant_id = %s AND removed IS NULL
        AND refused AND answer_status IN (400, 422)
    GROUP BY 1 ORDER BY 1
"""

_DENIED = f"SELECT answer FROM google_object WHERE due IS NOT NULL AND answered > %s AND {_IS_DENIED} LIMIT 1"


def check_shop(merchant: Merchant) -> Iterator[Finding]:
    """What is wrong with one shop's cards at Google, in sentences that say what to do."""
    if not is_google_connected():
        return
    at = now()
    moments = {"late": at - LATE, "recent": at - RECENT, "quiet": id_at(at - QUIET)}
    with merchant_transaction(merchant.id) as tx:
        refused = tx.later(Refused, _REFUSED, (merchant.id,))
        counts = tx.row(GoogleCounts, _COUNT, {"merchant": merchant.id, "tries": TRIES, **moments})
        assert counts is not None, "counts always come"
    yield from (_say_refused(one) for one in refused.rows())
    yield from _say_waiting(counts)
    if counts.standing and not counts.heard:
        yield _say_unheard(counts.standing, callback_url(merchant))


def check_installation() -> Iterator[Finding]:
    """What is wrong with the account and the addresses, for all shops alike."""
    account, issuer = settings.WALLET_GOOGLE_ACCOUNT, settings.WALLET_GOOGLE_ISSUER
    if not account and not issuer:
        yield _say_not_connected()
        return
    if not account:
        yield Finding(
            Level.RED,
            _("STAMPWELL_GOOGLE_ISSUER is set without STAMPWELL_GOOGLE_ACCOUNT: nothing is sent to Google. Set both."),
        )
        return
    if not issuer:
        yield Finding(
            Level.RED,
            _("STAMPWELL_GOOGLE_ACCOUNT is set without STAMPWELL_GOOGLE_ISSUER: nothing is sent to Google. Set both."),
        )
    yield from _check_account()


def _check_account() -> Iterator[Finding]:
    if not (google_issuer().isascii() and google_issuer().isdigit()):
        yield Finding(
            Level.RED,
            _("STAMPWELL_GOOGLE_ISSUER has to be the number of the issuer account: digits and nothing else."),
        )
    try:
        account = google_account()
    except AccountProblem as problem:
        yield Finding(Level.RED, problem.explain())
    else:
        text = _("The service account %(email)s signs for Google Wallet.") % {"email": account.email}
        yield Finding(Level.GOOD, text)
    if not settings.HTTPS:
        text = _("Google fetches pictures and calls back over https only, and the base address is not https.")
        yield Finding(Level.RED, text)
    if said := _read_denial():
        text = _(
            "Google denies the service account access, so no card at Google changes. Invite it as a user of the "
            "issuer account, and make sure that the Google Wallet API is switched on and the key has not been revoked."
        )
        yield Finding(Level.RED, text, _quote(said))
    yield from clear_key(google_account_file())


def _say_not_connected() -> Finding:
    if not google_account_file().exists():
        return Finding(Level.GOOD, _("Google Wallet is not set up, so it is not offered."))
    # On a laptop that is as it should be; where customers come, it is a button that leads nowhere.
    level = Level.AMBER if is_served_in_public() else Level.GOOD
    text = _("The development account is in use for Google Wallet: Google does not know it and saves no card.")
    return Finding(level, text)


def _say_refused(refused: Refused) -> Finding:
    match refused.subject:
        case "program":
            level, text = Level.RED, _refused_programs(refused.count)
        case "card":
            level, text = Level.AMBER, _refused_cards(refused.count)
        case "reward":
            level, text = Level.AMBER, _refused_rewards(refused.count)
    return Finding(level, text % {"count": format_number(refused.count)}, _quote(refused.said))


def _refused_programs(count: int) -> str:
    return ngettext(
        "Google refused %(count)s version of your programs: its cards cannot be added to Google Wallet or "
        "updated there. Google says why below. Change what it names and publish the program again, or tell the person "
        "who runs this Stampwell.",
        "Google refused %(count)s versions of your programs: their cards cannot be added to Google Wallet or "
        "updated there. Google says why below. Change what it names and publish the program again, or tell the person "
        "who runs this Stampwell.",
        count,
    )


def _refused_cards(count: int) -> str:
    return ngettext(
        "Google refused the latest change of %(count)s card: Google Wallet does not show its current state. Google "
        "says why below. The card is sent again when something changes on it, or when you send it to the phone again.",
        "Google refused the latest change of %(count)s cards: Google Wallet does not show their current state. Google "
        "says why below. A card is sent again when something changes on it, or when you send it to the phone again.",
        count,
    )


def _refused_rewards(count: int) -> str:
    return ngettext(
        "Google refused to show %(count)s reward as an offer beside its card. The card still names it, and it can be "
        "used. Google says why below.",
        "Google refused to show %(count)s rewards as offers beside their cards. The cards still name them, and they "
        "can be used. Google says why below.",
        count,
    )


def _say_waiting(counts: GoogleCounts) -> Iterator[Finding]:
    """Cards of a denied account wait as well. `check_installation` says that, once for all shops."""
    if counts.late and not counts.denied:
        yield Finding(Level.RED, _("Cards are waiting to be sent to Google. Check that the worker is running."))
    elif counts.failing:
        text = ngettext(
            "Google could not accept %(count)s card several times in a row. We keep trying automatically.",
            "Google could not accept %(count)s cards several times in a row. We keep trying automatically.",
            counts.failing,
        )
        yield Finding(Level.AMBER, text % {"count": format_number(counts.failing)})


def _say_unheard(standing: int, address: str) -> Finding:
    text = ngettext(
        "Google has not told us yet whether the %(count)s card stored there was saved by its customer, so the count "
        "of cards in Google Wallet stays at 0. If somebody has saved it, check that Google can reach %(address)s and "
        "that the log shows no refused callback.",
        "Google has not told us yet whether any of the %(count)s cards stored there was saved by its customer, so the "
        "count of cards in Google Wallet stays at 0. If somebody has saved one, check that Google can reach "
        "%(address)s and that the log shows no refused callback.",
        standing,
    )
    return Finding(Level.AMBER, text % {"count": format_number(standing), "address": address})


def _quote(answer: str) -> str:
    """Google's own words after the status, as one line without letters that steer the rest of the page."""
    return cut_line(answer.partition(" ")[2], LONGEST_QUOTE)


def _read_denial() -> str:
    """What Google said within the last hour, of a card of any shop: they all share the account."""
    with connection.cursor() as cursor:
        cursor.execute(_DENIED, [now() - RECENT])
        found = cursor.fetchone()
    return found[0] if found else ""
