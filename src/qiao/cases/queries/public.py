"""The customer's own page of a case: what it says, and by which link or number it is found.

Nothing of it asks for rights: whoever holds the link, or knows the number of the case and of the
telephone that was given, reads it. So it says nothing that the customer does not know or may not:
no notes, no names of people of the house, nothing of cases about somebody of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.cases import definitions
from qiao.cases.models import Case, CaseEvent, PublicLink
from qiao.cases.queries.joining import survivor_of
from qiao.cases.queries.reopening import reopen_until
from qiao.cases.queries.telling import owed_to
from qiao.cases.rules.process import Process
from qiao.cases.rules.stages import DONE, RECEIVED, STAGES, stage_of, stages_of
from qiao.core.prepared import fetch_all
from qiao.core.rules.links import hash_of
from qiao.core.wording import said
from qiao.messaging.queries import message_states

UNSAID: Final = frozenset({"held", "cancelled", "skipped"})
"""States of a message whose words did not leave the house."""
DIGITS: Final = 4
MOST_SAID: Final = 40
_READ: Final = (
    "opened", "step_entered", "reopened", "closed", "paused", "withdrawn", "answer", "reply",
    "customer_said",
)  # fmt: skip
_BY_NUMBER: Final = """
SELECT c.id,
       right(regexp_replace(split_part(c.caller_phone, ';', 1), '[^0-9]', '', 'g'), 4)
           = %(digits)s
       OR EXISTS (SELECT FROM customers_customerphone p
                   WHERE p.customer_id = ANY(customers_held_as(customers_survivor(c.customer_id)))
                     AND p.standing <> 'wrong'
                     AND right(regexp_replace(p.number, '[^0-9]', '', 'g'), 4) = %(digits)s)
  FROM cases_case c
 WHERE c.number = %(number)s
"""


@dataclass(frozen=True, slots=True)
class PublicStage:
    """A step of the way: `state` is ``done``, ``now`` or ``todo``; `at` is when it was reached."""

    key: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicWords:
    """What was said: by the customer (`is_own`), or to them. `file_name` of what came with it."""

    text: str
    at: datetime
    is_own: bool
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class PublicCase:
    """What a case's own page shows. `what` is what is owed next, in words, by `due_at`.

    `waits_for` is why the clock stands, `reopen_until` until when it may be called not solved.
    """

    case_id: int
    organisation_id: int
    number: str
    about: str
    opened_at: datetime
    stage: str
    stages: tuple[PublicStage, ...]
    what: str
    due_at: datetime | None
    is_late: bool
    is_paused: bool
    waits_for: str
    said: tuple[PublicWords, ...]
    closed_at: datetime | None
    reopen_until: datetime | None

    @property
    def may_be_unsolved(self) -> bool:
        """Whether it counts as done, so that the customer may say that it is not."""
        return self.stage == DONE


def case_of_link(token: str) -> Case | None:
    """The case that a personal link leads to; None for an unknown one."""
    row = PublicLink.objects.filter(token_hash=hash_of(token)).first()
    return public_case_row(row.case_id) if row else None


def public_case_row(case_id: int) -> Case | None:
    """A case that may have a page of its own at all: not one that a colleague asked about, nor
    one about somebody of the house, whose page may meet the wrong eyes."""
    case = Case.objects.select_related("case_type", "organisation").filter(pk=case_id).first()
    if case is None or case.is_internal or case.about_unit_id is not None:
        return None
    return case


def is_over(case: Case, *, now: datetime) -> bool:
    """Whether the link has run out: the case ended, and its time of reopening is over."""
    until = reopen_until(case)
    return until is not None and now > until


def find_by_phone(*, number: str, digits: str) -> tuple[int | None, bool]:
    """The id of the case of a number, and whether the last digits are those of a telephone number
    that was given for it: the caller's, or one of the customer's."""
    rows = fetch_all(_BY_NUMBER, {"number": number, "digits": digits})
    if not rows:
        return None, False
    ((case_id, fits),) = rows
    return case_id, bool(fits) and public_case_row(case_id) is not None


def public_case(case: Case, *, now: datetime) -> PublicCase:
    """The page. One that another case stands for tells how that one goes, and its own words."""
    work = case
    if case.merged_into_id is not None:
        work = Case.objects.select_related("case_type", "organisation").get(
            pk=survivor_of(case.pk)
        )
    process = definitions.process_of_id(work.process_id)
    stage = stage_of(process, work.step, work.phase)
    events = _events(case.pk)
    what, due_at = ("", None) if stage == DONE else _owed(work)
    paused = [row for row in _events(work.pk) if row.kind == "paused"] if work.is_paused else []
    return PublicCase(
        case_id=case.pk,
        organisation_id=case.organisation_id,
        number=case.number,
        about=said(definitions.type_of(case).customer_name),
        opened_at=case.opened_at,
        stage=stage,
        stages=_stages(process, stage, _events(work.pk) if work is not case else events),
        what=what,
        due_at=due_at,
        is_late=due_at is not None and due_at < now and not work.is_paused,
        is_paused=work.is_paused,
        waits_for=str(paused[-1].data.get("reason", "")) if paused else "",
        said=_said(events),
        closed_at=case.closed_at,
        reopen_until=reopen_until(case),
    )


def _events(case_id: int) -> Sequence[CaseEvent]:
    return list(CaseEvent.objects.filter(case_id=case_id, kind__in=_READ).order_by("seq"))


def _owed(case: Case) -> tuple[str, datetime | None]:
    """What the type of the case promises and is due first, or what somebody promised in words;
    limits of steps are the house's own."""
    definition = definitions.type_of(case)
    names = {spec.key: spec.name for spec in definition.promises}
    owed = next((each for each in owed_to([case.pk])[case.pk] if each.promise in names), None)
    if case.word_due_at and (owed is None or case.word_due_at < owed.due_at):
        return "", case.word_due_at
    return (said(names[owed.promise]), owed.due_at) if owed else ("", None)


