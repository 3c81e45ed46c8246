"""The problem log: told by people, seen by the product, decided on, answered."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qiao.core.models import Attachment
from qiao.core.version import VERSION
from qiao.desk import catching
from qiao.desk.catching import collect_failed_jobs, keep_fault
from qiao.desk.models import Problem
from qiao.desk.operations import problems
from qiao.desk.queries.problems import Narrowing, list_problems, unread_answers
from qiao.desk.rules.problems import fingerprint_of, frames_of, title_of
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CANARY = "欧阳夏至 13799001234"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def client_of() -> Callable[[Staff], Client]:
    def signed_in(staff: Staff) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        return client

    return signed_in


def told(company: Company, title: str = "Print is cut off", **more: Any) -> Problem:
    given: dict[str, Any] = {
        "actor": company.agent,
        "now": timezone.now(),
        "title": title,
        "body": "Every time",
        "circumstances": problems.Circumstances("/cases/7/?q=secret", "Firefox", "abc"),
    }
    return problems.report_problem(**given | more)


def decide(company: Company, problem: Problem, state: str, **more: Any) -> Problem:
    return problems.decide_problem(
        actor=company.colleague,
        now=timezone.now(),
        problem_id=problem.pk,
        decision=problems.Decision(state, 2, **more),
    )


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_a_report_takes_its_circumstances_along_but_no_query(company: Company) -> None:
    problem = told(company)
    assert (problem.path, problem.browser, problem.request_id) == ("/cases/7/", "Firefox", "abc")
    assert (problem.app_version, problem.roles) == (VERSION, "everything")


def test_who_reports_reads_the_answer_once_and_nobody_else_does(company: Company) -> None:
    problem = told(company)
    assert list(unread_answers(actor=company.agent, limit=9)) == []
    with pytest.raises(problems.BadDecision):
        decide(company, problem, "fixed")
    decide(company, problem, "fixed", fixed_in="0.2.0", answer="Mended")
    (answer,) = unread_answers(actor=company.agent, limit=9)
    assert (answer.answer, answer.fixed_in) == ("Mended", "0.2.0")
    assert list(unread_answers(actor=company.colleague, limit=9)) == []
    now = timezone.now()
    with pytest.raises(problems.ProblemMissing):
        problems.mark_answer_seen(actor=company.colleague, now=now, problem_id=problem.pk)
    problems.mark_answer_seen(actor=company.agent, now=now, problem_id=problem.pk)
    assert list(unread_answers(actor=company.agent, limit=9)) == []


def test_a_duplicate_names_a_problem_that_is_none_itself(company: Company) -> None:
    first, second, third = (told(company, f"No {n}") for n in range(3))
    decide(company, second, "duplicate", duplicate_of_id=first.pk)
    for problem, same in ((first, third.pk), (third, second.pk), (third, third.pk), (third, None)):
        with pytest.raises(problems.BadDecision):
            decide(company, problem, "duplicate", duplicate_of_id=same)
    with pytest.raises(problems.ProblemMissing):
        problems.decide_problem(
            actor=company.outsider,
            now=timezone.now(),
            problem_id=first.pk,
            decision=problems.Decision("accepted", 2),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Problem.objects.filter(pk=first.pk).update(state="fixed", fixed_in="")


def fail(words: str) -> None:
    keep_someone = {"name": words}
    raise ValueError(f"cannot read {keep_someone}")


def fault(words: str) -> Exception:
    try:
        fail(words)
    except ValueError as error:
        return error
    raise AssertionError


def test_faults_are_grouped_and_counted_and_hold_no_word_of_the_data(company: Company) -> None:
    for n in range(3):
        keep_fault(fault(f"{CANARY} {n}"), source="page", path="/cases/<id>/", now=timezone.now())
    (problem,) = Problem.objects.all()
    assert problem.count == 3
    assert "ValueError" in problem.title
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM desk_problem p")
        (row,) = cursor.fetchone()
    assert "欧阳" not in row
    assert "13799001234" not in row
    Problem.objects.update(state="fixed", fixed_in="0.2.0")
    keep_fault(fault(CANARY), source="page", path="/", now=timezone.now())
    problem.refresh_from_db()
    assert (problem.state, problem.fixed_in, problem.count) == ("new", "0.2.0", 4)


@given(st.text(), st.lists(st.text(max_size=20), max_size=5))
def test_a_fingerprint_depends_on_kind_and_place_alone(kind: str, frames: list[str]) -> None:
    assert fingerprint_of("page", kind, frames) == fingerprint_of("page", kind, list(frames))
    assert fingerprint_of("page", kind, frames) != fingerprint_of("page", kind, [*frames, "x"])
    assert fingerprint_of("page", kind, frames) != fingerprint_of("job", kind, frames)
    assert title_of(kind, frames).startswith(kind)


def test_frames_name_our_own_files_without_lines() -> None:
    frames = frames_of(fault("x").__traceback__)
    assert frames == [
        "desk/tests/test_problems.py fault",
        "desk/tests/test_problems.py fail",
    ]


def test_a_page_that_fails_stands_in_the_log_and_answers_500(
    company: Company,
    client_of: Callable[[Staff], Client],
    media: Path,
) -> None:
    picture = SimpleUploadedFile("screen.png", png())
    client = client_of(company.agent_staff)
    form = {"title": "Blank page", "body": "", "path": "/cases/?q=1", "request_id": "r1"}
    assert client.post("/problems/new/", form | {"picture": picture}).status_code == 302
    kept = Attachment.objects.get(owner_kind="desk.problem")
    address = f"/problems/pictures/{kept.pk}/"
    assert client.get(address).status_code == 200
    assert client_of(company.outsider_staff).get(address).status_code == 404
    for file in media.rglob("*"):
        if file.is_file():
            file.unlink()
    assert client.get(address).status_code == 500
    seen = Problem.objects.get(source="page")
    assert seen.title.startswith("FileNotFoundError")
    assert str(kept.pk) not in seen.path


def test_a_job_that_failed_for_good_joins_its_group_once(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        for n in range(2):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) VALUES"
                " ('events', 'core.deliver', 'failed', %s) RETURNING id",
                [f'{{"subscriber": "cases.hear", "payload": "{CANARY} {n}"}}'],
            )
            (job_id,) = cursor.fetchone()
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now())",
                [job_id],
            )
    monkeypatch.setattr(catching, "MOST_AT_ONCE", 1)
    for _minute in range(3):
        collect_failed_jobs(timezone.now())
    problem = Problem.objects.get(source="job")
    assert (problem.title, problem.count) == ("core.deliver cases.hear", 2)


def test_the_list_is_paged_and_narrowed_and_costs_the_same(
    company: Company, django_assert_num_queries: Any
) -> None:
    for n in range(5):
        told(company, f"Problem {n}")
    with django_assert_num_queries(1):
        page, after = list_problems(actor=company.agent, narrowing=Narrowing("open"), limit=3)
    following, end = list_problems(
        actor=company.agent, narrowing=Narrowing("open"), after=after, limit=3
    )
    assert [each.title for each in [*page, *following]] == [
        f"Problem {n}" for n in (4, 3, 2, 1, 0)
    ]
    assert end == ""
    found, _end = list_problems(actor=company.agent, narrowing=Narrowing(text="problem 3"))
    assert [each.title for each in found] == ["Problem 3"]
    assert list_problems(actor=company.outsider, narrowing=Narrowing())[0] == []
