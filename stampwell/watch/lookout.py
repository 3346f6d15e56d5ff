"""Looks from the web processes after those who cannot call for help themselves: the worker, and the database.

Each web process looks, and one of them tells. Of a database that is away nothing can stand in a table, so a file in the
data folder says that it was told.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stampwell.clock import now
from stampwell.transactions.outages import OUTAGES, reason_of
from stampwell.watch.alarm_rules import WORKER, DatabaseAway, worker_stands_still
from stampwell.watch.alarms import update_alarms
from stampwell.watch.errors import bring_errors
from stampwell.watch.heartbeat import LATE, silence
from stampwell.watch.letters import Post, write_letter
from stampwell.watch.patience import Patient

EVERY = 60.0  # seconds
LONGEST = 30.0  # seconds of a look, with a mail that it may send
PATIENCE = timedelta(minutes=5)
TOLD = "told-that-the-database-is-away"

log = logging.getLogger(__name__)


class Lookout:
    def __init__(self, data_dir: Path) -> None:
        self._post, self._told = Post(), data_dir / TOLD
        self._away_since: datetime | None = None
        self._told_without_file = False

    def start(self) -> None:
        threading.Thread(target=self._keep_looking, name="lookout", daemon=True).start()

    def look(self, judge: Callable[[], object] | None = None) -> None:
        try:
            (judge or self.judge)()
        except OUTAGES as lost:
            self._note_outage(lost)
        else:
            self._note_answer()

    def judge(self) -> None:
        bring_errors()
        silent = silence()
        is_late = silent is None or silent > LATE
        alarms = [worker_stands_still(silent)] if is_late else []
        update_alarms(alarms, judges=lambda figure: figure == WORKER, send=self._post.send)

    def _keep_looking(self) -> None:
        pause, judge = threading.Event(), Patient(self.judge, seconds=LONGEST)
        while not pause.wait(EVERY):
            try:
                self.look(judge)
            except Exception:
                log.exception("The lookout could not look, and looks again")

    def _note_outage(self, lost: BaseException) -> None:
        self._away_since = self._away_since or now()
        if now() - self._away_since < PATIENCE or not self._claim():
            return
        letter = write_letter(new=[DatabaseAway(self._away_since, reason_of(lost))], old=[], over=[])
        if letter and not self._post.send(letter):
            self._told.unlink(missing_ok=True)
            self._told_without_file = False

    def _note_answer(self) -> None:
        since, self._away_since = self._away_since, None
        without_file, self._told_without_file = self._told_without_file, False
        try:
            since = since or datetime.fromtimestamp(self._told.stat().st_mtime, UTC)
            self._told.unlink()
        except OSError:
            if not without_file:
                return  # nobody was told, or another process tells that it is over
        letter = write_letter(new=[], old=[], over=[DatabaseAway(since or now(), "")])
        if letter:
            self._post.send(letter)

    def _claim(self) -> bool:
        """Whether it is this process that tells. Where nothing can be written, each of them does."""
        try:
            self._told.touch(exist_ok=False)
        except FileExistsError:
            return False
        except OSError:
            claims, self._told_without_file = not self._told_without_file, True
            return claims
        return True
