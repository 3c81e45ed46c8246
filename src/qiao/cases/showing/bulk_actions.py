"""The steps of processes that all of many cases offer, and the form that such a step asks for."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, QueryDict

from qiao.cases import definitions
from qiao.cases.forms.acting import ActionForm
from qiao.cases.models import ProcessVersion
from qiao.cases.queries.bulk_steps import Stand, stands_of
from qiao.cases.rules.process import Process, asked_fields
from qiao.cases.showing.steps import known_fields
from qiao.core.wording import said


def common_actions(case_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Actions that every one of these cases offers in its present step: key, name."""
    offered: dict[str, str] | None = None
    for stand in stands_of(case_ids):
        own = {
            action.key: said(action.name)
            for action in _step(stand).actions
            if not action.automatic
        }
        offered = own if offered is None else {k: v for k, v in offered.items() if k in own}
    return list((offered or {}).items())


def action_form(case_ids: Sequence[int], key: str, data: Any) -> ActionForm:
    """What the action asks for, taken together over all the steps in which the cases stand.

    Raises `Http404` where not all of them offer it.
    """
    fields: dict[str, Any] = {}
    required: set[str] = set()
    reason = False
    stands = stands_of(case_ids)
    for stand in stands:
        step = _step(stand)
        action = step.action(key)
        if action is None or action.automatic:
            raise Http404(key)
        process = _process(stand.process_id)
        known = known_fields(process, definitions.case_types().get(stand.type_key))
        fields |= {k: known[k] for k in asked_fields(step, action) if k in known}
        required |= {*(() if action.kind == "return" else step.required), *action.needs}
        reason = reason or action.reason_required
    if not stands:
        raise Http404(key)
    return ActionForm(
        data,
        fields=list(fields.values()),
        required=sorted(required),
        known={"reason": ""},
        reason=reason,
        auto_id="bk-%s",
    )


def terms_of(form: ActionForm, sent: QueryDict) -> dict[str, Any]:
    """The terms of the change: which action, with which values."""
    given = form.given_facts() | {"reason": form.cleaned_data.get("reason", "")}
    return {"action": sent.get("action", ""), "given": given}


def _step(stand: Stand) -> Any:
    return _process(stand.process_id).step(stand.step)


def _process(version_id: int) -> Process:
    return definitions.process_of(ProcessVersion.objects.get(pk=version_id))
