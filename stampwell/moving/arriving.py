"""Reading a shop in: member by member, each in a transaction of its own, and hidden until all is there.

arriving row   merchant.deleting   means
------------   -----------------   ---------------------------------------------------------------
is there       is set              it is being read in: nobody sees it, and the worker leaves it alone
(none)         NULL                it is there

`deleting` hides it as a shop that is being deleted is hidden. Run again with the same archive, it goes on at the first
member that is not in the tables yet. `discard` takes away what is there.
"""

import re
from collections.abc import Collection
from uuid import UUID

import msgspec
from django.conf import settings

from stampwell.clock import new_id, now
from stampwell.merchants.closing import open_again
from stampwell.merchants.founding import RESERVED_SLUGS, slug_hash
from stampwell.merchants.hiring import INVITED_ROLES, OWNER
from stampwell.merchants.models import DeletedShop, Location, Merchant, MerchantSlug, StaffMember
from stampwell.merchants.zones import keep_zones
from stampwell.moving import parts
from stampwell.moving.foreign import require_own_ids
from stampwell.moving.form import Manifest, Shop
from stampwell.moving.inserting import columns_of, insert
from stampwell.moving.judging import require_sound
from stampwell.moving.models import ArrivingShop
from stampwell.moving.reading import Archive
from stampwell.moving.trouble import MoveTrouble
from stampwell.moving.unfit import told_in_words
from stampwell.programs.code_successors import keep_code_turns
from stampwell.programs.course import write_stops
from stampwell.programs.models import Program
from stampwell.release import known_migrations
from stampwell.removal.tables import TABLES, empty_further
from stampwell.transactions import Statements, merchant_transaction
from stampwell.wallet.apple.changes import EVERY_PASS, forget_what_phones_show
from stampwell.wallet.google.queue import EVERY_CARD
from stampwell.wallet.google.states import doubt_shop
from stampwell.wallet.whole_shop import remake_passes

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
BATCH = 1000  # rows that are taken away at once
_DONE = "UPDATE arriving_shop SET done = %s WHERE id = %s"
_CURSOR = """
    INSERT INTO event_cursor (id, merchant_id, name, last_sequence, moved)
    SELECT %s, merchant_id, %s, last_sequence, %s FROM event_feed WHERE merchant_id = %s
"""
# Objects at Google belong to the account of their issuer; of another one ours can change nothing.
_FOREIGN_OFFERS = """
    DELETE FROM google_offer_link WHERE merchant_id = %(shop)s AND card_object_id IN (
        SELECT id FROM google_object WHERE merchant_id = %(shop)s AND NOT starts_with(object_id, %(issuer)s)
    )
"""
_FOREIGN_OBJECTS = "DELETE FROM google_object WHERE merchant_id = %(shop)s AND NOT starts_with(object_id, %(issuer)s)"


class Person(msgspec.Struct, frozen=True):
    """Who had an account there."""

    staff_member_id: UUID
    email: str


def read_in(merchant_id: UUID, archive: Archive, *, up_to_date: Collection[str]) -> list[Person]:
    """Reads in what is missing; who had an account there. The shop stays hidden until `show`.

    `up_to_date` are the followers that have nothing to count anew. Raises MoveTrouble, before anything is written.
    """
    require_known(archive.manifest)
    done, people = _begin(merchant_id, archive), list[Person]()
    for number, (part, lines) in enumerate(archive.members()):
        with told_in_words(part):
            if part == parts.PEOPLE:
                people += [msgspec.json.decode(line, type=Person) for line in lines]
            if number < done:
                continue
            with merchant_transaction(merchant_id) as tx:
                insert(tx, archive.manifest, part, lines)
                tx.write(_DONE, (number + 1, merchant_id))
    with told_in_words("merchant"):
        _require_all(merchant_id, archive.manifest)
        require_sound(merchant_id)
    _require_staff(merchant_id, people)
    _end(merchant_id, up_to_date)
    return people


def show(merchant_id: UUID, *, stays_closed: bool) -> None:
    """The last step: from now on it is a shop as any other, and open unless one that was closed is to stay so."""
    with merchant_transaction(merchant_id):
        Merchant.objects.filter(id=merchant_id).update(deleting=None)
        ArrivingShop.objects.filter(id=merchant_id).delete()
        DeletedShop.objects.filter(id=merchant_id).delete()  # it has come back
    if not stays_closed:
        open_again(merchant_id)


def arriving_shops() -> list[UUID]:
    """Those that are being read in."""
    return list(ArrivingShop.objects.values_list("id", flat=True))


def find_arriving(slug: str) -> UUID:
    """The shop of this name that is being read in. Raises MoveTrouble."""
    entry = MerchantSlug.objects.filter(slug=slug).first()
    if entry is None or entry.merchant_id not in arriving_shops():
        raise MoveTrouble(f"No shop {slug} is being read in.")
    return entry.merchant_id


def discard(merchant_id: UUID) -> None:
    """Takes away what there is of a shop that is being read in, so that it can be read in anew."""
    for table in TABLES:
        while _empty_a_little(merchant_id, table):
            pass
    with merchant_transaction(merchant_id):
        ArrivingShop.objects.filter(id=merchant_id).delete()
        MerchantSlug.objects.filter(merchant_id=merchant_id).delete()
        Merchant.objects.filter(id=merchant_id).delete()


