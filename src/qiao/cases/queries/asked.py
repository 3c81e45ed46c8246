"""What a colleague asked in the house, and what was answered: for whoever opened the case."""

from collections.abc import Collection
from dataclasses import dataclass

from qiao.cases.models import Case, CaseEvent
from qiao.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """A case that the actor opened, with the words of one answer; empty if it was taken back."""

    case_id: int
    number: str
    title: str
    answer: str
    may_read: bool


def asked_by(
    *, actor: Actor, entries: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Asked]:
    """Answers, by case and place in its history, to cases that the actor opened. Two
    statements."""
    units = actor.organisations("cases.view")
    opened = Case.objects.filter(
        pk__in={case_id for case_id, _seq in entries}, opened_by=actor.staff_id
    ).in_bulk()
    said: dict[tuple[int, int], str] = {}
    back: set[tuple[int, int]] = set()
    rows = CaseEvent.objects.filter(case__in=opened, kind__in=("answer", "withdrawn"))
    for case_id, seq, kind, data in rows.values_list("case_id", "seq", "kind", "data"):
        if kind == "withdrawn":
            back.add((case_id, int(data.get("seq", 0))))
        else:
            said[case_id, seq] = str(data.get("text", ""))
    return {
        place: Asked(
            case.pk,
            case.number,
            case.title,
            "" if place in back else said.get(place, ""),
            case.organisation_id in units,
        )
        for place in entries
        if (case := opened.get(place[0])) is not None
    }
