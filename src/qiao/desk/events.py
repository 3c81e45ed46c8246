"""What happened in the problem log."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("desk.problem_reported", topics=("problems",))
@dataclass(frozen=True, slots=True)
class ProblemReported:
    """A person reported a problem."""

    problem_id: int


@event_type("desk.problem_decided", topics=("problems",))
@dataclass(frozen=True, slots=True)
class ProblemDecided:
    """Somebody decided on a problem: its state, and the version in which it is mended."""

    problem_id: int
    state: str
    severity: int
    fixed_in: str
    duplicate_of_id: int | None
