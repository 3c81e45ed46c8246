"""What the green channel, disputes and executives' digests bring to pages, bells and jobs."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.cases import green_tasks, risk_tasks
from qiao.cases.events import CaseClosed
from qiao.cases.models import Case, Digest
from qiao.cases.operations.digests import ORDERED, READY
from qiao.cases.operations.green import BY_HAND
from qiao.cases.queries import disputes, green
from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Panel,
    Permission,
    PortfolioCount,
    Subscription,
)
from qiao.core.tasks import PeriodicJob
from qiao.customers.events import (
    CustomersMerged,
    ProtectionClaimed,
    SegmentTagged,
    TagsChanged,
    TierSet,
    TiersGraded,
)

VIEW: Final = "cases.view"


def digest_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """That a digest is ready, to its reader."""
    wanted = {row.subject_id for row in rows}
    found = {each.pk: each for each in Digest.objects.filter(pk__in=wanted, staff=actor.staff_id)}
    return {
        row.notice_id: NoticeWords(
            title=gettext("Today's complaints are ready to read"),
            text=found[row.subject_id].day.isoformat(),
            url=reverse("cases:digest", args=[row.subject_id]),
        )
        for row in rows
        if row.subject_id in found
    }


def order_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Orders of executives, for cases that the actor may see."""
    wanted = {row.subject_id for row in rows}
    found = {case.pk: case for case in Case.objects.visible_to(actor).filter(pk__in=wanted)}
    return {
        row.notice_id: NoticeWords(
            title=f"{found[row.subject_id].number} {found[row.subject_id].title}",
            text=gettext("An executive has ordered or asked something of you"),
            url=reverse("cases:digests"),
            tone="warn",
        )
        for row in rows
        if row.subject_id in found
    }


PANELS = (
    Panel(
        key="cases.green",
        title=_("Green channel"),
        template="cases/panels/green.html",
        sql=green.PANEL,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=7,
    ),
    Panel(
        key="cases.case_disputes",
        title=_("Disputed bills"),
        template="cases/panels/case_disputes.html",
        sql=disputes.OF_CASE,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=8,
    ),
    Panel(
        key="cases.disputes",
        title=_("Disputed bills"),
        template="cases/panels/disputes.html",
        sql=disputes.OF_CUSTOMER,
        permission=VIEW,
        places=frozenset({"aside", "customer"}),
        order=35,
    ),
)
PORTFOLIO = (
    PortfolioCount(
        "cases.disputes",
        _("Disputed bill"),
        "SELECT count(*) FROM cases_dispute d JOIN cases_case k ON k.id = d.case_id"
        " WHERE k.customer_id = ANY(h.ids) AND d.ended_at IS NULL"
        " AND (k.organisation_id + 0) = ANY(%(organisation_ids)s)",
        VIEW,
        25,
        is_alert=True,
    ),
)
COMMANDS = (
    Command("cases.green", _("Green channel"), "arrow-ramp-right", "cases:green", VIEW),
    Command(
        "cases.late", _("Who is late today"), "clock-exclamation", "cases:late", "cases.assign"
    ),
    Command("cases.digests", _("Executives' digest"), "news", "cases:digests", VIEW),
)
PERMISSIONS = (
    Permission(BY_HAND, _("Put cases into the green channel by hand, and take them out")),
)
NOTICES = (
    NoticeKind(key=READY, label=_("Executives' digest"), icon="news", words=digest_words),
    NoticeKind(key=ORDERED, label=_("Orders of executives"), icon="gavel", words=order_words),
)
PERIODIC = (PeriodicJob("cases.draw_digests", "*/10 * * * *", risk_tasks.draw_digests),)
SUBSCRIPTIONS = (
    Subscription(CaseClosed, risk_tasks.on_case_closed),
    Subscription(ProtectionClaimed, green_tasks.on_customer_changed),
    Subscription(TierSet, green_tasks.on_customer_changed),
    Subscription(TagsChanged, green_tasks.on_customer_changed),
    Subscription(CustomersMerged, green_tasks.on_customer_changed),
    Subscription(TiersGraded, green_tasks.on_tiers_graded),
    Subscription(SegmentTagged, green_tasks.on_segment_tagged),
)
AUDITED = (
    "cases_casegreen",
    "cases_greenrule",
    "cases_dispute",
    "cases_digestreader",
    "cases_digestitem",
)
AUDIT_WORDS = (
    AuditTable(
        table="cases_casegreen",
        label=_("Case in the green channel"),
        fields={"rule_id": _("Rule"), "reason": _("Reason"), "put_by_id": _("Put by")},
    ),
    AuditTable(
        table="cases_greenrule",
        label=_("Rule of the green channel"),
        fields={
            "key": _("Rule"),
            "terms": _("Holds for"),
            "valid_from": _("From"),
            "valid_to": _("Until"),
            "raises_to": _("Priority at least"),
            "source": _("Source"),
            "is_on": pgettext_lazy("rule of the green channel", "On"),
            "place": pgettext_lazy("rule", "Place"),
            "organisation_id": _("Holds in"),
            "changed_by_id": pgettext_lazy("rule", "Changed by"),
        },
    ),
    AuditTable(
        table="cases_dispute",
        label=_("Disputed bill"),
        fields={
            "bill": _("Bill or period"),
            "amount": _("Disputed amount"),
            "ended_at": _("Ended"),
            "outcome": _("What came of it"),
        },
    ),
    AuditTable(
        table="cases_digestreader",
        label=_("Reader of the digest"),
        fields={
            "staff_id": _("Executive"),
            "hour": _("From which hour on"),
            "count": _("How many"),
        },
    ),
    AuditTable(
        table="cases_digestitem",
        label=_("Decision of an executive"),
        fields={
            "decision": _("Decision"),
            "words": _("In your own words"),
            "owner_id": _("Who does it"),
            "due_date": _("By which day"),
            "done_at": _("Carried out"),
        },
    ),
)
