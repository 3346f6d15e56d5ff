"""`stampwell shop export` and `import`: a shop moves to another installation."""

from pathlib import Path

from django.conf import settings
from django.urls import reverse

from stampwell.backups.passphrases import ask_new_passphrase, ask_passphrase
from stampwell.backups.replacing import new_file
from stampwell.backups.sealing import identities, read_passphrase, recipients
from stampwell.merchants.hiring import LINK_LASTS, OWNER, invite_person
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.moving.arriving import Person, read_in, show
from stampwell.moving.leaving import write_shop
from stampwell.moving.reading import check
from stampwell.reactions import FOLLOWERS

_OPEN = """
The shop is open, and what happens there from now on is not in the file. To move it, close it first
(`stampwell shop close {slug}`), and write the file again."""


def export_shop(merchant: Merchant, file: Path, passphrase_file: Path | None) -> str:
    """What happened, in words. Raises BackupTrouble."""
    passphrase = read_passphrase(passphrase_file) if passphrase_file else ask_new_passphrase()
    with new_file(file.absolute()) as stream:
        manifest = write_shop(merchant, stream, recipients(public_keys=[], passphrase=passphrase))
    rows = sum(part.rows for part in manifest.parts.values())
    said = f"Wrote {file}: {rows:,} rows of {merchant.name}. Whoever has it and its passphrase opens every card."
    return said + ("" if merchant.closed else _OPEN.format(slug=merchant.slug))


def import_shop(file: Path, passphrase_file: Path | None, *, stays_closed: bool) -> str:
    """What happened, in words. Raises BackupTrouble."""
    passphrase = read_passphrase(passphrase_file) if passphrase_file else ask_passphrase()
    archive = check(file, identities(key_file=None, passphrase=passphrase))
    shop_id, up_to_date = archive.manifest.shop.id, [one.name for one in FOLLOWERS if one.forget is None]
    people = read_in(shop_id, archive, up_to_date=up_to_date)
    shop = Merchant.objects.get(id=shop_id)
    links = [_invite(shop, person) for person in people]
    show(shop.id, stays_closed=stays_closed)
    lines = [f"{shop.name} is here{', and closed' if stays_closed and shop.closed else ''}."]
    if links:
        lines += [f"Hand each of them their link; it works for {LINK_LASTS.days} days and is not shown again:", *links]
    if archive.manifest.base_url != settings.BASE_URL:
        lines.append(
            f"Links, prints and passes lead to {archive.manifest.base_url}. They work here as soon as that name leads "
            "here, or as that server sends whoever comes with one on to this one."
        )
    return "\n".join(lines)


def _invite(shop: Merchant, person: Person) -> str:
    """Who had an account there gets one here, and is who they were. The line that tells their link."""
    member = StaffMember.objects.get(merchant=shop, id=person.staff_member_id)
    owner = StaffMember.objects.filter(merchant=shop, role=OWNER, left__isnull=True).order_by("id")[0]
    _invitation, secret = invite_person(
        shop, email=person.email, name=member.name, role=member.role, locale=shop.locale, by=owner, person=member
    )
    return f"{person.email}  {settings.BASE_URL}{reverse('accept_invitation', args=[shop.slug, secret])}"
