"""Reading the tree of causes, what a case is coded with, and what the model suggests for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from qiao.cases.models import Case, CaseCause, Cause, CauseModel
from qiao.cases.rules.suggesting import LinearModel, Suggestion, model_from_data, suggest
from qiao.core.packs.enabled import catalogue

_models: dict[tuple[str, int], LinearModel] = {}


def usable_causes(*, day: date) -> list[Cause]:
    """The causes in force on a day, in the order of the tree."""
    return in_tree_order(Cause.objects.on(day))


def causes_of(case: Case, *, day: date) -> list[Cause]:
    """The causes in force on a day that a case may be coded with: not those of other trades, where
    its own has some."""
    usable = usable_causes(day=day)
    others = catalogue().packs.keys() - {case.case_type.pack}
    own = [cause for cause in usable if cause.key.partition(".")[0] not in others]
    return own or usable


def in_tree_order(causes: Iterable[Cause]) -> list[Cause]:
    """Each cause after the one above it, siblings by position."""
    rows = sorted(causes, key=lambda cause: (cause.position, cause.key))
    known = {cause.pk for cause in rows}
    below: dict[int, list[Cause]] = {}
    for cause in rows:
        parent = cause.parent_id if cause.parent_id in known else 0
        below.setdefault(parent or 0, []).append(cause)
    ordered: list[Cause] = []
    waiting = list(reversed(below.get(0, [])))
    while waiting:
        cause = waiting.pop()
        ordered.append(cause)
        waiting += reversed(below.get(cause.pk, []))
    return ordered


@dataclass(frozen=True, slots=True)
class Coding:
    """What a case is coded with, by key."""

    main: str = ""
    others: tuple[str, ...] = ()
    suspected: str = ""


def coding_of(*, case_id: int) -> Coding:
    """The causes of a case that the caller may see."""
    rows = CaseCause.objects.filter(case=case_id).order_by("id").values_list("role", "cause__key")
    by_role: dict[str, list[str]] = {}
    for role, key in rows:
        by_role.setdefault(role, []).append(key)
    return Coding(
        main=next(iter(by_role.get("main", ())), ""),
        others=tuple(by_role.get("other", ())),
        suspected=next(iter(by_role.get("suspected", ())), ""),
    )


def suggest_causes(*, case: Case) -> tuple[int, list[Suggestion]]:
    """The id of the model in force and what it suggests for the words of a case; 0 without one."""
    found = CauseModel.objects.filter(in_force=True).values_list("id", flat=True).first()
    if found is None:
        return 0, []
    return found, suggest(_model(found), title=case.title, text=case.description)


def _model(model_id: int) -> LinearModel:
    """The weights, read once per process of the server; a row of them never changes."""
    place = (connection.settings_dict["NAME"], model_id)
    if place not in _models:
        _models.clear()
        weights = CauseModel.objects.values_list("weights", flat=True).get(id=model_id)
        _models[place] = model_from_data(weights)
    return _models[place]


_UNDER = """
WITH RECURSIVE wanted AS (
    SELECT id FROM cases_cause WHERE key = ANY(%(keys)s)
    UNION
    SELECT c.id FROM cases_cause c JOIN wanted w ON c.parent_id = w.id OR c.merged_into_id = w.id
) SELECT id FROM wanted
"""


def ids_under(keys: Sequence[str]) -> list[int]:
    """These causes with all below them and all that were merged into any of them."""
    with connection.cursor() as cursor:
        cursor.execute(_UNDER, {"keys": list(keys)})
        return [int(pk) for (pk,) in cursor.fetchall()]
