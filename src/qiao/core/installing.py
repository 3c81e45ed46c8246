"""What follows every migration: rights, roles, packs, calendars; all of it repeatable."""

from datetime import datetime

from django.core.management import call_command
from django.db import transaction

from qiao.core import calendar_edits
from qiao.core.grants import APP_ROLE, apply_grants
from qiao.core.registry import registry


def install(now: datetime, role: str = APP_ROLE) -> None:
    """Bring what manifests install up to date, then the plain role's rights. Runs as the owner."""
    call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        calendar_edits.put_public_holidays()
        for module in registry:
            if module.install is not None:
                module.install(now)
    apply_grants(role)
