"""The link by which an owner sees a voucher of a reward on their own phone, as customers see theirs.

It is signed and kept nowhere, opens nothing else, and is over after a quarter of an hour.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.core import signing
from django.urls import reverse

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import terms_of_today
from stampwell.programs.models import ProgramVersion
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.refusal import NotFound

LASTS = timedelta(minutes=15)


class Trial(msgspec.Struct, frozen=True):
    terms: Terms
    reward: RewardTerms
    began: datetime

    @property
    def is_over(self) -> bool:
        return now() >= self.began + LASTS


class _Ticket(msgspec.Struct, frozen=True, array_like=True):
    version: UUID
    reward: UUID
    began: int


def trial_url(merchant: Merchant, terms: Terms, reward: RewardTerms) -> str:
    told = [terms.version_id.hex, reward.id.hex, int(now().timestamp())]
    ticket = signing.dumps(told, salt=_salt_of(merchant))
    return f"{settings.BASE_URL}{reverse('voucher-trial', args=[merchant.slug, ticket])}"


def read_trial(merchant: Merchant, ticket: str) -> Trial:
    """Also one that is over. Refuses: NotFound."""
    try:
        told = msgspec.convert(signing.loads(ticket, salt=_salt_of(merchant)), _Ticket)
        terms = terms_of(merchant.id, told.version)
    except (signing.BadSignature, msgspec.ValidationError, ProgramVersion.DoesNotExist):
        raise NotFound from None
    terms = terms_of_today(terms, merchant)
    return Trial(terms, terms.reward(told.reward), datetime.fromtimestamp(told.began, UTC))


def _salt_of(merchant: Merchant) -> str:
    """What is signed for one shop is nothing at another."""
    return f"stampwell.trial.{merchant.id.hex}"
