"""Opening a shop: the merchant, its first location and its owner."""

import secrets
from hashlib import sha256

from django.db import IntegrityError, transaction

from stampwell.clock import new_id
from stampwell.ids import slug_of
from stampwell.merchants.access import new_api_key
from stampwell.merchants.models import (
    ApiKey,
    DeletedShop,
    Location,
    Membership,
    Merchant,
    MerchantSlug,
    StaffMember,
    User,
)
from stampwell.transactions import merchant_transaction

# A slug stands in links and in `sk_<merchant>_…`, where `test` marks test keys.
RESERVED_SLUGS = {"test", "sw", "stampwell", "admin", "api"}


def found_merchant(*, name: str, locale: str, currency: str, time_zone: str, owner: User) -> Merchant:
    """A merchant with one location, of which `owner` is the owner.

    All in one transaction; `unfinished.py` says what it may leave behind on a distributed database.
    """
    merchant = _new_merchant(name=name, locale=locale, currency=currency, time_zone=time_zone)
    with merchant_transaction(merchant.id):
        merchant.save(force_insert=True)
        Location.objects.create(merchant=merchant, name=name, time_zone=time_zone)
        member = StaffMember.objects.create(
            merchant=merchant, name=owner.email.split("@")[0], role=StaffMember.Role.OWNER, user=owner
        )
        Membership.objects.create(user=owner, merchant_id=merchant.id, staff_member_id=member.id)
    return merchant


def _new_merchant(*, name: str, locale: str, currency: str, time_zone: str) -> Merchant:
    merchant_id, wanted = new_id(), _merchant_slug(name)
    for slug in [wanted, *(f"{wanted}-{secrets.token_hex(2)}" for _attempt in range(9))]:
        if DeletedShop.objects.filter(slug_hash=slug_hash(slug)).exists():
            continue
        try:
            with transaction.atomic():
                MerchantSlug.objects.create(slug=slug, merchant_id=merchant_id)
        except IntegrityError:
            continue
        return Merchant(id=merchant_id, slug=slug, name=name, locale=locale, currency=currency, time_zone=time_zone)
    raise RuntimeError("ten random slugs were taken")


def _merchant_slug(name: str) -> str:
    slug = slug_of(name, most=30)
    return slug if len(slug) >= 2 and slug not in RESERVED_SLUGS else f"shop-{secrets.token_hex(3)}"


def slug_hash(slug: str) -> bytes:
    """What is kept of the slug of a shop that is gone."""
    return sha256(f"slug of a shop: {slug}".encode()).digest()


def issue_api_key(
    merchant: Merchant, *, name: str, scopes: list[str], location: Location | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once."""
    text, secret_hash = new_api_key(merchant.slug)
    key = ApiKey.objects.create(merchant=merchant, name=name, scopes=scopes, location=location, secret_hash=secret_hash)
    return key, text
