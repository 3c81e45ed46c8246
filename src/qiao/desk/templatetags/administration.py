"""``{% load administration %}``: states of background work in words."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.core.ui.marks import badge
from qiao.desk.administration.jobs import Job

register = template.Library()
STATES = {
    "todo": pgettext_lazy("job state", "Waits"),
    "doing": pgettext_lazy("job state", "Runs"),
    "failed": pgettext_lazy("job state", "Failed"),
    "succeeded": pgettext_lazy("job state", "Done"),
    "cancelled": pgettext_lazy("job state", "Given up"),
    "aborted": pgettext_lazy("job state", "Stopped"),
}
EVENTS = {
    "deferred": pgettext_lazy("job event", "put into the queue"),
    "scheduled": pgettext_lazy("job event", "planned"),
    "started": pgettext_lazy("job event", "started"),
    "deferred_for_retry": pgettext_lazy("job event", "failed, tries again by itself"),
    "failed": pgettext_lazy("job event", "failed"),
    "succeeded": pgettext_lazy("job event", "done"),
    "cancelled": pgettext_lazy("job event", "given up"),
    "abort_requested": pgettext_lazy("job event", "asked to stop"),
    "aborted": pgettext_lazy("job event", "stopped"),
    "retried": pgettext_lazy("job event", "put into the queue again"),
    "again": pgettext_lazy("job event", "let it run again"),
    "give_up": pgettext_lazy("job event", "gave it up"),
}
TONES = {"todo": "info", "doing": "pri", "failed": "bad", "succeeded": "ok"}


@register.filter
def job_state(state: str) -> str:
    """A state of a job in words."""
    return str(STATES.get(state, state))


@register.filter
def job_event(kind: str) -> str:
    """What happened to a job, in words."""
    return str(EVENTS.get(kind, kind))


@register.simple_tag
def job_badge(job: Job) -> SafeString:
    """The state of a job; one whose worker died says so."""
    if job.is_stalled:
        return badge(pgettext("job state", "Its worker died"), "bad", "alert-triangle")
    if job.is_aborting:
        return badge(_("Stops"), "warn")
    return badge(job_state(job.status), TONES.get(job.status, "line"))
