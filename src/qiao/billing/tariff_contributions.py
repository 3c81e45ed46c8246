"""What changing tariffs brings to other pages: the right, decisions of two, the trail."""

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.billing.models import TariffDraft
from qiao.billing.operations.tariff_changing import (
    APPROVAL,
    DraftStands,
    NotReady,
    WroteIt,
    publish_agreed,
    publish_refused,
)
from qiao.billing.queries.tariff_changes import CHANGE
from qiao.billing.queries.tariff_checks import changes_between
from qiao.billing.rules.tariffs.writing import rewritten
from qiao.billing.showing_tariffs import Names
from qiao.core.actor import Forbidden
from qiao.core.manifest import AuditTable, Decidable, Difference, Permission, Told
from qiao.core.models import Approval
from qiao.core.wording import from_names

PERMISSIONS = (Permission(CHANGE, _("Prepare other prices from a day on")),)
AUDITED = ("billing_tariffversion", "billing_tariffdraft")
AUDIT_WORDS = (
    AuditTable(
        "billing_tariffversion",
        pgettext_lazy("tariff", "Version of a tariff"),
        {
            "tariff_id": pgettext_lazy("billing", "Tariff"),
            "valid_from": pgettext_lazy("change of a tariff", "Holds from"),
            "source": pgettext_lazy("change of a tariff", "Document"),
            "withdrawn_at": pgettext_lazy("tariff", "Called off at"),
        },
    ),
    AuditTable(
        "billing_tariffdraft",
        pgettext_lazy("tariff", "Draft of a tariff"),
        {
            "tariff_id": pgettext_lazy("billing", "Tariff"),
            "valid_from": pgettext_lazy("change of a tariff", "Holds from"),
            "source": pgettext_lazy("change of a tariff", "Document"),
            "definition": pgettext_lazy("tariff", "Prices"),
            "confirmed": pgettext_lazy("tariff", "Confirmed"),
            "state": pgettext_lazy("tariff", "State"),
        },
        values={
            "state": {
                "open": pgettext_lazy("draft of a tariff", "under way"),
                "asked": pgettext_lazy("draft of a tariff", "waits for a second person"),
                "published": pgettext_lazy("draft of a tariff", "published"),
                "dropped": pgettext_lazy("draft of a tariff", "put away"),
            }
        },
    ),
)


def tell(approval: Approval) -> Told:
    """What would be published, in words: each number that differs."""
    kind = _("Other prices from a day on")
    rows = TariffDraft.objects.select_related("tariff", "based_on")
    draft = rows.filter(pk=approval.subject_id).first()
    if draft is None:
        return Told(kind, "–", "", [])
    before = rewritten(draft.based_on.definition)
    names = Names(draft.tariff, before, draft.definition)
    shown = changes_between(names, before, draft.definition)
    note = gettext("From %(day)s, by: %(source)s") % {
        "day": draft.valid_from.isoformat(),
        "source": draft.source,
    }
    return Told(
        kind,
        from_names(draft.tariff.names, draft.tariff.key),
        reverse("billing:tariff_draft", args=[draft.pk]),
        [
            Difference(each.label, each.before, f"{each.after} {_in_brackets(each.share)}".strip())
            for each in shown
        ],
        note,
    )


def _in_brackets(share: str) -> str:
    return f"({share})" if share else ""


DECISIONS = (
    Decidable(
        kind=APPROVAL,
        tell=tell,
        carry_out=publish_agreed,
        refuse=publish_refused,
        refusals={
            NotReady: _(
                "Meanwhile another version was published, or more was billed. Refuse it with this"
                " note; the draft shows what stands against it."
            ),
            WroteIt: _("You wrote in this draft yourself. Somebody else has to decide."),
            DraftStands: _("The draft was changed or withdrawn meanwhile."),
            Forbidden: _("Whoever asked may not change prices any more."),
            ObjectDoesNotExist: _("Whoever asked works here no more."),
        },
    ),
)