def _stages(process: Process, now_at: str, events: Sequence[CaseEvent]) -> tuple[PublicStage, ...]:
    reached: dict[str, datetime] = {}
    for row in events:
        if row.kind == "opened":
            reached[RECEIVED] = row.at
        elif row.kind == "closed":
            reached[DONE] = row.at
        elif row.kind == "step_entered":
            key = str(row.data.get("step", ""))
            if key in process.index:
                reached[stage_of(process, key, "")] = row.at
    place = STAGES.index(now_at)
    found = []
    for key in stages_of(process):
        at = STAGES.index(key)
        state = "todo" if at > place else "now" if at == place and key != DONE else "done"
        found.append(PublicStage(key, state, reached.get(key) if at <= place else None))
    return tuple(found)


def _said(events: Sequence[CaseEvent]) -> tuple[PublicWords, ...]:
    withdrawn = {row.data.get("seq") for row in events if row.kind == "withdrawn"}
    sent = message_states(
        [
            int(row.data["message"])
            for row in events
            if row.kind == "reply" and "message" in row.data
        ]
    )
    found = []
    for row in events:
        if row.seq in withdrawn or row.visibility != CaseEvent.Visibility.CUSTOMER:
            continue
        if row.kind in ("answer", "reply") and _has_left(row.data, sent):
            found.append(PublicWords(str(row.data.get("text", "")), row.at, is_own=False))
        elif row.kind == "customer_said":
            file_name = str(row.data.get("file_name", ""))
            text = str(row.data.get("text", ""))
            found.append(PublicWords(text, row.at, is_own=True, file_name=file_name))
    return tuple(found[-MOST_SAID:])


def _has_left(data: Mapping[str, Any], sent: Mapping[int, Any]) -> bool:
    if "message" not in data:
        return True
    state = sent.get(int(data["message"]))
    return state is not None and state.state not in UNSAID
