"""Whether a telephone number still leads to its customer, by what came of calling it.

Somebody else answers, or the number is out of service: it is wrong at once. Nobody answers, so
often within so many days: it is doubtful. Reached, confirmed, or a call from it: it is good again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What came of a call. Busy says nothing; who refuses to talk has been reached."""

    REACHED = "reached"
    CONFIRMED = "confirmed"
    CALLED_US = "called_us"
    REFUSED = "refused"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NOT_IN_SERVICE = "not_in_service"
    WRONG_PERSON = "wrong_person"


class Standing(StrEnum):
    """What a number is held for."""

    GOOD = ""
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


CLEARS: Final = frozenset({Outcome.REACHED, Outcome.CONFIRMED, Outcome.CALLED_US, Outcome.REFUSED})
CONDEMNS: Final = frozenset({Outcome.NOT_IN_SERVICE, Outcome.WRONG_PERSON})


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """One call, or what somebody said of the number."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """`since` when and by which outcome `standing` holds; both empty while the number is good."""

    standing: Standing = Standing.GOOD
    since: datetime | None = None
    reason: Outcome | None = None


def judge(attempts: Iterable[Attempt], *, failures: int, days: int) -> Verdict:
    """What a number is held for after all `attempts`, in whatever order they are given.

    `failures` calls without an answer within `days`, none reached in between, make it doubtful.
    """
    verdict = Verdict()
    missed: list[datetime] = []
    for attempt in sorted(attempts):
        if attempt.outcome in CLEARS:
            verdict, missed = Verdict(), []
        elif attempt.outcome in CONDEMNS:
            if verdict.standing is not Standing.WRONG:
                verdict = Verdict(Standing.WRONG, attempt.at, attempt.outcome)
        elif attempt.outcome is Outcome.NO_ANSWER:
            missed = [at for at in missed if attempt.at - at < timedelta(days=days)]
            missed.append(attempt.at)
            if verdict.standing is Standing.GOOD and len(missed) >= failures:
                verdict = Verdict(Standing.DOUBTFUL, attempt.at, attempt.outcome)
    return verdict
