"""A real log of service requests, replayed: every row once, nothing lost, figures that add up."""

import csv
import os
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection

from qiao.cases.models import Case
from qiao.cases.queries import kept_counts, list_cases
from qiao.contact.models import Interaction, InteractionCase
from qiao.contact.operations import Replayed, replay_log, write_refused
from qiao.core.actor import Actor
from qiao.core.figures import Scope
from qiao.core.idempotency import recall
from qiao.core.models import IdempotencyKey
from qiao.core.packs import SHIPPED
from qiao.core.registry import registry
from qiao.core.rules.spans import Span
from qiao.staff.models import Organisation, Region, Role, Staff
from qiao.staff.operations import assign_role, hire, install_roles, join_team
from qiao.staff.queries import actor_by_number
from qiao.staff.tests.cast import make_company

MAP = SHIPPED / "nyc311" / "intake.toml"
SAMPLE = SHIPPED / "nyc311" / "sample.csv"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ROWS = 60
WRITTEN = "%m/%d/%Y %I:%M:%S %p"


def replay(file: Path = SAMPLE, limit: int | None = None) -> Replayed:
    """Take the log in, quietly."""
    return replay_log(file=file, mapping=MAP, limit=limit, now=NOW, progress=lambda _: None)


def sample_rows() -> list[dict[str, str]]:
    """The sample, read as plainly as can be."""
    with SAMPLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def log_of(rows: list[dict[str, str]], file: Path) -> Path:
    """A log of these rows."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def counts() -> tuple[int, int, int, int]:
    """How many contacts, cases, links and keys there are."""
    keys = IdempotencyKey.objects.filter(scope="intake:nyc311")
    return (
        Interaction.objects.count(),
        Case.objects.count(),
        InteractionCase.objects.count(),
        keys.count(),
    )


def case_of(row: dict[str, str]) -> Case:
    """The case that a row became."""
    known = recall(scope="intake:nyc311", key=row["Unique Key"])
    assert known is not None
    return Case.objects.get(id=known["case"])


def in_new_york(text: str) -> datetime:
    """A moment of the log, on the clock that it was written by."""
    return datetime.strptime(text, WRITTEN).replace(tzinfo=ZoneInfo("America/New_York"))


def clerk() -> Actor:
    """The clerk of a database that had none."""
    return actor_by_number("intake-0", day=NOW.date())


@pytest.mark.django_db
def test_a_log_taken_in_twice_gives_every_row_once() -> None:
    first = replay()
    assert (first.taken, first.known, first.refused) == (ROWS, 0, [])
    assert counts() == (ROWS, ROWS, ROWS, ROWS)
    second = replay()
    assert (second.taken, second.known, second.moved) == (0, ROWS, 0)
    assert counts() == (ROWS, ROWS, ROWS, ROWS)


@pytest.mark.django_db
def test_each_row_keeps_its_moments_its_words_and_its_state() -> None:
    replay()
    closed = 0
    for row in sample_rows():
        case = case_of(row)
        contact = case.interactions.get()
        opened = in_new_york(row["Created Date"])
        zone = case.organisation.timezone
        assert zone == "America/New_York"
        assert case.opened_date == opened.date()
        assert contact.started_at == case.opened_at == opened
        assert contact.started_hour == opened.hour
        assert (contact.state, contact.customer_id) == ("closed", None)
        assert case.facts["agency"] == row["Agency"]
        assert Region.objects.filter(code=case.area).exists()
        assert (case.closed_at is not None) == (row["Status"] == "Closed")
        if case.closed_at is not None:
            closed += 1
            assert case.facts["action_taken"] == row["Resolution Description"]
            assert case.closed_at == in_new_york(row["Closed Date"])
    assert 0 < closed < ROWS


@pytest.mark.django_db
def test_a_request_closed_since_moves_its_case_on(tmp_path: Path) -> None:
    rows = sample_rows()
    waiting = next(row for row in rows if row["Status"] == "In Progress")
    replay()
    waiting |= {
        "Status": "Closed",
        "Closed Date": "03/09/2026 10:00:00 AM",
        "Resolution Description": "The agency repaired it.",
    }
    again = replay(log_of(rows, tmp_path / "later.csv"))
    assert (again.taken, again.moved, again.known) == (0, 1, ROWS - 1)
    case = case_of(waiting)
    assert case.closed_at == datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
    assert case.facts["action_taken"] == "The agency repaired it."


@pytest.mark.django_db
def test_bad_rows_are_told_by_line_field_found_and_expected_and_none_is_lost(
    tmp_path: Path,
) -> None:
    rows = sample_rows()[:6]
    rows[1]["Created Date"] = "yesterday"
    rows[2]["Resolution Description"] = rows[2]["Descriptor"] = "half a \x00 character"
    rows[3]["Borough"] = "ATLANTIS"
    rows[4]["Created Date"] = "03/06/2095 09:09:21 PM"
    rows[4]["Closed Date"] = ""
    file = log_of(rows, tmp_path / "bad.csv")
    done = replay(file)
    assert done.taken == 2
    told = {row.line: (row.column, row.found) for row in done.refused}
    assert set(told) == {3, 4, 5, 6}
    assert told[3] == ("Created Date", "yesterday")
    assert told[5] == ("Borough", "ATLANTIS")
    assert counts() == (2, 2, 2, 2)

    kept = tmp_path / "refused.csv"
    write_refused(done.refused, file=kept)
    with kept.open(encoding="utf-8", newline="") as stream:
        refused = list(csv.DictReader(stream))
    assert {row["Unique Key"] for row in refused} == {row["Unique Key"] for row in rows[1:5]}
    assert refused[0]["expected value"].startswith("a moment written as %m/%d/%Y")
    mended = [{key: row[key] for key in rows[0]} for row in refused]
    for row in mended:
        row |= {"Created Date": rows[0]["Created Date"], "Borough": "BRONX", "Closed Date": ""}
        row |= {"Status": "Open", "Descriptor": "Rats", "Resolution Description": ""}
    assert replay(log_of(mended, tmp_path / "mended.csv")).taken == 4


@pytest.mark.django_db
def test_a_line_of_too_few_cells_is_refused_as_a_line(tmp_path: Path) -> None:
    file = tmp_path / "short.csv"
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], "1,2,3", lines[1]]) + "\n", encoding="utf-8")
    done = replay(file)
    assert done.taken == 1
    (refused,) = done.refused
    assert (refused.line, refused.found, refused.expected) == (2, "3 cells", "16 cells")


@pytest.mark.django_db
def test_the_people_of_the_receiving_unit_take_the_requests_in() -> None:
    company = make_company()
    install_roles()
    team = Organisation.objects.create(
        parent=company.company,
        kind="team",
        code="intake",
        name="市民诉求受理组",
        path=f"{company.company.path}99999.",
        skills=["public"],
    )
    for number in ("1701", "1702"):
        person = hire(organisation=team, number=number, name="受理员")
        join_team(staff=person, team=team)
        agent = Role.objects.get(key="agent")
        assign_role(
            staff=person, role=agent, organisation=company.company, valid_from=date(2020, 1, 1)
        )
    replay(limit=8)
    assert set(Case.objects.values_list("opened_by__number", flat=True)) == {"1701", "1702"}
    assert set(Case.objects.values_list("team_id", flat=True)) == {team.pk}
    assert not Staff.objects.filter(number="intake-0").exists()


KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from django.db import connection
from qiao.contact.operations import replay_log

class Death:
    left = 200
    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

def say(text):
    connection.execute_wrappers.append(Death())

replay_log(file=Path(sys.argv[1]), mapping=Path(sys.argv[2]), limit=None,
           now=datetime(2026, 11, 22, 3, tzinfo=UTC), progress=say)
"""


