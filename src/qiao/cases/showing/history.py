"""The history of a case as people read it: what happened, who did it, what was said."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases.queries import Entry
from qiao.cases.rules.process import Process
from qiao.cases.showing import (
    complaint_history,
    files,
    intake_history,
    joining,
    ladder_history,
    names,
    public_history,
    sent_words,
    subtasks,
    suggestion_words,
    word_history,
    writing_history,
)
from qiao.cases.showing.cause_words import cause_entry
from qiao.cases.showing.raising import answer_words
from qiao.cases.showing.replies import ShownMessage, messages_of
from qiao.cases.showing.setting_aside import snoozed_words, unsnoozed_words
from qiao.core.packs.model import CaseType, Field
from qiao.core.wording import said


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the history.

    `tone` colours the icon; `channel` stands in its place where the customer came in. `box` tells
    that `text` is somebody's own words.
    `late_entry` marks what was written down later than it happened. `case_id` and `number` tell
    of which merged case it is, `moved_to` to which one it went by a split.
    """

    seq: int
    kind: str
    side: str
    icon: str
    tone: str
    channel: str
    title: str
    detail: str
    text: str
    box: bool
    values: tuple[tuple[str, str], ...]
    at: datetime
    staff: str
    link: tuple[int, str] | None = None
    attachment: Mapping[str, Any] | None = None
    late_entry: bool = False
    message: ShownMessage | None = None
    case_id: int | None = None
    number: str = ""
    undoable: bool = False
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """What the wording of an entry needs beside the entry itself."""

    process: Process
    process_id: int
    fields: Mapping[str, Field]

    def step(self, key: str) -> str:
        """The name of a step."""
        return names.step_name(self.process_id, key)

    def action(self, step: str, key: str) -> str:
        """The name of an action of a step."""
        found = self.process.index.get(step)
        action = found.action(key) if found else None
        return said(action.name) if action else key

    def values(self, data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Values of fields with their labels."""
        rows = []
        for key, value in data.items():
            field = self.fields.get(key)
            if field is not None:
                rows.append((said(field.label), names.value_words(field, value)))
            else:
                rows.append((str(names.TEXT_FIELDS.get(key, key)), str(value)))
        return tuple(rows)


def speech_of(process: Process, process_id: int, definition: CaseType | None) -> Speech:
    """The speech of a case's process and type."""
    own = definition.fields if definition else ()
    return Speech(process, process_id, {field.key: field for field in (*process.fields, *own)})


@dataclass(frozen=True, slots=True)
class _Said:
    """The words for one kind of entry."""

    title: str
    detail: str = ""
    text: str = ""
    box: bool = False
    values: tuple[tuple[str, str], ...] = ()
    link: tuple[int, str] | None = None
    attachment: Mapping[str, Any] | None = None


Say = Callable[[Entry, Speech], _Said]
ICONS: dict[str, tuple[str, str]] = {
    "opened": ("ticket", "info"),
    "step_left": ("route", "pri"),
    "fields_given": ("forms", "mute"),
    "note": ("lock", "warn"),
    "answer": ("message-circle", "pri"),
    "chased": ("bell-ringing", "bad"),
    "escalated": ("trending-up", "bad"),
    "assigned": ("user-check", "mute"),
    "transferred": ("arrow-guide", "info"),
    "paused": ("player-pause", "warn"),
    "resumed": ("player-play", "ok"),
    "priority_changed": ("adjustments", "mute"),
    "edited": ("edit", "mute"),
    "attached": ("paperclip", "mute"),
    "linked": ("link", "mute"),
    "duty_done": ("circle-check", "ok"),
    "first_response": ("message-reply", "ok"),
    "arrived": ("map-pin-check", "info"),
    "work_done": ("tool", "ok"),
    "answered": ("message-check", "ok"),
    "reopened": ("rotate", "warn"),
    "closed": ("archive", "ok"),
    **joining.ICONS,
    "cause_coded": ("target", "pri"),
    "cause_suspected": ("help-circle", "mute"),
    "snoozed": ("zzz", "mute"),
    "unsnoozed": ("clock-play", "info"),
}
HIDDEN = frozenset(
    {"step_entered", "calendar_changed", "promise_set", "withdrawn", "message_sent"}
)


def show_history(entries: Iterable[Entry], speech: Speech) -> list[Line]:
    """The entries in words, in their order; what only clocks care about is left out."""
    listed = list(entries)
    gone = joining.gone_to(entry for entry in listed if entry.case_id is None)
    undoable = joining.undoable(entry for entry in listed if entry.case_id is None)
    withdrawn = {
        entry.data.get("seq")
        for entry in listed
        if entry.kind == "withdrawn" and entry.case_id is None
    }
    sent = messages_of(entry.data for entry in listed if entry.kind not in HIDDEN)
    return [
        replace(
            _line(_silenced(entry) if entry.seq in withdrawn else entry, speech),
            message=sent.get(entry.data.get("message", 0)),
            case_id=entry.case_id,
            number=entry.number,
            undoable=entry.case_id is None and entry.seq in undoable,
            moved_to=gone.get(entry.seq, "") if entry.case_id is None else "",
        )
        for entry in listed
        if entry.kind not in HIDDEN
    ]


def _silenced(entry: Entry) -> Entry:
    """A note or answer that was taken back: that it was is shown, its words are not."""
    return replace(entry, data={**entry.data, "text": _("taken back")})


def _line(entry: Entry, speech: Speech) -> Line:
    said = WORDS.get(entry.kind, _plain)(entry, speech)
    known = {**ICONS, **complaint_history.ICONS, **writing_history.ICONS, **ladder_history.ICONS}
    known |= subtasks.ICONS
    icon, tone = known.get(entry.kind, ("point", "mute"))
    return Line(
        seq=entry.seq,
        kind=entry.kind,
        side=entry.visibility,
        icon=icon,
        tone=tone,
        channel=str(entry.data.get("channel") or "") if entry.kind == "opened" else "",
        title=said.title,
        detail=said.detail,
        text=said.text,
        box=said.box,
        values=said.values,
        at=entry.at,
        staff=entry.staff,
        link=said.link,
        attachment=said.attachment,
        late_entry=(entry.recorded_at - entry.at).total_seconds() > 3600,
    )


def _plain(entry: Entry, speech: Speech) -> _Said:
    if entry.kind == "raised":
        return _Said(*ladder_history.raised_words(None, speech.process_id, entry.data))
    told = complaint_history.complaint_words(entry.kind, entry.data)
    told = told or writing_history.writing_words(entry.kind, entry.data)
    told = told or subtasks.subtask_words(entry.kind, entry.data)
    if told is not None:
        return _Said(*told, box=bool(told[2]))
    titles = {
        "resumed": _("Clock runs again"),
        "first_response": _("First response to the customer"),
        "arrived": _("Arrived at the place"),
        "work_done": _("Work done"),
        "answered": _("The customer has the answer"),
        "type_changed": _("Type changed"),
    }
    return _Said(titles.get(entry.kind, entry.kind))


def _opened(entry: Entry, speech: Speech) -> _Said:
    del speech
    channel = names.channel_words(str(entry.data.get("channel", "")))
    by = _("by %(channel)s") % {"channel": channel} if channel else ""
    return _Said(_("Case opened"), by, answer_words(entry.data))


def _step_left(entry: Entry, speech: Speech) -> _Said:
    data = entry.data
    action = speech.action(str(data.get("step", "")), str(data.get("action", "")))
    way = f"{speech.step(str(data.get('step', '')))} → {speech.step(str(data.get('to', '')))}"
    if data.get("automatic"):
        return _Said(_("Passed on automatically"), way)
    return _Said(action, way, text=str(data.get("reason") or ""), box=bool(data.get("reason")))


def _fields_given(entry: Entry, speech: Speech) -> _Said:
    return _Said(_("Findings noted"), values=speech.values(entry.data))


def _note(entry: Entry, speech: Speech) -> _Said:
    del speech
    return _Said(_("Internal note"), text=str(entry.data.get("text", "")), box=True)


def _answer(entry: Entry, speech: Speech) -> _Said:
    del speech
    if entry.data.get("inside"):
        return _Said(_("Answered the colleague"), text=str(entry.data.get("text", "")), box=True)
    channel = names.channel_words(str(entry.data.get("channel", "")))
    return _Said(
        _("The customer was told"),
        _("by %(channel)s") % {"channel": channel} if channel else "",
        text=str(entry.data.get("text", "")),
        box=True,
    )


def _chased(entry: Entry, speech: Speech) -> _Said:
    del speech
    n = int(entry.data.get("n") or 1)
    times = ngettext("%(n)d time in all", "%(n)d times in all", n) % {"n": n}
    words = str(entry.data.get("words") or "")
    return _Said(_("The customer asks again"), times, text=words, box=bool(words))


def _with_reason(title: Callable[[], str]) -> Say:
    def say(entry: Entry, speech: Speech) -> _Said:
        del speech
        reason = str(entry.data.get("reason") or "")
        return _Said(title(), text=reason, box=bool(reason))

    return say


def _assigned(entry: Entry, speech: Speech) -> _Said:
    del speech
    name = str(entry.data.get("name") or "")
    if not name:
        return _Said(_("Given back to the team"))
    if entry.data.get("to") == entry.staff_id:
        return _Said(_("Took it over"))
    return _Said(_("Assigned to %(name)s") % {"name": name})


def _transferred(entry: Entry, speech: Speech) -> _Said:
    del speech
    reason = str(entry.data.get("reason") or "")
    title = _("Transferred to %(team)s") % {"team": entry.data.get("team_name", "")}
    return _Said(title, text=reason, box=bool(reason))


def _priority(entry: Entry, speech: Speech) -> _Said:
    del speech
    before, now = (
        names.PRIORITIES.get(str(entry.data.get(key, "")), "") for key in ("before", "priority")
    )
    return _Said(_("Priority changed"), f"{before} → {now}", answer_words(entry.data))


def _edited(entry: Entry, speech: Speech) -> _Said:
    after = entry.data.get("after") or {}
    return _Said(_("Edited"), values=speech.values(after))


def _attached(entry: Entry, speech: Speech) -> _Said:
    del speech
    return _Said(
        _("File added"), detail=str(entry.data.get("file_name", "")), attachment=entry.data
    )


def _linked(entry: Entry, speech: Speech) -> _Said:
    del speech
    kind = str(names.LINK_KINDS.get(str(entry.data.get("kind", "")), ""))
    number = str(entry.data.get("number", ""))
    return _Said(_("Linked"), kind, link=(int(entry.data.get("case", 0)), number))


def _duty_done(entry: Entry, speech: Speech) -> _Said:
    del speech
    duty = str(names.DUTIES.get(str(entry.data.get("duty", "")), entry.data.get("duty", "")))
    return _Said(_("%(duty)s done") % {"duty": duty})


def _cause(entry: Entry, speech: Speech) -> _Said:
    del speech
    title, values = cause_entry(entry.kind, entry.data)
    return _Said(title, values=values)


def _closed(entry: Entry, speech: Speech) -> _Said:
    outcome = str(entry.data.get("outcome") or "")
    field = speech.fields.get("outcome")
    words = names.value_words(field, outcome) if field and outcome else outcome
    return _Said(_("Archived"), words)


def _joined(entry: Entry, speech: Speech) -> _Said:
    del speech
    return _Said(**joining.words(entry))


def _set_aside(entry: Entry, speech: Speech) -> _Said:
    del speech
    words = snoozed_words if entry.kind == "snoozed" else unsnoozed_words
    reason = str(entry.data.get("reason") or "")
    return _Said(*words(entry.data), text=reason, box=bool(reason))


WORDS: dict[str, Say] = {
    **dict.fromkeys(joining.TITLES, _joined),
    "opened": _opened,
    "step_left": _step_left,
    "fields_given": _fields_given,
    "note": _note,
    "answer": _answer,
    "chased": _chased,
    "escalated": _with_reason(lambda: _("Escalated to the supervisor")),
    "paused": _with_reason(lambda: _("Clock paused")),
    "reopened": _with_reason(lambda: _("Reopened")),
    "assigned": _assigned,
    "transferred": _transferred,
    "priority_changed": _priority,
    "edited": _edited,
    "attached": _attached,
    "linked": _linked,
    "duty_done": _duty_done,
    "closed": _closed,
    "cause_coded": _cause,
    "cause_suspected": _cause,
    "snoozed": _set_aside,
    "unsnoozed": _set_aside,
}


def _of_facts(words: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Say:
    return lambda entry, _speech: _Said(**words(entry.data))


_FROM_FACTS = sent_words.WORDS | word_history.WORDS | public_history.WORDS
WORDS |= {kind: _of_facts(words) for kind, words in _FROM_FACTS.items()}
ICONS |= sent_words.ICONS | word_history.ICONS | public_history.ICONS
WORDS |= {kind: _of_facts(words) for kind, words in intake_history.WORDS.items()}
ICONS |= intake_history.ICONS
WORDS["file_removed"] = _of_facts(files.removed_words)
ICONS |= files.ICONS
WORDS |= {kind: _of_facts(words) for kind, words in suggestion_words.WORDS.items()}
ICONS |= suggestion_words.ICONS
