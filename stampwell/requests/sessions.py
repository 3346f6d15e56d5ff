"""Where a browser's session is kept: in the table that Django's own engine uses, and beside it whose it is and when it
was last used. A row that is deleted is a session that has ended: the next request of that browser is a stranger's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from stampwell.clock import now
from stampwell.requests.models import Session


class SessionStore(DatabaseStore):
    """`seen` is when the session was last used, as far as its row tells; None before it was read."""

    seen: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        self.seen = row.seen if row else None
        return row

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        user_id = data.get(SESSION_KEY)
        self.seen = now()
        row: Session = super().create_model_instance(data)  # type: ignore[assignment,arg-type]
        row.user_id, row.seen = int(user_id) if user_id else None, self.seen
        return row
