"""What risk brings to pages: the panel of a case, the manager's inbox, notices, settings, jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.cases import risk_tasks
from qiao.cases.events import RiskRulesChanged
from qiao.cases.models import Case
from qiao.cases.operations.risk import RISK
from qiao.cases.queries.risk import PANEL, AlarmLine, alarms, open_alarm_count
from qiao.cases.risk_watch import ACKNOWLEDGE, NOTICE
from qiao.cases.showing.clocks import row_mark
from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    InboxItem,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Panel,
    Parameter,
    Permission,
    QueueSource,
    Subscription,
)
from qiao.core.tasks import PeriodicJob
from qiao.core.wording import from_names

VIEW: Final = "cases.view"


def _item(line: AlarmLine) -> InboxItem:
    reasons = gettext(", ").join(dict.fromkeys(from_names(each) for each in line.names))
    return InboxItem(
        ref=line.case_id,
        who=line.who or line.number,
        what=reasons or line.title,
        pane_url=reverse("cases:pane", args=[line.case_id]),
        customer_id=line.customer_id,
        severity=1,
        clock=row_mark(due_at=line.due_at, started_at=line.raised_at, level="warn"),
    )


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Alarms that wait: the person's own, or all of the units whose cases they see."""
    found = alarms(actor=actor, now=now, mine=scope == "mine", limit=limit)
    return [_item(line) for line in found]


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """The alarm of one case that waits."""
    found = alarms(actor=actor, now=now, case_id=ref, limit=1)
    return _item(found[0]) if found else None


def count_inbox(*, actor: Actor) -> Mapping[str, int]:
    """How many wait for the person; the other scopes are short and counted by what is shown."""
    return {"mine": open_alarm_count(actor)}


def notice_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Alarms in words, for cases that the actor may see."""
    wanted = {row.subject_id for row in rows}
    found = {case.pk: case for case in Case.objects.visible_to(actor).filter(pk__in=wanted)}
    return {
        row.notice_id: NoticeWords(
            title=f"{found[row.subject_id].number} {found[row.subject_id].title}",
            text=gettext("Raised to you: risk of escalation"),
            url=reverse("cases:detail", args=[row.subject_id]),
            tone="bad",
        )
        for row in rows
        if row.subject_id in found
    }


PANELS = (
    Panel(
        key="cases.risk",
        title=_("Risk of escalation"),
        template="cases/panels/risk.html",
        sql=PANEL,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=5,
    ),
)
INBOX = (
    QueueSource(
        key="cases.alarms",
        label=pgettext_lazy("inbox", "Risk raised to you"),
        permission=RISK,
        load=load_inbox,
        find=find_inbox,
        order=12,
        topics=("cases",),
        sorted_by=pgettext_lazy("inbox order", "to be acknowledged first"),
    ),
)
COMMANDS = (
    Command("cases.alarms", _("Risk of escalation"), "alert-triangle", "cases:alarms", RISK),
)
PERMISSIONS = (
    Permission(RISK, _("Acknowledge risk of escalation, and say that an alarm was wrong")),
)
NOTICES = (
    NoticeKind(
        key=NOTICE,
        label=_("Risk raised to you"),
        icon="alert-triangle",
        words=notice_words,
    ),
)
PARAMETERS = (
    Parameter(
        key=ACKNOWLEDGE,
        label=_("Time to acknowledge a risk of escalation"),
        about=_(
            "After it the alarm goes on to the deputy, then to the manager of the unit above."
        ),
        kind="minutes",
        least=5,
        most=24 * 60,
        default=120,
        default_source=_("Company rule: seen by the named manager within 2 hours"),
    ),
)
PERIODIC = (
    PeriodicJob("cases.pass_on_alarms", "* * * * *", risk_tasks.pass_on),
    PeriodicJob("cases.begin_risk_rules", "6 * * * *", risk_tasks.begin_rules),
)
SUBSCRIPTIONS = (Subscription(RiskRulesChanged, risk_tasks.on_rules_changed),)
AUDITED = ("cases_riskrule", "cases_complaintdesk")
AUDIT_WORDS = (
    AuditTable(
        table="cases_riskrule",
        label=_("Rule of risk"),
        fields={
            "key": _("Rule"),
            "level": _("Weight"),
            "terms": _("What it looks at"),
            "valid_from": _("From"),
            "valid_to": _("Until"),
        },
    ),
    AuditTable(
        table="cases_complaintdesk",
        label=_("Complaint desk"),
        fields={
            "organisation_id": _("Unit"),
            "manager_id": _("Named manager"),
            "deputy_id": _("Deputy"),
            "away_from": _("Away from"),
            "away_to": _("Back on"),
            "neutral_team_id": _("Neutral team"),
        },
    ),
)
