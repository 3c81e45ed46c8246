"""Segments, their members and imports, as programs read them."""

import pytest

from qiao.api.tests.programs import Program, make_key
from qiao.customers.models import CustomerImport, Segment
from qiao.customers.operations.segment_keeping import build_segment
from qiao.customers.operations.segments import archive_segment, save_segment
from qiao.customers.rules.segments import Group, Line, Rule
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
INFANTS = Rule("all", (Group("all", (Line("customers.flags", "has", "infant"),)),))


@pytest.fixture
def company() -> Company:
    return make_company()


def save(company: Company, name: str, *, unit: int) -> Segment:
    segment = save_segment(
        actor=company.chief, now=NOW, name=name, note="每周回访", rule=INFANTS,
        organisation_id=unit,
    )  # fmt: skip
    build_segment(segment_id=segment.pk, now=NOW)
    return segment


def test_a_program_reads_segments_of_its_units_and_those_above(company: Company) -> None:
    make_customer(company.agent, flags=["infant"])
    make_customer(company.outsider, flags=["infant"])
    own = save(company, "滨湖", unit=company.lake.pk)
    whole = save(company, "全公司", unit=company.company.pk)
    other = save(company, "江北", unit=company.river.pk)
    program = Program(make_key(company.agent))
    first = program.get("/segments", limit=1).json()
    second = program.get("/segments", limit=1, after=first["next"]).json()
    assert [each["segment_id"] for each in first["items"] + second["items"]] == [own.pk, whole.pk]
    assert second["next"] is None
    told = program.get(f"/segments/{own.pk}").json()
    assert (told["name"], told["note"], told["member_count"]) == ("滨湖", "每周回访", 1)
    assert told["rule"] == own.rule
    assert program.get(f"/segments/{whole.pk}").json()["member_count"] is None, "sees a part"
    assert program.get(f"/segments/{other.pk}").status_code == 404


def test_members_are_read_page_by_page_as_far_as_the_key_sees(company: Company) -> None:
    ours = [make_customer(company.agent, name=f"客户{n}", flags=["infant"]) for n in range(5)]
    make_customer(company.outsider, name="江北", flags=["infant"])
    segment = save(company, "全公司", unit=company.company.pk)
    program, seen, after = Program(make_key(company.agent)), [], ""
    while True:
        page = program.get(f"/segments/{segment.pk}/members", limit=2, after=after).json()
        seen += [each["customer_id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == sorted((each.pk for each in ours), reverse=True)
    assert set(page["items"][0]) >= {"since", "name", "tier", "phone", "address"}
    other = save(company, "另一个", unit=company.company.pk)
    assert program.get(f"/segments/{other.pk}/members", after=after).status_code == 404
    archive_segment(actor=company.chief, now=NOW, segment_id=segment.pk)
    assert program.get(f"/segments/{segment.pk}/members").status_code == 404
    assert program.get(f"/segments/{segment.pk}").json()["state"] == "archived"


def test_imports_tell_what_became_of_their_rows(company: Company) -> None:
    about = {"digest": "d", "format": "csv", "created_at": NOW, "created_by_id": 1}
    ours = CustomerImport.objects.create(
        organisation=company.lake, file_name="客户.csv", read_count=10, created_count=7,
        known_count=2, refused_count=1, state="done", **about,
    )  # fmt: skip
    theirs = CustomerImport.objects.create(organisation=company.river, file_name="x.csv", **about)
    program = Program(make_key(company.agent, scopes=["imports:read"]))
    assert [each["import_id"] for each in program.get("/imports").json()["items"]] == [ours.pk]
    told = program.get(f"/imports/{ours.pk}").json()
    counts = [told[f"{word}_count"] for word in ("read", "created", "known", "refused", "added")]
    assert (counts, told["state"], told["file_name"]) == ([10, 7, 2, 1, 0], "done", "客户.csv")
    assert program.get(f"/imports/{theirs.pk}").status_code == 404
    assert program.get("/segments").status_code == 403
