"""Installing what was learnt, if it is better than what is in force."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from qiao.cases.models import CauseModel
from qiao.cases.rules.learning import Example, Report, macro_f1_of, train
from qiao.cases.rules.suggesting import LinearModel, model_data, model_from_data, suggest
from qiao.core.transactions import required

LEAST_TOP3: Final = 0.7
"""A first model is installed when the right cause is among its three suggestions so often."""
LEAST_NEW: Final = 30
"""Fewer rows that the model in force has never seen do not tell which of two is better."""


def install_model(
    *,
    examples: Sequence[Example],
    report: Report,
    source: str,
    now: datetime,
) -> CauseModel:
    """Train on all examples and put the model into force if it is better; it is kept in any case.

    Both are compared on the rows coded since the model in force was trained: that one has never
    seen them, the new one answered each of them without it (`Report.answers`). `refused_why` says
    why a model was not put into force: ``few``, ``weak`` or ``not_better``.
    """
    required()
    holder = CauseModel.objects.select_for_update().filter(in_force=True).first()
    reason = _refusal(holder, examples, report)
    weights = {} if reason else model_data(train(examples, slope=report.slope))
    if holder is not None and not reason:
        holder.in_force = False
        holder.save(update_fields=["in_force"])
    return CauseModel.objects.create(
        trained_at=now,
        source=source,
        rows=report.rows,
        causes=len(report.measures),
        macro_f1=report.macro_f1,
        report={
            "measures": [asdict(each) for each in report.measures],
            "rounds": list(report.rounds),
            "top3": report.top3,
            "folds": report.folds,
            "groups": report.groups,
        },
        weights=weights,
        in_force=not reason,
        refused_why=reason,
    )


def _refusal(holder: CauseModel | None, examples: Sequence[Example], report: Report) -> str:
    if holder is None:
        return "" if report.top3 >= LEAST_TOP3 else "weak"
    fresh = [
        place
        for place, example in enumerate(examples)
        if example.at is not None and example.at > holder.trained_at
    ]
    if len(fresh) < LEAST_NEW:
        return "few"
    old = model_from_data(holder.weights)
    wanted = [examples[place].key for place in fresh]
    before = macro_f1_of(wanted, [_answer(old, examples[place]) for place in fresh])
    after = macro_f1_of(wanted, [report.answers[place] for place in fresh])
    return "" if after > before else "not_better"


def _answer(model: LinearModel, example: Example) -> str:
    found = suggest(model, title=example.title, text=example.text)
    return found[0].key if found else ""
