"""The problem log: told by people, seen by the product, decided on, answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import connection
from django.db.models import QuerySet

from qiao.core import attachments
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.core.version import VERSION
from qiao.desk.events import ProblemDecided, ProblemReported
from qiao.desk.models import Problem

OPERATE = "desk.operate"
OWNER_KIND = "desk.problem"
TITLE_LENGTH, BODY_LENGTH, ANSWER_LENGTH = 120, 4_000, 2_000
PATH_LENGTH, BROWSER_LENGTH, VERSION_LENGTH = 300, 300, 40


class ProblemMissing(Exception):  # noqa: N818 - names the finding
    """No such problem, or none that the actor may see."""


class BadDecision(Exception):  # noqa: N818 - a refusal, not a fault
    """The decision is not whole. `field` names what is missing or wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where somebody was when it happened; `path` without its query."""

    path: str = ""
    browser: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided on a problem. `owner_id` is who looks after it."""

    state: str
    severity: int
    owner_id: int | None = None
    fixed_in: str = ""
    duplicate_of_id: int | None = None
    answer: str = ""


def report_problem(
    *,
    actor: Actor,
    now: datetime,
    title: str,
    body: str,
    circumstances: Circumstances,
    picture: IO[bytes] | None = None,
    picture_name: str = "",
) -> Problem:
    """Tell of something that does not work, with a picture if there is one.

    Raises `BadText`, `FileRefused`.
    """
    required()
    problem = Problem.objects.create(
        source=Problem.Source.PERSON,
        title=clean(title, field="title", max_length=TITLE_LENGTH, one_line=True, required=True),
        body=clean(body, field="body", max_length=BODY_LENGTH),
        path=circumstances.path.partition("?")[0][:PATH_LENGTH],
        roles=", ".join(sorted(actor.roles)),
        browser=circumstances.browser[:BROWSER_LENGTH],
        app_version=VERSION,
        request_id=circumstances.request_id[:64],
        organisation_id=actor.organisation_id,
        reported_by_id=actor.person_id,
        first_seen_at=now,
        last_seen_at=now,
    )
    if picture is not None:
        attachments.store(
            attachments.check_upload(picture, file_name=picture_name, allow=("image",)),
            owner_kind=OWNER_KIND,
            owner_id=problem.pk,
            organisation_id=problem.organisation_id,
            actor=actor,
            now=now,
        )
    publish(
        ProblemReported(problem.pk),
        organisation_id=problem.organisation_id,
        actor=actor,
        now=now,
    )
    return problem


# A fault that was mended and is seen again is a new one: its last fix did not hold.
_SEEN = """
INSERT INTO desk_problem AS p (source, fingerprint, title, body, path, roles, browser, app_version,
    request_id, organisation_id, count, first_seen_at, last_seen_at, state, severity, fixed_in,
    answer)
VALUES (%(source)s, %(fingerprint)s, %(title)s, %(body)s, %(path)s, '', '', %(version)s,
    %(request)s, %(organisation)s, 1, %(now)s, %(now)s, 'new', %(severity)s, '', '')
ON CONFLICT (fingerprint) DO UPDATE SET count = p.count + 1,
    last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at),
    request_id = excluded.request_id, app_version = excluded.app_version,
    state = CASE WHEN p.state = 'fixed' THEN 'new' ELSE p.state END
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A fault that the product saw: `title` and `body` hold kinds and places of code only."""

    source: str
    fingerprint: str
    title: str
    body: str = ""
    path: str = ""
    request_id: str = ""


def note_sighting(*, sighting: Sighting, organisation_id: int, now: datetime) -> None:
    """Keep a fault that the product saw itself, or count it to its group."""
    required()
    values: dict[str, Any] = {
        "source": sighting.source,
        "fingerprint": sighting.fingerprint,
        "title": sighting.title[:TITLE_LENGTH],
        "body": sighting.body[:BODY_LENGTH],
        "path": sighting.path[:PATH_LENGTH],
        "request": sighting.request_id[:64],
        "version": VERSION,
        "organisation": organisation_id,
        "severity": 2,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, values)


def decide_problem(*, actor: Actor, now: datetime, problem_id: int, decision: Decision) -> Problem:
    """Decide on a problem; who reported it reads the answer in the workspace.

    Raises `ProblemMissing`, `BadDecision`, `BadText`.
    """
    required()
    seen = Problem.objects.filter(organisation_id__in=actor.organisations(OPERATE))
    problem = seen.select_for_update().filter(pk=problem_id).first()
    if problem is None:
        raise ProblemMissing(str(problem_id))
    _write(problem, decision, others=seen.exclude(pk=problem_id))
    if problem.reported_by_id and (problem.answer or problem.state != Problem.State.NEW):
        problem.answered_at, problem.answer_seen_at = now, None
    problem.save()
    publish(
        ProblemDecided(
            problem.pk,
            problem.state,
            problem.severity,
            problem.fixed_in,
            problem.duplicate_of_id,
        ),
        organisation_id=problem.organisation_id,
        actor=actor,
        now=now,
    )
    return problem


def _write(problem: Problem, decision: Decision, *, others: QuerySet[Problem]) -> None:
    if decision.state not in Problem.State.values or not 1 <= decision.severity <= 4:
        raise BadDecision("state")
    fixed_in = clean(decision.fixed_in, field="fixed_in", max_length=VERSION_LENGTH, one_line=True)
    if decision.state == Problem.State.FIXED and not fixed_in:
        raise BadDecision("fixed_in")
    same = decision.duplicate_of_id if decision.state == Problem.State.DUPLICATE else None
    if decision.state == Problem.State.DUPLICATE:
        original = others.filter(pk=same or 0).exclude(state=Problem.State.DUPLICATE).exists()
        if not original or problem.duplicates.exists():
            raise BadDecision("duplicate_of")
    problem.state, problem.severity = decision.state, decision.severity
    problem.fixed_in, problem.duplicate_of_id = fixed_in, same
    problem.owner_id = decision.owner_id
    problem.answer = clean(decision.answer, field="answer", max_length=ANSWER_LENGTH)


def mark_answer_seen(*, actor: Actor, now: datetime, problem_id: int) -> None:
    """Who reported a problem has read the answer. Raises `ProblemMissing`."""
    required()
    own = Problem.objects.filter(pk=problem_id, reported_by_id=actor.person_id)
    if not own.exists():
        raise ProblemMissing(str(problem_id))
    own.filter(answered_at__isnull=False).update(answer_seen_at=now)
