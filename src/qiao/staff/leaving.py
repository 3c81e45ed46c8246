"""What follows when somebody signs out."""

from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from qiao.core.registry import registry
from qiao.core.transactions import acting
from qiao.staff.models import Staff

log = structlog.get_logger(__name__)


def tell_signed_out(*, request: HttpRequest | None, user: Staff | None, **_: Any) -> None:
    """Tell modules that somebody signs out (`django.contrib.auth.signals.user_logged_out`).
    Whatever fails there keeps nobody signed in."""
    if user is None:
        return
    actor = getattr(request, "actor", None)
    try:
        with acting(actor):
            registry.bid_farewell(people=[user.pk], actor=actor, now=timezone.now())
    except DatabaseError:
        log.exception("farewell_not_told", staff=user.pk)