def test_a_replay_that_was_killed_goes_on_where_it_was(own_database: str) -> None:
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url,
        "QIAO_NO_POOL": "1",
        "DJANGO_SETTINGS_MODULE": "qiao.config.settings",
        "PYTHONPATH": str(settings.BASE_DIR / "src"),
    }
    command = [sys.executable, "-c", KILLED, str(SAMPLE), str(MAP)]
    died = subprocess.run(command, env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    assert counts() == (50, 50, 50, 50)
    done = replay()
    assert (done.taken, done.known) == (10, 50)
    assert counts() == (ROWS, ROWS, ROWS, ROWS)


@pytest.mark.django_db
def test_figures_of_the_overview_equal_plain_counts_over_the_sample() -> None:
    replay()
    check_figures(sample_rows(), date(2026, 3, 6), date(2026, 3, 7))


@pytest.mark.slow
@pytest.mark.django_db
def test_figures_of_the_overview_equal_plain_counts_over_the_city_s_own_file(
    shared_data: Path,
) -> None:
    file = shared_data / "service_requests_nyc311" / "requests.csv"
    if not file.is_file():
        pytest.skip("the city's file is not here")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    done = replay(file)
    assert (done.taken, done.refused) == (len(rows), [])
    check_figures(rows, date(2022, 5, 1), date(2022, 5, 1))


def check_figures(rows: list[dict[str, str]], since: date, until: date) -> None:
    """Every figure against a count over the file's own columns."""
    span = Span(since, until)
    actor = clerk()
    for pack in ("", "nyc311"):
        scope = Scope(span, span.before(), NOW, pack=pack, language="en")
        figures = {item.key: item.load(actor, scope) for item in registry.figures(actor)
                   if item.key.startswith(("cases.", "contact."))}  # fmt: skip
        strip = {item.key: item.load(actor, scope) for item in registry.headlines(actor)}
        by_type = Counter(names_of_types().get(row["Complaint Type"], "other_request")
                          for row in rows)  # fmt: skip
        found = {row.key: row.cells[0].value for row in figures["cases.type"].rows}
        assert found == {f"nyc311.{key}": n for key, n in by_type.items()}
        by_area = Counter(row["Borough"].title() for row in rows)
        by_area["The Bronx"] = by_area.pop("Bronx", 0)
        found = {str(row.label): row.cells[0].value for row in figures["cases.area"].rows}
        assert found == {key: n for key, n in by_area.items() if n}
        found = {row.key: row.cells[0].value for row in figures["cases.channel"].rows}
        assert found == {"phone": len(rows)}
        assert strip["cases.opened"].value == len(rows)
        closed = [row for row in rows if row["Status"] == "Closed"]
        within = [row for row in closed if since <= day_of(row["Closed Date"]) <= until]
        assert strip["cases.closed"].value == len(within)
        assert strip["cases.open"].value == len(rows) - len(closed)
        if not pack:
            assert strip["contact.taken"].value == len(rows)
    assert kept_counts(actor=actor)["open"] == len(rows) - len(closed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts()")
    assert kept_counts(actor=actor)["open"] == len(rows) - len(closed)
    for view, n in (("open", len(rows) - len(closed)), ("closed", len(closed))):
        listed = list_cases(actor=actor, now=NOW, view=view, limit=len(rows) + 1)
        assert len(listed.rows) == n
    assert kept_counts(actor=actor)["late"] == len(rows) - len(closed)  # months have passed


def names_of_types() -> dict[str, str]:
    """The mapping's own table, read with nothing of the reader under test."""
    names: dict[str, str] = tomllib.loads(MAP.read_text(encoding="utf-8"))["type"]["names"]
    return names


def day_of(text: str) -> date:
    """The local day of a moment as the log writes it."""
    return in_new_york(text).date()
