"""What the report of a log says equals what the file itself says, counted apart."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from qiao.cases.models import Case, CaseSource, IntakeCategory, IntakeRow
from qiao.cases.operations import fold_counts
from qiao.cases.queries.intake_report import what_came_in
from qiao.cases.tests.intake_setting import NEW_YORK, Intake, percentile, rows_of
from qiao.core.transactions import acting
from qiao.staff.tests.cast import Company

FORM = "%m/%d/%Y %I:%M:%S %p"


def _at(text: str) -> datetime:
    return datetime.strptime(text, FORM).replace(tzinfo=UTC)


@pytest.fixture
def nyc(shared_data: Path) -> Path:
    path = shared_data / "service_requests_nyc311/requests.csv"
    if not path.is_file():
        pytest.skip("the published log is not here")
    return path


def test_figures_of_the_published_log_equal_counts_over_the_file(
    company: Company, nyc: Path
) -> None:
    intake = Intake(company, settings=NEW_YORK)
    job = intake.take(nyc.read_bytes())
    rows = rows_of(nyc)
    assert (job.state, job.read_count, job.created_count) == ("done", len(rows), len(rows))
    assert job.refused_count == 0
    found = what_came_in(actor=company.agent, job=job)
    assert found.whole.count == len(rows)
    for key, column in (("type", "Complaint Type"), ("area", "Borough"), ("status", "Status")):
        counted = Counter(row[column] for row in rows)
        assert {came.word: came.count for came in found.by[key]} == counted
    months = Counter(_at(r["Created Date"]).strftime("%Y-%m") for r in rows)
    assert {came.word: came.count for came in found.by["month"]} == months
    subs = Counter(
        f"{row['Complaint Type']} › {row['Descriptor']}" for row in rows if row["Descriptor"]
    )
    assert {came.word: came.count for came in found.by["sub_type"]} == subs
    for came in (found.whole, *found.by["type"]):
        taken = [
            (_at(row["Closed Date"]) - _at(row["Created Date"])).total_seconds()
            for row in rows
            if row["Closed Date"] and came.word in {"", row["Complaint Type"]}
        ]
        assert came.closed == len(taken)
        if taken:
            assert came.median == pytest.approx(percentile(taken, 0.5))
            assert came.p90 == pytest.approx(percentile(taken, 0.9))


def test_the_codes_of_the_published_log_become_a_tree(company: Company, nyc: Path) -> None:
    Intake(company, settings=NEW_YORK).take(nyc.read_bytes())
    rows = rows_of(nyc)
    tops = set(IntakeCategory.objects.filter(parent=None).values_list("code", flat=True))
    assert tops == {row["Complaint Type"] for row in rows}
    below = set(IntakeCategory.objects.exclude(parent=None).values_list("parent__code", "code"))
    assert below == {(r["Complaint Type"], r["Descriptor"]) for r in rows if r["Descriptor"]}
    uncategorised = CaseSource.objects.filter(category=None).count()
    assert uncategorised == sum(not row["Complaint Type"] for row in rows)


def test_kept_counts_are_right_after_an_intake_and_after_it_is_taken_back(
    company: Company, nyc: Path
) -> None:
    intake = Intake(company, settings=NEW_YORK)
    job = intake.take(nyc.read_bytes())
    open_rows = sum(row["Status"] != "Closed" for row in rows_of(nyc))
    assert _wrong_counts() == 0
    assert Case.objects.open().count() == open_rows
    assert intake.take_back(job).state == "rolled_back"
    assert _wrong_counts() == 0
    assert not Case.objects.exists()
    assert not CaseSource.objects.exists()
    assert IntakeRow.objects.filter(undone="removed").count() == job.read_count


def _wrong_counts() -> int:
    """How many kept counts are not what counting the cases anew gives."""
    columns = "organisation_id, day, view, holder, pack, n"
    with acting(None), connection.cursor() as cursor:
        fold_counts()
        cursor.execute(
            f"WITH kept AS (SELECT {columns} FROM cases_casecount WHERE n <> 0),"
            f" anew AS (SELECT {columns} FROM cases_recount())"
            " SELECT (SELECT count(*) FROM (TABLE kept EXCEPT TABLE anew) a)"
            " + (SELECT count(*) FROM (TABLE anew EXCEPT TABLE kept) b)"
        )
        return int(cursor.fetchone()[0])
