"""The overview's pages: what they show, to whom, and what may be taken out of them."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from qiao.cases.tests.world import NOW, a_case, pack_installed
from qiao.core.figures import Cell, Column, Grid, Row, percentage
from qiao.core.models import Disclosure
from qiao.core.registry import registry
from qiao.desk.overview import exports
from qiao.desk.overview.choice import read_choice
from qiao.desk.overview.drawing import as_table, chart_data, heat, sureness
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
OVERVIEW = "/overview/"


@pytest.fixture
def company(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with pack_installed(monkeypatch):
        yield make_company()


def signed_in(staff: Staff, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(staff)
    return client


def fill(company: Company, cases: int) -> None:
    for number in range(cases):
        a_case(company, area=("339102", "")[number % 2], channel=("call", "desk")[number % 2])


def test_the_page_shows_every_figure_of_the_registry(company: Company) -> None:
    fill(company, 3)
    page = signed_in(company.chief_staff).get(OVERVIEW).content.decode()
    for figure in registry.figures(company.chief):
        assert f'id="figure-{figure.key.replace(".", "-")}"' in page
    for headline in registry.headlines(company.chief):
        assert f'id="tile-{headline.key}"' in page


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("period", ["today", "7d", "30d", "12m", "own", "nonsense"])
def test_every_period_in_every_language_has_a_page(
    company: Company, language: str, period: str
) -> None:
    fill(company, 2)
    query = {"period": period, "since": "2026-01-01", "until": "2026-11-20"}
    answer = signed_in(company.chief_staff, language).get(OVERVIEW, query)
    assert answer.status_code == 200


def test_every_figure_has_every_one_of_its_forms(company: Company) -> None:
    fill(company, 2)
    client = signed_in(company.chief_staff)
    for figure in registry.figures(company.chief):
        for form in (*figure.forms, "nonsense"):
            address = reverse("desk:overview_figure", args=[figure.key])
            page = client.get(address, {"form": form}).content.decode()
            drawn = form if form in figure.forms else figure.forms[0]
            anchor = f"figure-{figure.key.replace('.', '-')}"
            pressed = page.split(f'id="{anchor}-{drawn}"')[1].split(">")[0]
            assert 'aria-pressed="true"' in pressed


def test_a_figure_that_does_not_exist_is_not_found(company: Company) -> None:
    client = signed_in(company.chief_staff)
    assert client.get(reverse("desk:overview_figure", args=["cases.nothing"])).status_code == 404


def test_without_the_right_nothing_opens(company: Company) -> None:
    plain = signed_in(
        person(number="7001", name="陈", branch=company.lake, permissions=("cases.view",))
    )
    for address in (OVERVIEW, "/overview/now/", "/overview/figures/cases.type/"):
        assert plain.get(address).status_code == 403
    assert plain.post("/overview/export/", {"take": "csv cases.type"}).status_code == 403


def test_a_branch_of_others_cannot_be_chosen(company: Company) -> None:
    fill(company, 4)
    client = signed_in(company.outsider_staff)
    page = client.get(OVERVIEW, {"unit": company.lake.pk}).content.decode()
    assert "滨湖分公司" not in page
    opened = page.split('id="tile-cases.opened"')[1].split("</b>")[0]
    assert ">0" in opened


def test_the_tiles_of_the_moment_count_what_is_open_and_late(company: Company) -> None:
    fill(company, 3)
    page = signed_in(company.chief_staff).get("/overview/now/").content.decode()
    tile = page.split('id="tile-cases.open"')[1].split("</b>")[0]
    assert ">3" in tile
    assert "view=open" in tile


def test_a_page_asks_as_much_for_one_case_as_for_thirty(company: Company) -> None:
    client = signed_in(company.chief_staff)
    counts = []
    for cases in (1, 29):
        fill(company, cases)
        client.get(OVERVIEW)
        with CaptureQueriesContext(connection) as statements:
            client.get(OVERVIEW)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_file_holds_the_figure_and_is_recorded(company: Company) -> None:
    fill(company, 5)
    client = signed_in(company.chief_staff)
    form = {
        "take": "csv cases.area",
        "period": "own",
        "since": "2026-11-01",
        "until": "2026-11-21",
    }
    answer = client.post("/overview/export/", form)
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["3", "2"]
    assert rows[0][3:6] == ["from %", "to %", "n"]
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.subject, kept.row_count) == ("export", "overview:cases.area", 2)
    assert kept.actor_id == company.chief.staff_id
    assert "since=2026-11-01" in kept.reason


def test_a_workbook_holds_every_figure_on_its_own_sheet(company: Company) -> None:
    fill(company, 5)
    client = signed_in(company.chief_staff)
    form = {"take": "xlsx all", "period": "own", "since": "2026-11-01", "until": "2026-11-21"}
    answer = client.post("/overview/export/", form)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert len(book.sheet_names) == len(registry.figures(company.chief)) + 1
    area = book.get_sheet_by_name("Cases by area").to_python()
    assert [row[1] for row in area[1:]] == [3.0, 2.0]


GRID = Grid(
    "Who",
    (Column("n", "N"), Column("rate", "Rate", axis="percent")),
    (
        Row("=1+1", (Cell(3), percentage(1, 3)), "a"),
        Row("@SUM(A1)", (Cell(None), percentage(0, 0)), "b"),
        Row("滨湖", (Cell(40), percentage(38, 40)), "c"),
    ),
)


def test_text_in_a_file_never_becomes_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(exports.as_csv(GRID).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Who", "'=1+1", "'@SUM(A1)", "滨湖"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(exports.as_xlsx([("a", GRID)], about=[])))
    assert book.get_sheet_by_name("a").to_python()[1][0] == "=1+1"  # text, not a formula


def test_percentages_leave_with_interval_and_number() -> None:
    with translation.override("en"):
        assert exports.header(GRID) == ["Who", "N", "Rate %", "from %", "to %", "n"]
    assert list(exports.records(GRID))[2] == ["滨湖", 40, 95, 83.5, 98.62, 40]
    assert list(exports.records(GRID))[1] == ["@SUM(A1)", None, None, None, None, 0]


def test_sheets_of_equal_and_impossible_names_are_kept_apart() -> None:
    names = ["a/b", "a b", "x" * 40, "x" * 41, ""]
    data = exports.as_xlsx([(name, GRID) for name in names], about=[])
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert len({name.lower() for name in book.sheet_names}) == len(names) + 1


def test_few_records_are_said_to_be_few() -> None:
    few, many = GRID.rows[0].cells[1].share, GRID.rows[2].cells[1].share
    assert few is not None
    assert many is not None
    with translation.override("en"):
        assert sureness(few) == "6.1–79.2 %, n = 3 · few"
        assert sureness(many) == "83.5–98.6 %, n = 40"


def many_parts() -> Grid:
    rows = tuple(Row(f"r{n}", (Cell(20 - n, f"/{n}"),), str(n)) for n in range(12))
    return Grid(
        "Type",
        (Column("n", "N"),),
        rows,
        (Cell(sum(20 - n for n in range(12))),),
        gathered=lambda keys: "/" + "+".join(keys),
    )


@pytest.mark.parametrize("form", ["bar", "pie", "line"])
def test_small_parts_are_drawn_as_one_that_leads_to_all_of_them(form: str) -> None:
    grid = many_parts()
    drawn = chart_data(grid, form)  # type: ignore[arg-type]
    points = drawn["slices"] if form == "pie" else drawn["series"][0]["data"]
    assert sum(point["value"] for point in points) == grid.totals[0].value
    assert points[-1]["href"].split("+")[-1] == "11"
    assert len(points) < len(grid.rows)


def test_the_table_shows_each_part_with_its_share() -> None:
    table = as_table(many_parts())
    shares = [row.cells[1].share for row in table.rows]
    assert sum(share.part for share in shares if share) == table.totals[0].value
    assert len(table.rows) == 12


def test_the_darkest_field_of_a_heat_map_is_the_highest() -> None:
    columns = tuple(Column(str(n), str(n)) for n in range(3))
    rows = (Row("Mon", (Cell(0), Cell(1), Cell(12))), Row("Tue", (Cell(6), Cell(None), Cell(11))))
    levels = [[field.level for field in fields] for _, fields in heat(Grid("", columns, rows))]
    assert levels == [[0, 0, 5], [3, 0, 5]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("period=own&since=2026-02-30&until=2026-03-01", "30d"),
        ("period=own&since=2026-03-01&until=2026-02-01", "own"),
        ("period=own&since=2030-01-01&until=2031-01-01", "30d"),
        ("period=own", "30d"),
        ("period=12m", "12m"),
        ("", "30d"),
        ("unit=99999999999999999999&pack=nothing", "30d"),
    ],
)
def test_what_an_address_says_wrongly_is_not_chosen(
    company: Company, query: str, expected: str
) -> None:
    choice = read_choice(QueryDict(query), actor=company.chief, now=NOW, language="en")
    assert choice.period == expected
    assert (choice.unit, choice.pack) == (None, "")
    assert choice.span.until <= date(2026, 11, 20)
    again = read_choice(QueryDict(choice.query()), actor=company.chief, now=NOW, language="en")
    assert again.span == choice.span
