"""What the design of processes brings to other pages: the administration, decisions, the trail."""

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.operations.designing import (
    APPROVAL,
    DraftClosed,
    HasFaults,
    NothingNew,
    current_version,
    publish_agreed,
    publish_refused,
)
from qiao.cases.queries.processes import DESIGN
from qiao.cases.showing.process_changes import change_words
from qiao.cases.showing.process_words import from_when_words, process_title
from qiao.core.actor import Forbidden
from qiao.core.manifest import (
    AdministrationPage,
    AuditTable,
    Decidable,
    Difference,
    Permission,
    Told,
)
from qiao.core.models import Approval

PERMISSIONS = (Permission(DESIGN, _("Design processes and forms of cases")),)
ADMINISTRATION = (
    AdministrationPage("processes", _("Processes"), "cases:processes", DESIGN),
    AdministrationPage("forms", _("Forms of case types"), "cases:forms", DESIGN),
)
AUDITED = ("cases_processversion",)
AUDIT_WORDS = (
    AuditTable(
        table="cases_processversion",
        label=_("Version of a process"),
        fields={
            "key": _("Process"),
            "version": _("Version"),
            "source": _("Brought by"),
            "in_force_from": _("In force from"),
            "reason": _("Reason"),
            "settled_at": _("Offer of the pack settled at"),
            "withdrawn_at": _("Called off at"),
        },
        values={
            "source": {
                "pack": pgettext_lazy("source of a process", "the pack"),
                "house": pgettext_lazy("source of a process", "the house"),
            }
        },
    ),
)


def tell(approval: Approval) -> Told:
    """What would be published, in words: each difference to the version in force."""
    kind = _("New version of a process or form")
    draft = ProcessDraft.objects.filter(pk=approval.subject_id).first()
    if draft is None:
        return Told(kind, "–", "", [])
    current = _before(draft, approval)
    shown = change_words(
        current.definition if current else draft.based_on.definition, draft.definition, draft.key
    )
    return Told(
        kind,
        process_title(draft.key, draft.definition),
        reverse("cases:process_compare", args=[draft.pk]),
        [Difference(each.label, each.before, each.after) for each in shown],
        from_when_words(approval.payload.get("from_when")),
    )


def _before(draft: ProcessDraft, approval: Approval) -> ProcessVersion | None:
    """The version that was in force when it was decided, or is while it waits."""
    if draft.published is None:
        return current_version(draft.key, approval.decided_at or approval.requested_at)
    earlier = ProcessVersion.objects.filter(key=draft.key, version__lt=draft.published.version)
    rows = earlier.filter(in_force_from__lte=draft.published.recorded_at)
    return rows.exclude(withdrawn_at__isnull=False).order_by("-in_force_from", "-version").first()


DECISIONS = (
    Decidable(
        kind=APPROVAL,
        tell=tell,
        carry_out=publish_agreed,
        refuse=publish_refused,
        refusals={
            HasFaults: _(
                "The draft has faults by now: a pack changed meanwhile. Refuse it with this note."
            ),
            NothingNew: _("This text is in force already."),
            DraftClosed: _("The draft was changed or withdrawn meanwhile."),
            Forbidden: _("Whoever asked may not design processes any more."),
            ObjectDoesNotExist: _("Whoever asked works here no more."),
        },
    ),
)
