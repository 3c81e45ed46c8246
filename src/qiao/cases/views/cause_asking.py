"""Where an action of the process asks for the cause of a case, as it does for a field."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from qiao.cases import definitions
from qiao.cases.features import CAUSES
from qiao.cases.forms import ActionForm
from qiao.cases.forms.causes import CauseField
from qiao.cases.models import Case, Cause
from qiao.cases.operations import Offered
from qiao.cases.queries.causes import causes_of, coding_of, suggest_causes
from qiao.cases.rules.process import asked_fields
from qiao.cases.rules.suggesting import Suggestion
from qiao.cases.showing.cause_words import choices_of, suggested
from qiao.core.http import StaffRequest
from qiao.staff.queries import local_days

FIELD = "main_cause"


def causes_for(request: StaffRequest, case: Case) -> list[Cause]:
    """The causes that the case may be coded with today."""
    return causes_of(case, day=local_days(request.now)[case.organisation_id])


def offered_of(model_id: int, found: Sequence[Suggestion]) -> Offered | None:
    """What was shown, for the record of how well suggestions fit."""
    if not found:
        return None
    return Offered(model_id, [(each.key, each.share) for each in found])


def suggestions_for(request: StaffRequest, case: Case) -> tuple[int, list[Suggestion]]:
    """The model in force and what it suggests; nothing where people choose unaided."""
    return suggest_causes(case=case) if request.actor.uses(CAUSES) else (0, [])


def ask_for_cause(
    request: StaffRequest, case: Case, form: ActionForm, action: str
) -> Offered | None:
    """Add the chooser to the form of an action that asks for the cause; what it suggests."""
    step = definitions.process_of(case.process).step(case.step)
    chosen = step.action(action)
    if chosen is None or FIELD not in asked_fields(step, chosen):
        return None
    own = () if chosen.kind == "return" else step.required
    causes = causes_for(request, case)
    model_id, found = suggestions_for(request, case)
    form.fields[FIELD] = CauseField(
        case_id=case.pk,
        lines=choices_of(causes),
        suggested=suggested(found, causes),
        label=_("Main cause"),
        required=FIELD in (*own, *chosen.needs),
        initial=coding_of(case_id=case.pk).main,
        error_messages={"required": _("Please choose a cause.")},
    )
    return offered_of(model_id, found)
