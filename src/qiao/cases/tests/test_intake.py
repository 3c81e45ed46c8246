"""Logs of cases: taken in once, updated by later files, resumed after a kill, taken back."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoCaptureOnCommitCallbacks

from qiao.cases.journal import recount
from qiao.cases.models import (
    Case,
    CaseClock,
    CaseDuty,
    CaseIntake,
    CaseSource,
    ClockRecord,
    IntakeRow,
)
from qiao.cases.operations import add_note
from qiao.cases.operations import intake_files as files
from qiao.cases.operations.intake_plan import BadPlan
from qiao.cases.operations.intake_runs import AlreadyTakenIn, start_intake
from qiao.cases.rules.clock_rows import state_from_data
from qiao.cases.tests.intake_setting import NOW, Intake, table
from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.core.transactions import acting
from qiao.staff.tests.cast import Company

HEADER = "工单编号,受理时间,答复时间,办结时间,诉求类型,状态,诉求内容,处理结果"
CLOSED = "A1,2026-01-05 09:00,2026-01-05 10:00,2026-01-06 10:00,漏水报修,已办结,路面冒水,已修复"
OPEN = "A2,2026-11-19 09:00,,,水质,办理中,水发黄,"


@pytest.fixture
def intake(company: Company) -> Intake:
    return Intake(company)


def case_of(number: str) -> Case:
    return Case.objects.get(log_source__number=number)


def outcomes(job: CaseIntake) -> list[str]:
    return list(
        IntakeRow.objects.filter(intake=job)
        .order_by("row_number")
        .values_list("outcome", flat=True)
    )


def test_a_closed_case_comes_in_with_its_journal_at_its_own_times(intake: Intake) -> None:
    intake.take(table(HEADER, CLOSED, OPEN))
    case = case_of("A1")
    assert case.case_type.key == "water.leak"
    assert (case.phase, case.step) == ("closed", "archived")
    assert case.closed_at == datetime(2026, 1, 6, 2, 0, tzinfo=UTC)
    told = [(e.kind, e.at) for e in case.events.order_by("seq")]
    assert [kind for kind, _at in told] == [
        "opened", "step_entered", "answered", "step_left", "step_entered", "closed", "taken_in",
    ]  # fmt: skip
    assert told[2][1] == datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
    last = case.events.get(kind="taken_in")
    assert last.data["text"] == "已修复"
    assert last.data["log"] == "City log"
    assert case.event_count == len(told) == CaseSource.objects.get(case=case).entry_count
    assert not CaseClock.objects.filter(case=case).exists()


def test_an_open_case_becomes_work_in_the_first_step_and_can_be_worked_on(
    intake: Intake,
) -> None:
    team = intake.company.lake_team
    intake.take(table(HEADER, OPEN), team=str(team.pk))
    case = case_of("A2")
    assert (case.step, case.team_id, case.closed_at) == ("accept", team.pk, None)
    with acting(intake.company.agent):
        add_note(case_id=case.pk, text="查过", actor=intake.company.agent, now=NOW)
    kinds = case.events.order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["opened", "step_entered", "promise_set", "taken_in", "note"]


def test_promises_count_only_where_the_file_says_so(intake: Intake) -> None:
    intake.take(table(HEADER, CLOSED, OPEN), promises="open")
    case = case_of("A2")
    assert case.due_at is not None
    record = ClockRecord.objects.get(case=case)
    assert state_from_data(record.state) == recount(case.pk)
    assert not CaseClock.objects.filter(case=case_of("A1")).exists()


def test_a_second_file_updates_what_changed_and_leaves_the_rest(intake: Intake) -> None:
    intake.take(table(HEADER, CLOSED, OPEN))
    done = "A2,2026-11-19 09:00,,2026-11-19 18:00,水质,已办结,水发黄,已排放"
    job = intake.take(table(HEADER, CLOSED, done))
    assert outcomes(job) == ["known", "updated"]
    case = case_of("A2")
    assert case.closed_at == datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
    assert case.phase == "closed"
    assert case.events.filter(kind="taken_in").count() == 2
    assert Case.objects.count() == 2
    row = IntakeRow.objects.get(intake=job, outcome="updated")
    assert {each["field"] for each in row.differs} == {"closed_at", "status"}
    again = intake.take(table(HEADER, done, CLOSED))
    assert outcomes(again) == ["known", "known"]


def test_nobody_works_for_a_case_that_is_over_by_its_log(intake: Intake) -> None:
    intake.take(table(HEADER, CLOSED, OPEN))
    case = case_of("A2")
    CaseDuty.objects.create(case=case, duty="work_order", entered_seq=2, entered_at=NOW)
    done = "A2,2026-11-19 09:00,,2026-11-19 18:00,水质,已办结,水发黄,已排放"
    intake.take(table(HEADER, CLOSED, done))
    assert CaseDuty.objects.get(case=case).done_at == intake.now
    told = Event.objects.filter(name="cases.case_closed").values_list(
        "payload__case_id", flat=True
    )
    assert list(told) == [case.pk]


def test_a_case_that_was_worked_on_here_is_told_not_changed(intake: Intake) -> None:
    intake.take(table(HEADER, OPEN))
    with acting(intake.company.agent):
        add_note(case_id=case_of("A2").pk, text="查过", actor=intake.company.agent, now=NOW)
    done = "A2,2026-11-19 09:00,,2026-11-19 18:00,水质,已办结,水很黄,已排放"
    job = intake.take(table(HEADER, done))
    assert outcomes(job) == ["differs"]
    assert case_of("A2").closed_at is None
    row = IntakeRow.objects.get(intake=job)
    assert {each["field"] for each in row.differs} == {"closed_at", "status", "description"}


def test_the_same_file_comes_in_once(intake: Intake) -> None:
    first = intake.take(table(HEADER, CLOSED))
    with pytest.raises(AlreadyTakenIn) as told:
        intake.take(table(HEADER, CLOSED))
    assert told.value.intake_id == first.pk


def test_planted_errors_are_refused_row_by_row_as_the_dry_run_said(intake: Intake) -> None:
    bad = [
        "B1,昨天,,,漏水报修,办理中,,",
        "B2,2026-01-05 09:00,,2026-01-04 09:00,漏水报修,已办结,,",
        "A1,2026-01-07 09:00,,,漏水报修,办理中,,",
        ",2026-01-07 09:00,,,漏水报修,办理中,,",
    ]
    job = intake.check(intake.receive(table(HEADER, CLOSED, *bad, OPEN).encode()))
    found = job.findings
    assert (found["rows"], found["new"], found["refused"]) == (6, 2, 4)
    foreseen = {(field, code): count for field, code, count, _examples in found["faults"]}
    assert foreseen == {
        ("opened_at", "moment"): 1,
        ("closed_at", "before_opened"): 1,
        ("number", "twice"): 1,
        ("number", "missing"): 1,
    }
    job = intake.start(job)
    assert (job.created_count, job.refused_count) == (2, 4)
    refused = IntakeRow.objects.filter(intake=job, outcome="refused")
    assert {(f["field"], f["code"]) for row in refused for f in row.faults} == set(foreseen)


def test_a_run_that_was_killed_goes_on_after_its_last_batch(
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(files.LOGS, "size", 10)
    rows = [f"C{n},2026-01-05 09:00,,,漏水报修,办理中,说{n}," for n in range(35)]
    job = intake.check(intake.receive(table(HEADER, *rows).encode()))
    start_intake(actor=intake.company.agent, intake_id=job.pk, now=NOW)
    taken = []

    def die(*args: object, **kwargs: object) -> None:
        taken.append(1)
        if len(taken) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("qiao.cases.operations.intake_taking._tell", die)
        with pytest.raises(KeyboardInterrupt):
            files.LOGS.run(actor=intake.company.agent, file_id=job.pk, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.read_count, Case.objects.count()) == ("running", 20, 20)
    with django_capture_on_commit_callbacks(execute=True):
        files.LOGS.run(actor=intake.company.agent, file_id=job.pk, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.created_count, Case.objects.count()) == ("done", 35, 35)
    assert not files.LOGS.path_of(job.pk).exists()


def test_taking_back_leaves_what_was_worked_on(intake: Intake) -> None:
    job = intake.take(table(HEADER, CLOSED, OPEN))
    with acting(intake.company.agent):
        add_note(case_id=case_of("A2").pk, text="查过", actor=intake.company.agent, now=NOW)
    job = intake.take_back(job)
    assert (job.state, job.undone_count, job.kept_count) == ("rolled_back", 1, 1)
    assert list(CaseSource.objects.values_list("number", flat=True)) == ["A2"]
    assert IntakeRow.objects.get(intake=job, undone="kept").kept_because == "worked_on"
    assert intake.take(table(HEADER, CLOSED, OPEN)).created_count == 1


def test_a_file_whose_days_may_mean_two_things_is_asked_about(intake: Intake) -> None:
    job = intake.receive(table("id,created,status", "1,05/01/2022 09:00,Open").encode())
    assert job.settings["order"] == ""
    with pytest.raises(BadPlan) as refused:
        intake.check(job)
    assert ("order", "opened_at") in refused.value.faults
    job = intake.receive(table("id,created,status", "1,05/31/2022 09:00,Open").encode())
    assert job.settings["order"] == "mdy"


def test_the_next_file_with_such_columns_is_read_as_the_last_one(intake: Intake) -> None:
    intake.take(table(HEADER, CLOSED), promises="open")
    job = intake.receive(table(HEADER, OPEN).encode())
    assert job.is_mapping_kept
    assert job.settings["promises"] == "open"
    assert job.choices["types"] == {"漏水报修": "water.leak"}


def test_nobody_takes_logs_into_a_unit_that_is_not_theirs(company: Company) -> None:
    outsider = Intake(company)
    with pytest.raises(Forbidden):
        files.receive_log(
            actor=company.outsider,
            organisation_id=company.lake.pk,
            source="x",
            upload=SimpleUploadedFile("x.csv", table(HEADER, OPEN).encode()),
            now=outsider.now,
        )
    assert not CaseIntake.objects.exists()
