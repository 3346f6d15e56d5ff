"""Several at the desk find the same oddity fine, or one and then more of it, at one moment."""

import msgspec
import pytest

from stampwell.events.models import DeskChange
from stampwell.insight.models import SeenOddity
from stampwell.insight.oddities import Oddity
from stampwell.insight.seen_oddities import note_seen
from tests.races.callers import run_together
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_who_find_it_fine_at_once_one_is_noted() -> None:
    shop = open_lume()
    odd = Oddity(person=shop.ada.id, reason="overrides", found=30, of=400, usual=4.0)
    more = msgspec.structs.replace(odd, found=60)

    def note(found: Oddity) -> None:
        note_seen(shop.merchant, found, name="Ada", actor=shop.actor)

    assert run_together(*[lambda: note(odd)] * 4) == [None] * 4
    assert [row.found for row in SeenOddity.objects.all()] == [30]
    assert DeskChange.objects.filter(kind="oddity.seen").count() == 1

    assert run_together(*[lambda: note(more), lambda: note(odd)] * 2) == [None] * 4
    assert [row.found for row in SeenOddity.objects.all()] == [60]
    assert DeskChange.objects.filter(kind="oddity.seen").count() == 2
