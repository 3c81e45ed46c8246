"""What introducing brings to other pages: the administration, decisions, notices, the frame."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import (
    AdministrationPage,
    AuditTable,
    Command,
    Decidable,
    Difference,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Permission,
    PersonLink,
    Told,
)
from qiao.core.models import Approval
from qiao.core.wording import from_names
from qiao.rollout.forms.pilots import DECISIONS
from qiao.rollout.models import Pilot, Remark
from qiao.rollout.operations.pilots import MANAGE, PilotRefused, decision_agreed
from qiao.rollout.operations.remarks import NOTICE
from qiao.rollout.queries.pilots import DECIDE
from qiao.rollout.queries.standing import VIEW
from qiao.staff.queries import organisation

PERMISSIONS = (
    Permission(VIEW, _("See which unit uses what, pilots and their effect")),
    Permission(MANAGE, _("Plan pilots, evaluate them and propose what becomes of them")),
)
ADMINISTRATION = (AdministrationPage("rollout", _("Introduction"), "rollout:index", VIEW),)
COMMANDS = (
    Command("rollout", _("Which unit uses what"), "toggle-right", "rollout:index", VIEW),
    Command("rollout.pilots", _("Pilots"), "flask", "rollout:pilots", VIEW),
    Command(
        "rollout.effect",
        pgettext_lazy("effect", "Before and after"),
        "arrows-left-right",
        "rollout:effect",
        VIEW,
    ),
    Command(
        "rollout.said",
        _("What I said about Qiao"),
        "message-circle",
        "rollout:own_remarks",
        "staff.view",
    ),
)
PERSON_MENU = (
    PersonLink(_("Say something about Qiao"), "message-circle-plus", "rollout:say", in_frame=True),
)


def remark_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """That what one said was answered."""
    wanted = {row.subject_id for row in rows}
    found = Remark.objects.filter(staff=actor.staff_id).select_related("case").in_bulk(wanted)
    return {
        row.notice_id: NoticeWords(
            title=found[row.subject_id].case.title,
            text=gettext("What you said about Qiao was answered"),
            url=reverse("rollout:own_remarks"),
            tone="ok",
        )
        for row in rows
        if row.subject_id in found
    }


NOTICES = (
    NoticeKind(
        key=NOTICE,
        label=_("Answers to what you said about Qiao"),
        icon="message-circle-check",
        words=remark_words,
    ),
)


def tell(approval: Approval) -> Told:
    """What shall become of a pilot, in words."""
    pilot = Pilot.objects.filter(pk=approval.subject_id).first()
    given = approval.payload
    named = [organisation(each) for each in given["units"]]
    differences = [
        Difference(
            pgettext_lazy("pilot", "Decision"), "", str(dict(DECISIONS).get(given["decision"], ""))
        ),
        Difference(_("From the day"), "", given["since"]),
    ]
    if named:
        names = [from_names(each.names, each.name) for each in named]
        differences.append(Difference(_("Further units"), "", gettext(", ").join(names)))
    return Told(
        kind=_("What becomes of a pilot"),
        title=pilot.title if pilot else "–",
        url=reverse("rollout:pilot", args=[pilot.pk]) if pilot else "",
        differences=differences,
        note=pilot.evaluation if pilot else "",
    )


DECISIONS_OF_TWO = (
    Decidable(
        kind=DECIDE,
        tell=tell,
        carry_out=decision_agreed,
        refusals={
            PilotRefused: _("The pilot was decided on meanwhile, or its days are over."),
            Forbidden: _("Whoever asked may not switch features there any more."),
            ObjectDoesNotExist: _("Whoever asked works here no more."),
        },
    ),
)
AUDITED = ("rollout_pilot", "rollout_pilotunit", "rollout_pilothelper")
AUDIT_WORDS = (
    AuditTable(
        "rollout_pilot",
        pgettext_lazy("of features", "Pilot"),
        {
            "title": pgettext_lazy("pilot", "Title"),
            "aim": pgettext_lazy("pilot", "Aim"),
            "since": _("First day"),
            "until": _("Ends before"),
            "evaluation": _("What it showed"),
            "decision": pgettext_lazy("pilot", "Decision"),
        },
        values={"decision": dict(DECISIONS)},
    ),
    AuditTable(
        "rollout_pilotunit", _("Unit of a pilot"), {"pilot_id": _("Pilots"), "unit_id": _("Unit")}
    ),
    AuditTable(
        "rollout_pilothelper",
        _("Helper of a pilot"),
        {"pilot_id": _("Pilots"), "staff_id": _("Person")},
    ),
)