def _empty_a_little(merchant_id: UUID, table: str) -> bool:
    with merchant_transaction(merchant_id) as tx:
        return empty_further(tx, table, most=BATCH) == BATCH


def require_known(manifest: Manifest) -> None:
    """Whether the other installation's tables are those that we know, or older, without what means nothing here."""
    if unknown := set(manifest.migrations) - set(known_migrations()):
        raise MoveTrouble(
            f"The archive was made by a newer Stampwell ({manifest.stampwell}), which made the change {min(unknown)}. "
            "Update this one. Nothing was written."
        )
    for table, part in manifest.parts.items():
        known = set() if table in parts.WITHOUT_TABLE else columns_of(table)
        if unfit := part.columns.keys() - (known - parts.LEFT_OUT.get(table, set())):
            raise MoveTrouble(f"The archive holds the column “{min(unfit)}” of “{table}”, which is not taken here.")


def _begin(merchant_id: UUID, archive: Archive) -> int:
    """How many members are there already. Raises MoveTrouble where the shop cannot come here."""
    shop = archive.manifest.shop
    with merchant_transaction(merchant_id):
        arriving = ArrivingShop.objects.select_for_update().filter(id=merchant_id).first()
        if arriving is None:
            _refuse_taken(shop)
            MerchantSlug.objects.create(slug=shop.slug, merchant_id=merchant_id)
            ArrivingShop.objects.create(id=merchant_id, archive=archive.name)
            return 0
        if arriving.archive != archive.name:
            raise MoveTrouble(
                f"Another archive of this shop was begun and not ended. Run that import again, or take away what is "
                f"there with `stampwell shop discard {shop.slug}`."
            )
        return arriving.done


def _refuse_taken(shop: Shop) -> None:
    if Merchant.objects.filter(id=shop.id).exists():
        raise MoveTrouble(f"The shop {shop.slug} is here already. Nothing was written.")
    if not _SLUG.fullmatch(shop.slug) or shop.slug in RESERVED_SLUGS:
        raise MoveTrouble("The name of the shop in links is none that Stampwell gives: the archive was not made by us.")
    is_kept = DeletedShop.objects.filter(slug_hash=slug_hash(shop.slug)).exclude(id=shop.id).exists()
    if is_kept or MerchantSlug.objects.filter(slug=shop.slug).exists():
        raise MoveTrouble(
            f"Another shop has the name {shop.slug} in its links here, so the links that customers have would lead "
            "there. Nothing was written."
        )


def _require_all(merchant_id: UUID, manifest: Manifest) -> None:
    with merchant_transaction(merchant_id) as tx:
        tx.write("SET LOCAL statement_timeout = 0")
        _require_rows(tx, manifest)
        require_own_ids(tx)


def _end(merchant_id: UUID, up_to_date: Collection[str]) -> None:
    """What of the shop is made anew here. May be done twice."""
    with merchant_transaction(merchant_id) as tx:
        _write_what_the_row_keeps(tx, merchant_id)
        tx.write("DELETE FROM event_cursor WHERE merchant_id = %s", (merchant_id,))
        for name in up_to_date:
            tx.write(_CURSOR, (new_id(), name, now(), merchant_id))
        foreign = {"shop": merchant_id, "issuer": f"{settings.WALLET_GOOGLE_ISSUER}."}
        tx.write(_FOREIGN_OFFERS, foreign)
        tx.write(_FOREIGN_OBJECTS, foreign)
        forget_what_phones_show(tx)
        doubt_shop(tx)
    remake_passes(merchant_id, [EVERY_PASS, EVERY_CARD])


def _write_what_the_row_keeps(tx: Statements, merchant_id: UUID) -> None:
    """What the shop's row keeps of its programs and locations, so that a stamp need not ask them."""
    shop = Merchant.objects.get(id=merchant_id)
    shop.stopped_programs = {}
    for program in Program.objects.filter(merchant=shop):
        write_stops(shop, program)
    closed = Location.objects.filter(merchant=shop, closed__isnull=False).order_by("closed", "id")
    shop.closed_locations = list(closed.values_list("id", flat=True))
    shop.save(update_fields=["stopped_programs", "closed_locations"])
    keep_zones(shop)
    keep_code_turns(tx, shop)


def _require_staff(merchant_id: UUID, people: list[Person]) -> None:
    """Whoever is invited works there already, and an owner invites them."""
    working = StaffMember.objects.filter(merchant_id=merchant_id, left__isnull=True)
    known = set(working.filter(role__in=INVITED_ROLES).values_list("id", flat=True))
    named = [person.staff_member_id for person in people]
    is_owned = not people or working.filter(role=OWNER).exists()
    if len(set(named)) < len(named) or not known.issuperset(named) or not is_owned:
        raise MoveTrouble("The archive names people who do not work at its shop. The shop stays hidden.")


def _require_rows(tx: Statements, manifest: Manifest) -> None:
    if not tx.exists("SELECT 1 FROM merchant WHERE id = %s", (tx.merchant_id,)):
        raise MoveTrouble("The archive holds no shop: it was not made by Stampwell.")
    for table in parts.travelling_tables():
        if (told := manifest.parts.get(table)) is None or table.startswith("google_"):
            continue
        found = tx.value(int, f"SELECT count(*) FROM {table} WHERE merchant_id = %s", (tx.merchant_id,))
        if found != told.rows:
            raise MoveTrouble(f"“{table}” has {found} rows here and {told.rows} in the archive. The shop stays hidden.")
