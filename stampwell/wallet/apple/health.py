"""What an operator should know about the Apple side: certificates that end, passes nobody fetched, phones that fail."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.clock import now
from stampwell.findings import Finding, Level
from stampwell.languages.formatting import format_number
from stampwell.transactions import merchant_transaction
from stampwell.wallet.apple.current import identities
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.apple.signature import PassIdentity, signing_identity, voucher_identity
from stampwell.wallet.configuration import apple_files, apple_push_key, apple_voucher_files, is_served_in_public
from stampwell.wallet.sealed_files import clear_key

SOON, SOONER, NOW = timedelta(days=60), timedelta(days=30), timedelta(days=7)
UNFETCHED = timedelta(days=1)  # after this a phone that is switched on should have come
LATE = timedelta(minutes=10)
OURS = "^40[0-9] "  # what Apple answers where the mistake is ours
TRIES = 3  # pushes in a row that failed make a phone one that fails


class WalletCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Of one shop. `unfetched` changed a day ago or longer, and no phone has come for them since.

    `refused` are phones that Apple does not let us tell, for `refusal`, which is its word: our certificate, push key
    or topic is wrong. `failing` could not be told for another reason.
    """

    passes: int
    registered: int
    unfetched: int
    failing: int
    refused: int
    refusal: str
    late: int
    others: int  # made for a pass type that is not signed here


_COUNT = """
    SELECT
        (SELECT count(*) FROM pass p WHERE p.merchant_id = %(merchant)s) AS passes,
        (SELECT count(*) FROM registration r WHERE r.merchant_id = %(merchant)s) AS registered,
        (SELECT count(*) FROM pass p WHERE p.merchant_id = %(merchant)s
            AND p.tag > greatest(p.fetched_tag, p.first_tag) AND p.changed < %(yesterday)s
            AND EXISTS (SELECT 1 FROM registration r WHERE r.merchant_id = p.merchant_id AND r.pass_id = p.id)
        ) AS unfetched,
        (SELECT count(*) FROM registration r WHERE r.merchant_id = %(merchant)s AND r.tries >= %(tries)s
            AND r.last_answer !~ %(ours)s) AS failing,
        (SELECT count(*) FROM registration r WHERE r.merchant_id = %(merchant)s AND r.tries > 0
            AND r.last_answer ~ %(ours)s) AS refused,
        (SELECT coalesce(max(r.last_answer), '') FROM registration r WHERE r.merchant_id = %(merchant)s AND r.tries > 0
            AND r.last_answer ~ %(ours)s) AS refusal,
        (SELECT count(*) FROM registration r WHERE r.merchant_id = %(merchant)s AND r.due < %(late)s) AS late,
        (SELECT count(*) FROM pass p WHERE p.merchant_id = %(merchant)s AND NOT p.pass_type = ANY(%(types)s)) AS others
"""


def count_wallet(merchant_id: UUID) -> WalletCounts:
    facts = {"merchant": merchant_id, "yesterday": now() - UNFETCHED, "late": now() - LATE, "tries": TRIES}
    with merchant_transaction(merchant_id) as tx:
        counts = tx.row(WalletCounts, _COUNT, facts | {"types": list(identities()), "ours": OURS})
    assert counts is not None, "counts always come"
    return counts


