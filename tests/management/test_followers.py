"""`stampwell followers` tells how far each is, and lets one read again."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stampwell.clock import now, stopped_at
from stampwell.reactions import FOLLOWERS
from tests.events.test_reader import happen
from tests.following import follow_everything
from tests.world import Shop


def test_the_command_tells_how_far_each_is(lume: Shop) -> None:
    happen(lume, 3)
    with stopped_at(now() + timedelta(minutes=1)):
        behind = said("followers")
    follow_everything()

    assert [line.split(":")[0] for line in behind.splitlines()] == [each.name for each in FOLLOWERS]
    assert all("5 events behind at 1 shops, the oldest of 60 seconds ago." in line for line in behind.splitlines())
    assert said("followers").splitlines() == [f"{each.name}: has read everything." for each in FOLLOWERS]


def test_the_command_lets_one_read_again(lume: Shop, rossi: Shop) -> None:
    happen(lume, 3)
    happen(rossi, 1)
    follow_everything()

    assert said("followers", "--rewind", "daily_totals", "--shop", "cafe-lume") == (
        "cafe-lume: daily_totals has read 5 events.\n"
    )
    assert said("followers", "--rewind", "apple").splitlines() == [
        "cafe-lume: apple has read 5 events.",
        "rossi: apple has read 3 events.",
    ]
    with pytest.raises(CommandError, match="There are: apple, google, event_stretches"):
        call_command("followers", "--rewind", "nobody")
    with pytest.raises(CommandError, match="There is no shop nowhere"):
        call_command("followers", "--rewind", "apple", "--shop", "nowhere")


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()
