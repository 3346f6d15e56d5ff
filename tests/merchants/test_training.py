"""Who has practised is kept once."""

from datetime import timedelta

from stampwell.clock import now, stopped_at
from stampwell.merchants.models import StaffMember
from stampwell.merchants.training import decline_practice, is_offered_practice, note_practised
from tests.world import Shop


def test_the_first_time_stays(lume: Shop) -> None:
    bo, first = lume.hire("Bo"), now()
    with stopped_at(first):
        note_practised(lume.merchant, bo)

    with stopped_at(first + timedelta(days=1)):
        note_practised(lume.merchant, bo)

    bo.refresh_from_db()
    assert bo.practised == first


def test_who_has_practised_or_does_not_want_to_is_not_offered_it(lume: Shop) -> None:
    bo, eve, zed = (lume.hire(name) for name in ("Bo", "Eve", "Zed"))

    note_practised(lume.merchant, bo)
    decline_practice(lume.merchant, eve)

    people = StaffMember.objects.filter(merchant=lume.merchant, id__in=[bo.id, eve.id, zed.id])
    assert {one.name for one in people if is_offered_practice(one)} == {"Zed"}
