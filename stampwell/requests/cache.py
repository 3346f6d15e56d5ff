"""The cache of Django and of its libraries, in the database.

Limits on wrong passwords lie in it, so no row makes room for another: each goes when its time is over (`pruning`).
"""

from datetime import datetime

from django.core.cache.backends.db import DatabaseCache
from django.db.backends.utils import CursorWrapper


class LastingCache(DatabaseCache):
    def _cull(self, db: str, cursor: CursorWrapper, now: datetime, num: int) -> None:
        """Called when there are many rows; Django would throw away those that come first in the alphabet."""
