"""The other installation: it has another key, and of the shop only what an archive brings."""

from pathlib import Path

from stampwell.backups.age import PublicKey, SecretKey
from stampwell.jobs.models import Job
from stampwell.merchants.models import Membership, Merchant, MerchantSlug, StaffMember
from stampwell.moving.arriving import read_in
from stampwell.moving.leaving import write_shop
from stampwell.moving.reading import Archive, check
from stampwell.reactions import FOLLOWERS
from stampwell.removal.tables import TABLES, empty
from stampwell.transactions import merchant_transaction

# Quicker than a passphrase, which takes its time on purpose.
OURS = SecretKey("AGE-SECRET-KEY-1EZXQUYUCRFTCESV35LEY5W7LP89WQ7W2C7JL5N9CT20F0C43KXEQUS2HJT")
TO_US = PublicKey("age124hf3es5zyvcjn84wymj2vcxrlzzz99vqxfu0gvwww38f4sqs4rsvqpxwh")
ANOTHER_KEY = "AGE-SECRET-KEY-15VFY75YR30H0N46EW6X4KXV3XSXE0CKEX365K8TY8WKWZPDLN48QK89KLJ"
OTHER_KEY = b"the key of another installation!"
UP_TO_DATE = [follower.name for follower in FOLLOWERS if follower.forget is None]


def write(merchant: Merchant, file: Path) -> Archive:
    with file.open("wb") as target:
        write_shop(merchant, target, [TO_US])
    return check(file, [OURS])


def rows_of(archive: Archive) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for part, lines in archive.members():
        found.setdefault(part, []).extend(lines)
    return found


def forget_shop(merchant: Merchant) -> None:
    """As a database that has never seen it."""
    with merchant_transaction(merchant.id) as tx:
        for table in TABLES:
            empty(tx, table)
        Job.objects.filter(merchant=merchant).delete()
        Membership.objects.filter(merchant_id=merchant.id).delete()
        StaffMember.objects.filter(merchant=merchant).delete()
        MerchantSlug.objects.filter(merchant_id=merchant.id).delete()
        Merchant.objects.filter(id=merchant.id).delete()


def arrive(archive: Archive) -> None:
    read_in(archive.manifest.shop.id, archive, up_to_date=UP_TO_DATE)
