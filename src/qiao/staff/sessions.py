"""Sessions as Django keeps them in the database; every page reads one, by a prepared statement."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from qiao.core.rows import Reading

_LIVE = Reading(
    Session,
    where="t.session_key = %(key)s AND t.expire_date > %(now)s",
    order="t.session_key",
)


class SessionStore(db.SessionStore):
    """Django's store but for the statement that a session is read by."""

    def _get_session_from_db(self) -> Any:
        found = _LIVE.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
