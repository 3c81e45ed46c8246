"""Backups: what there is, what is under way, and the two buttons."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.desk import backup_parameters
from qiao.desk.administration.frame import (
    CONFIGURE,
    OPERATE,
    RIGHT,
    require_whole,
    show,
    whole,
)
from qiao.desk.models import BackupRun
from qiao.desk.operations import backups as operations
from qiao.desk.queries import backups as queries

STEPS: Final = {
    "backup": (
        ("dump", pgettext_lazy("backup step", "Tables are written")),
        ("files", pgettext_lazy("backup step", "Files are added")),
    ),
    "test": (
        ("unpack", pgettext_lazy("backup step", "Its parts are checked")),
        ("load", pgettext_lazy("backup step", "It is read into a scratch database")),
        ("compare", pgettext_lazy("backup step", "Rows are compared")),
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A backup with the last finding of a test, and a later test that could not be finished."""

    run: BackupRun
    test: BackupRun | None
    unfinished: BackupRun | None
    is_damaged: bool


@staff_view(RIGHT)
def backup_list(request: StaffRequest) -> HttpResponse:
    """The newest first, what goes on above them, and how to restore in earnest."""
    require_whole(request, RIGHT)
    found = queries.list_backups(after=read_id(request.GET.get("after", "")))
    page = found[: queries.PAGE_SIZE]
    ids = [run.pk for run in page]
    tests, attempts = queries.last_tests(ids), queries.last_attempts(ids)
    today, going = timezone.localdate(request.now), queries.standing()
    good = queries.last_good()
    context = {
        "lines": [_line(run, tests.get(run.pk), attempts.get(run.pk)) for run in page],
        "after": page[-1].pk if len(found) > len(page) else None,
        "going": going,
        "steps": _steps(going),
        "is_busy": going.run is not None,
        "good": good,
        "tested": queries.last_tested(),
        "room": queries.room(),
        "folder": settings.QIAO_BACKUPS,
        "hour": backup_parameters.night_hour(today),
        "kept": backup_parameters.backups_kept(today),
        "is_tested_weekly": backup_parameters.is_tested_weekly(today),
        "parameters": (
            backup_parameters.HOUR, backup_parameters.KEPT, backup_parameters.TESTED
        ),
        "may_operate": whole(request, OPERATE),
        "may_configure": whole(request, CONFIGURE),
        "now": request.now,
    }  # fmt: skip
    return show(request, "backups.html", "backups", context)


def _line(run: BackupRun, test: BackupRun | None, attempt: BackupRun | None) -> Line:
    return Line(run, test, None if attempt == test else attempt, queries.is_damaged(test))


def _steps(going: queries.Standing) -> list[dict[str, Any]]:
    """The steps of what goes on, for the component; nothing where nothing does."""
    run = going.run
    if run is None:
        return []
    begin = [("", pgettext("backup step", "Asked for"))]
    every = [*begin, *STEPS[run.kind]]
    at = next((place for place, (key, _word) in enumerate(every) if key == run.step), 0)
    return [
        {"label": word, "state": "done" if place < at else "now" if place == at else ""}
        for place, (_key, word) in enumerate(every)
    ]


@staff_view(OPERATE, methods=("POST",))
def backup_now(request: StaffRequest) -> HttpResponse:
    """Ask for a backup."""
    require_whole(request, OPERATE)
    room = queries.room()
    try:
        operations.request_backup(
            actor=request.actor, now=request.now, needed=room.needed, free=room.free
        )
    except operations.AlreadyRunning:
        messages.error(request, _("A backup or a test is under way. Wait for its end."))
    except operations.DiskTooFull as full:
        words = _(
            "The disk is too full: a backup needs %(needed)s, %(free)s are free. Make room, or set"
            " QIAO_BACKUPS to a folder on another disk."
        )
        sizes = {"needed": filesizeformat(full.needed), "free": filesizeformat(full.free)}
        messages.error(request, words % sizes)
    else:
        messages.success(request, _("Asked for. You may leave this page; the work goes on."))
    return HttpResponseRedirect(reverse("administration:backups"))


@staff_view(OPERATE, methods=("POST",))
def backup_test(request: StaffRequest, backup_id: int) -> HttpResponse:
    """Ask for the test of a backup."""
    require_whole(request, OPERATE)
    try:
        operations.request_test(actor=request.actor, now=request.now, backup_id=backup_id)
    except operations.BackupMissing as missing:
        raise Http404(backup_id) from missing
    except operations.AlreadyRunning:
        messages.error(request, _("A backup or a test is under way. Wait for its end."))
    else:
        messages.success(request, _("Asked for. You may leave this page; the work goes on."))
    return HttpResponseRedirect(reverse("administration:backups"))
