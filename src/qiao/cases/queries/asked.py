"""What a colleague asked in the house, and what was answered: for whoever opened the case."""

from collections.abc import Collection, Iterable
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


def answers_given(case_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """The words of answers that were not taken back, by case and place in its history."""
    said: dict[int, dict[int, str]] = {case_id: {} for case_id in case_ids}
    rows = CaseEvent.objects.filter(case__in=said, kind__in=("answer", "withdrawn"))
    entries = rows.order_by("seq").values_list("case_id", "seq", "kind", "data")
    for case_id, seq, kind, data in entries:
        if kind == "answer":
            said[case_id][seq] = str(data.get("text", ""))
        else:
            said[case_id].pop(int(data.get("seq", 0)), None)
    return said


def asked_by(
    *, actor: Actor, entries: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Asked]:
    """Answers, by case and place in its history, to cases that the actor opened. Two
    statements."""
    units = actor.organisations("cases.view")
    opened = Case.objects.filter(
        pk__in={case_id for case_id, _seq in entries}, opened_by=actor.staff_id
    ).in_bulk()
    said = answers_given(opened)
    return {
        place: Asked(
            case.pk,
            case.number,
            case.title,
            said[case.pk].get(place[1], ""),
            case.organisation_id in units,
        )
        for place in entries
        if (case := opened.get(place[0])) is not None
    }
