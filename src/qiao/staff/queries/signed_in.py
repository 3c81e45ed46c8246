"""Who is signed in by sessions that other things than requests hold on to."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from qiao.core.actor import Actor
from qiao.core.once import settled
from qiao.staff.models import Staff
from qiao.staff.queries.rights import actors_for
from qiao.staff.sessions import SessionStore


@settled()
def signed_in(*, sessions: Collection[str], now: datetime) -> dict[str, Actor]:
    """Who acts in these sessions, by their keys, with today's rights. Left out are sessions that
    have ended, and those of people who were suspended or have another password since."""
    rows = Session.objects.filter(session_key__in=sessions, expire_date__gt=now)
    held = {row.session_key: SessionStore().decode(row.session_data) for row in rows}
    ids = {int(each[SESSION_KEY]) for each in held.values() if SESSION_KEY in each}
    people = Staff.objects.filter(is_active=True).select_related("organisation").in_bulk(ids)
    actors = actors_for(list(people.values()), day=timezone.localdate(now))
    found = {}
    for key, data in held.items():
        person = people.get(int(data.get(SESSION_KEY, 0)))
        if person is not None and _is_by(person, data):
            found[key] = actors[person.pk]
    return found


def _is_by(person: Staff, data: dict[str, Any]) -> bool:
    """Whether a session began with the password that the person has."""
    given = str(data.get(HASH_SESSION_KEY, ""))
    own = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(given, each) for each in own)
