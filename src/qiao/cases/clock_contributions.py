"""What the administration of time brings: its pages, and what a second person decides on."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.operations.promising import (
    APPROVAL,
    PromiseMoved,
    PromiseUnchanged,
    change_in,
    changes_of,
    loosen_agreed,
    promise_of,
)
from qiao.cases.showing.promises import show_differences
from qiao.core.manifest import AdministrationPage, Command, Decidable, Difference, Told
from qiao.core.models import Approval
from qiao.core.wording import said

SEE = "desk.administer"

ADMINISTRATION = (
    AdministrationPage("calendars", gettext_lazy("Working calendars"), "cases:calendars", SEE),
    AdministrationPage("promises", gettext_lazy("Promises"), "cases:promises", SEE),
    AdministrationPage("ladders", gettext_lazy("Escalation ladders"), "cases:ladders", SEE),
)
COMMANDS = (
    Command(
        "cases.calendars", gettext_lazy("Working calendars"), "calendar", "cases:calendars", SEE
    ),
    Command("cases.promises", gettext_lazy("Promises"), "target", "cases:promises", SEE),
    Command(
        "cases.ladders", gettext_lazy("Escalation ladders"), "stairs-up", "cases:ladders", SEE
    ),
)


def tell(approval: Approval) -> Told:
    """The request to promise less than everybody was told, in words."""
    change = change_in(approval)
    definition, spec = promise_of(change.type_key, change.promise)
    found = [
        Difference(" ".join(part for part in (tier, priority) if part), before, after)
        for tier, priority, before, after, _loosens in show_differences(changes_of(change))
    ]
    return Told(
        kind=_("Loosening of a public commitment"),
        title=f"{said(definition.name)}: {said(spec.name)}",
        url=reverse("cases:promise", args=[change.type_key, change.promise]),
        differences=found,
        note=_("from %(day)s") % {"day": change.valid_from.isoformat()},
    )


DECISIONS = (
    Decidable(
        kind=APPROVAL,
        tell=tell,
        carry_out=loosen_agreed,
        refusals={
            PromiseMoved: gettext_lazy("Something else came to be promised meanwhile."),
            PromiseUnchanged: gettext_lazy("The same is promised on that day already."),
        },
    ),
)
