"""What becomes known of cases."""

from dataclasses import dataclass
from datetime import datetime

from qiao.core.events import event_type


@event_type("cases.case_opened", topics=("cases",))
@dataclass(frozen=True)
class CaseOpened:
    """A case was opened."""

    case_id: int
    case_type: str
    customer_id: int | None
    priority: str
    emergency: bool


@event_type("cases.step_entered", topics=("cases",))
@dataclass(frozen=True)
class StepEntered:
    """A case waits in a step. `duty` names work that another module owes to it, or is empty."""

    case_id: int
    step: str
    phase: str
    duty: str
    entered_seq: int
    due_at: datetime | None


@event_type("cases.case_changed", topics=("cases",))
@dataclass(frozen=True)
class CaseChanged:
    """Something of a case changed that its page shows: a note, an owner, a field, a priority."""

    case_id: int
    kind: str


@event_type("cases.case_closed", topics=("cases",))
@dataclass(frozen=True)
class CaseClosed:
    """A case was archived."""

    case_id: int
    outcome: str
    promise_kept: bool | None


@event_type("cases.levels_changed", topics=("cases",))
@dataclass(frozen=True)
class LevelsChanged:
    """Clocks of these cases reached a warning or ran out; one event per batch and unit."""

    case_ids: tuple[int, ...]


@event_type("cases.cases_merged", topics=("cases",))
@dataclass(frozen=True)
class CasesMerged:
    """One case stands for others from now on."""

    survivor_id: int
    merged_ids: tuple[int, ...]


@event_type("cases.merge_undone", topics=("cases",))
@dataclass(frozen=True)
class MergeUndone:
    """A merged case stands for itself again."""

    survivor_id: int
    merged_id: int


@event_type("cases.cases_held")
@dataclass(frozen=True)
class CasesHeld:
    """Another case is worked on for these: what was owed to their steps is owed no more."""

    case_ids: tuple[int, ...]
    by_id: int


@event_type("cases.risk_rules_changed")
@dataclass(frozen=True)
class RiskRulesChanged:
    """A rule by which risk is found has another version: open cases after `after_id` are weighed
    anew."""

    rule_id: int
    after_id: int = 0


@event_type("cases.reports_changed", topics=("cases",))
@dataclass(frozen=True)
class ReportsChanged:
    """Reports joined a common cause, left it, or were told something; one event per batch."""

    parent_id: int
    case_ids: tuple[int, ...]


@event_type("cases.reports_ended", topics=("cases",))
@dataclass(frozen=True)
class ReportsEnded:
    """Reports were archived with their common cause; one event per batch."""

    parent_id: int
    case_ids: tuple[int, ...]


@event_type("cases.alike_notice_written")
@dataclass(frozen=True)
class AlikeNoticeWritten:
    """A notice waits to be told to the next batch of reports."""

    notice_id: int
    parent_id: int


@event_type("cases.parent_marked")
@dataclass(frozen=True)
class ParentMarked:
    """The case of a common cause reached something that counts for its reports after `after_id`:
    ``arrived``, ``work_done`` or ``closed``."""

    parent_id: int
    kind: str
    at: datetime
    after_id: int


@event_type("cases.case_handed_past", topics=("cases",))
@dataclass(frozen=True)
class CaseHandedPast:
    """A case is about a unit or person of the house and went past them, to another unit.

    What others hold of the case under its former unit goes along.
    """

    case_id: int
    organisation_id: int


@event_type("cases.dispute_opened", topics=("cases",))
@dataclass(frozen=True)
class DisputeOpened:
    """A customer disputes a bill of an account: `amount` of it in minor units, or all (None)."""

    dispute_id: int
    case_id: int
    account_id: int
    bill: str
    amount: int | None


@event_type("cases.dispute_ended", topics=("cases",))
@dataclass(frozen=True)
class DisputeEnded:
    """A dispute of a bill came to its end."""

    dispute_id: int
    case_id: int
    account_id: int
    bill: str


@event_type("cases.taken_in", topics=("cases",))
@dataclass(frozen=True, slots=True)
class CasesTakenIn:
    """Many cases of a log were taken in at once: ids `first_id` to `last_id`."""

    intake_id: int
    first_id: int
    last_id: int
    count: int
