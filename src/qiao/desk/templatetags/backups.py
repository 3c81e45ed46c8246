"""``{% load backups %}``: runs of backups in words."""

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.ui.moments import duration
from qiao.desk.models import BackupRun

register = template.Library()


@register.filter
def asked_by(run: BackupRun) -> str:
    """Who wanted it: a person's name, the clock or a command."""
    if run.requested_by is not None:
        return run.requested_by.name
    if run.origin == BackupRun.Origin.SCHEDULE:
        return pgettext("backup asked by", "By the clock")
    return pgettext("backup asked by", "By command")


@register.filter
def took(run: BackupRun) -> str:
    """How long it took, under a minute to a tenth; of one found in the folder nobody knows."""
    if run.finished_at is None or run.started_at is None or run.finished_at == run.started_at:
        return "—"
    seconds = (run.finished_at - run.started_at).total_seconds()
    return _("{n} s").format(n=f"{seconds:.1f}") if seconds < 60 else duration(seconds)


@register.filter
def why_failed(run: BackupRun) -> str:
    """Why a run failed, and what to do."""
    if run.needed_bytes is not None and run.free_bytes is not None:
        return _(
            "The disk was too full: %(needed)s were needed, %(free)s were free. Make room, or set"
            " `QIAO_BACKUPS` to a folder on another disk."
        ) % {"needed": filesizeformat(run.needed_bytes), "free": filesizeformat(run.free_bytes)}
    if run.reason == BackupRun.Reason.DIFFERS:
        names = ", ".join(run.differing)
        return _("Read back, it differs in: %(names)s. Do not rely on it.") % {"names": names}
    return str(_reasons()[run.reason])


def _reasons() -> dict[str, str]:
    reason = BackupRun.Reason
    return {
        reason.DISK_FULL: _(
            "The disk became full. Make room, or set `QIAO_BACKUPS` to a folder on another disk."
        ),
        reason.BROKEN_OFF: _(
            "Broken off: the process that was at it ended. What it left behind has been removed."
        ),
        reason.DATABASE: _("PostgreSQL refused: the keeper's log (`keeper.log`) says what."),
        reason.FILE: _("The file cannot be read or written: look at the rights of its folder."),
        reason.MISSING: _("The file is no longer where it was written."),
        reason.DAMAGED: _(
            "The file is damaged: its parts are not what was written. Do not rely on it."
        ),
        reason.OTHER_KEY: _(
            "Made with another field key: it can be restored only with the `secrets.env` of its"
            " day."
        ),
        reason.NOT_ALLOWED: _(
            "The owner's role may not create a database, which a test needs:"
            " `ALTER ROLE … CREATEDB`."
        ),
    }
