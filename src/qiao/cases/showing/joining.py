"""Merges, splits, reopenings and common causes in the words of a case's history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.cases.queries import Entry, JoinCandidate
from qiao.cases.rules.joining import Candidate, best_survivor
from qiao.cases.showing import names
from qiao.cases.showing.times import clock_words

UNDOABLE: Final = frozenset({"merged_in", "split_off", "reopened", "linked", "unlinked"})
ICONS: Final[dict[str, tuple[str, str]]] = {
    "merged_in": ("git-merge", "info"),
    "merged_away": ("git-merge", "info"),
    "unmerged": ("arrow-back-up", "mute"),
    "merge_undone": ("arrow-back-up", "mute"),
    "answered_merged": ("message-check", "ok"),
    "split_off": ("arrows-split", "info"),
    "split_from": ("arrows-split", "info"),
    "split_undone": ("arrow-back-up", "mute"),
    "undone": ("arrow-back-up", "mute"),
    "unlinked": ("unlink", "mute"),
    "parent_made": ("stack-2", "warn"),
    "joined_parent": ("stack-2", "info"),
    "left_parent": ("arrow-back-up", "mute"),
    "not_back": ("message-report", "bad"),
    "expectation_set": ("clock", "info"),
    "broadcast": ("speakerphone", "pri"),
    "reports_ended": ("speakerphone", "ok"),
}
TITLES: Final[dict[str, Callable[[], str]]] = {
    "merged_in": lambda: _("Merged in"),
    "merged_away": lambda: _("Merged into another case"),
    "unmerged": lambda: _("Merge undone"),
    "merge_undone": lambda: _("Merge undone"),
    "answered_merged": lambda: _("The customer of the merged case was told"),
    "split_off": lambda: _("Split off into a case of its own"),
    "split_from": lambda: _("Split off from another case"),
    "split_undone": lambda: _("Split undone"),
    "undone": lambda: _("Reopening undone"),
    "unlinked": lambda: _("Link taken away"),
    "parent_made": lambda: _("Made the main case of many reports"),
    "joined_parent": lambda: _("Joined a main case"),
    "left_parent": lambda: _("Taken out of the main case"),
    "not_back": lambda: _("The customer says that it is not over"),
    "expectation_set": lambda: _("Cause and expected end"),
    "broadcast": lambda: _("All reports were told"),
    "reports_ended": lambda: _("All reports were told and closed"),
}


def words(entry: Entry) -> dict[str, Any]:
    """The title, detail and link of an entry about another case."""
    data = entry.data
    said: dict[str, Any] = {"title": TITLES[entry.kind]()}
    text = next((str(data[k]) for k in ("reason", "text", "words", "cause") if data.get(k)), "")
    if text:
        said |= {"text": text, "box": True}
    if entry.kind == "unlinked":
        said["detail"] = str(names.LINK_KINDS.get(str(data.get("kind", "")), ""))
    if data.get("case"):
        said["link"] = (int(data["case"]), str(data.get("number", "")))
    return said


def gone_to(entries: Iterable[Entry]) -> Mapping[int, str]:
    """Which entries went to a case of their own, by their places: that case's number."""
    gone: dict[int, str] = {}
    for entry in sorted(entries, key=lambda each: each.seq):
        if entry.kind == "split_off":
            gone |= {int(seq): str(entry.data.get("number", "")) for seq in entry.data["seqs"]}
        elif entry.kind == "split_undone":
            for seq in entry.data.get("seqs", []):
                gone.pop(int(seq), None)
    return gone


def undoable(entries: Iterable[Entry]) -> frozenset[int]:
    """Places of entries that nothing later in the list took back."""
    listed = sorted(entries, key=lambda each: each.seq)
    open_: dict[tuple[str, object], int] = {}
    for entry in listed:
        about = entry.data.get("case")
        if entry.kind in UNDOABLE:
            open_[entry.kind, about] = entry.seq
        for kind in _TAKES_BACK.get(entry.kind, ()):
            open_.pop((kind, about), None)
    return frozenset(open_.values())


_TAKES_BACK: Final[Mapping[str, tuple[str, ...]]] = {
    "unmerged": ("merged_in",),
    "split_undone": ("split_off",),
    "undone": ("reopened",),
    "closed": ("reopened",),
    "unlinked": ("linked",),
    "linked": ("unlinked",),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging these cases comes to, in words; `lines` is empty while there is one only."""

    survivor: JoinCandidate
    suggested: int
    picked: Sequence[JoinCandidate]
    lines: Sequence[tuple[str, str]]


def show_preview(
    picked: Sequence[JoinCandidate], *, survivor: int | None, now: datetime
) -> Preview:
    """Say which case goes on, which deadline holds, who owns it, what the customers see."""
    suggested = best_survivor(
        [Candidate(c.case_id, c.phase, c.opened_at, bool(c.duty)) for c in picked]
    )
    stays = next(c for c in picked if c.case_id == (survivor or suggested))
    others = [c for c in picked if c is not stays]
    if not others:
        return Preview(stays, suggested, picked, ())
    lines = [
        ("route", _("Goes on in step “%(step)s”") % {"step": _step(stays)}),
        ("user-check", _owner(stays)),
        *_due(stays, others, now),
        ("users", _customers(stays, others)),
    ]
    ended = [c for c in others if c.duty]
    for each in ended:
        duty = str(names.DUTIES.get(each.duty, each.duty))
        lines.append(
            (
                "alert-triangle",
                _("%(duty)s of %(number)s is called off; it is made again if you undo the merge")
                % {"duty": duty, "number": each.number},
            )
        )
    count = sum(each.entry_count for each in others)
    lines.append(
        (
            "history",
            _("%(n)d entries of the merged are read in this history; nothing is rewritten")
            % {"n": count},
        )
    )
    return Preview(stays, suggested, picked, lines)


def _step(case: JoinCandidate) -> str:
    return names.step_name(case.process_id, case.step)


def _owner(case: JoinCandidate) -> str:
    if case.owner:
        return _("Stays with %(name)s, %(team)s") % {"name": case.owner, "team": case.team}
    return _("Stays with %(team)s; nobody has taken it yet") % {"team": case.team}


def _due(
    stays: JoinCandidate, others: Sequence[JoinCandidate], now: datetime
) -> list[tuple[str, str]]:
    due = [c for c in (stays, *others) if c.due_at is not None]
    if not due:
        return []
    first = min(due, key=lambda c: c.due_at or now)
    when = clock_words(first.due_at, now) if first.due_at else ""
    if first is stays:
        return [("clock", _("Due %(when)s, as before") % {"when": when})]
    words = _("Due %(when)s: the earlier promise of %(number)s holds")
    return [("clock", words % {"when": when, "number": first.number})]


def _customers(stays: JoinCandidate, others: Sequence[JoinCandidate]) -> str:
    apart = [
        c
        for c in others
        if c.customer_id != stays.customer_id
        or (c.customer_id is None and c.caller_phone != stays.caller_phone)
    ]
    if not apart:
        return _("One customer: one answer for all of them")
    listed = _(", ").join(dict.fromkeys(c.customer_name for c in apart if c.customer_name))
    return _("Other customers keep their own deadline and get their own answer: %(names)s") % {
        "names": listed or _("caller unknown")
    }