def check_shop(counts: WalletCounts) -> Iterator[Finding]:
    """What is wrong with one shop's passes, in sentences that say what to do."""
    if counts.others:
        yield Finding(
            Level.RED,
            ngettext(
                "%(count)s pass was made for a pass type whose certificate is not configured: it cannot be changed.",
                "%(count)s passes were made for a pass type whose certificate is not configured: "
                "they cannot be changed.",
                counts.others,
            )
            % {"count": format_number(counts.others)},
        )
    if counts.late:
        yield Finding(Level.RED, _("Phones are waiting to be told about changes. Check that the worker is running."))
    if counts.refused:
        yield Finding(
            Level.RED,
            ngettext(
                "Apple does not let us tell %(count)s phone about a change: our certificate or push key is not the "
                "right one. Apple says why below. Tell the person who runs this Stampwell.",
                "Apple does not let us tell %(count)s phones about changes: our certificate or push key is not the "
                "right one. Apple says why below. Tell the person who runs this Stampwell.",
                counts.refused,
            )
            % {"count": format_number(counts.refused)},
            counts.refusal,
        )
    if counts.failing:
        yield Finding(
            Level.AMBER,
            ngettext(
                "%(count)s phone could not be told about a change several times in a row.",
                "%(count)s phones could not be told about a change several times in a row.",
                counts.failing,
            )
            % {"count": format_number(counts.failing)},
        )
    if counts.unfetched:
        yield Finding(
            Level.AMBER,
            ngettext(
                "%(count)s pass changed more than a day ago and no phone has fetched it since.",
                "%(count)s passes changed more than a day ago and no phone has fetched them since.",
                counts.unfetched,
            )
            % {"count": format_number(counts.unfetched)},
        )


def check_installation() -> Iterator[Finding]:
    """What is wrong with certificates, keys and addresses, for all shops alike."""
    yield from _check_certificate(signing_identity, _("Cards"))
    if settings.WALLET_APPLE_VOUCHER_CERTIFICATE or not settings.WALLET_APPLE_CERTIFICATE:
        yield from _check_certificate(voucher_identity, _("Vouchers"))
    else:
        yield Finding(Level.GOOD, _("Vouchers have no pass type of their own, so only cards are offered."))
    if len({identity.team for identity in identities().values()}) > 1:
        yield Finding(Level.RED, _("The two pass certificates belong to different teams."))
    if settings.WALLET_APPLE_CERTIFICATE and not settings.HTTPS:
        yield Finding(Level.RED, _("Phones ask for changes over https only, and the base address is not https."))
    yield from _check_keys()


def _check_certificate(read: Callable[[], PassIdentity], name: str) -> Iterator[Finding]:
    try:
        identity = read()
    except CertificateProblem as problem:
        yield Finding(Level.RED, _("%(what)s: %(problem)s") % {"what": name, "problem": problem.explain()})
        return
    yield _say_time_left(identity, name)
    if identity.is_for_development:
        # On a laptop that is as it should be; where customers come, it is a button that no phone can use.
        is_forgotten = is_served_in_public() and not settings.WALLET_APPLE_CERTIFICATE
        level = Level.AMBER if is_forgotten else Level.GOOD
        yield Finding(level, _("The development certificate is in use: no iPhone will open such a pass."))


def _say_time_left(identity: PassIdentity, name: str) -> Finding:
    """The certificate's own end, or its issuer's where that comes first."""
    left = min(identity.time_left(), identity.intermediate.not_valid_after_utc - now())
    level = Level.RED if left <= NOW else Level.AMBER if left <= SOONER else Level.GOOD
    facts = {"what": name, "type": identity.pass_type, "days": left.days}
    if left > SOON:
        text = ngettext(
            "%(what)s (%(type)s): the certificate is valid for %(days)s more day.",
            "%(what)s (%(type)s): the certificate is valid for %(days)s more days.",
            left.days,
        )
    else:
        text = ngettext(
            "%(what)s (%(type)s): the certificate expires in %(days)s day. Renew it now for the same pass type: cards "
            "already on phones stay, but after that none can be made or changed.",
            "%(what)s (%(type)s): the certificate expires in %(days)s days. Renew it now for the same pass type: "
            "cards already on phones stay, but after that none can be made or changed.",
            left.days,
        )
    return Finding(level, text % facts)


def _check_keys() -> Iterator[Finding]:
    if settings.WALLET_APPLE_KEY:
        yield from clear_key(apple_files().key)
    if settings.WALLET_APPLE_VOUCHER_KEY:
        yield from clear_key(apple_voucher_files().key)
    if push_key := apple_push_key():
        yield from clear_key(push_key.file)
