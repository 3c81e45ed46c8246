"""What a row adds: never over what stands, and nothing a second time."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.import_adding import (
    Addition,
    HeldAccount,
    HeldPerson,
    HeldPlace,
    account_of,
    judge_account,
    judge_person,
    judge_place,
    note_person,
    person_of,
    place_of,
)
from qiao.customers.rules.import_rows import ImportedRow

DAY = date(2020, 3, 1)
PHONES = [f"+861380000000{n}" for n in range(5)]
INDEXES = [b"one", b"two"]
ROWS = st.builds(
    ImportedRow,
    name=st.sampled_from(["陈慧敏", "王伟"]),
    kind=st.sampled_from(["person", "organisation"]),
    gender=st.sampled_from(["", "f", "m"]),
    phones=st.lists(st.sampled_from(PHONES), unique=True).map(tuple),
    id_kind=st.just("id_card"),
    id_number=st.sampled_from(["", "11010519491231002X"]),
    service=st.sampled_from(["water", "gas"]),
    status=st.sampled_from(["active", "suspended"]),
    address=st.sampled_from(["", "一路1号", "二路2号"]),
    region=st.sampled_from(["330106", "330110"]),
    community=st.sampled_from(["", "翠湖花园"]),
    meter_number=st.sampled_from(["", "W-1", "w1", "W-2"]),
    meter_size=st.sampled_from(["", "DN15", "DN20"]),
    opened_date=st.sampled_from([None, DAY, date(2021, 1, 1)]),
    flags=st.lists(st.sampled_from(["infant", "disabled"]), unique=True).map(tuple),
    given=st.frozensets(st.sampled_from(["kind", "service", "status", "region"])),
)
PERSONS = st.builds(
    HeldPerson,
    name_search=st.sampled_from(["陈慧敏", "王伟"]),
    kind=st.sampled_from(["person", "organisation"]),
    gender=st.sampled_from(["", "f", "m"]),
    flags=st.frozensets(st.sampled_from(["infant", "disabled"])),
    phones=st.frozensets(st.sampled_from(PHONES)),
    documents=st.sampled_from(
        [{}, {"id_card": frozenset({b"one"})}, {"id_card": frozenset({b"x"})}]
    ),
    is_linked=st.booleans(),
)
PLACES = st.builds(
    HeldPlace,
    point_id=st.just(1),
    address_search=st.sampled_from(["一路1号", "二路2号"]),
    region=st.sampled_from(["330106", "330110"]),
    community=st.sampled_from(["", "翠湖花园", "柳荫苑"]),
    meter_number=st.sampled_from(["", "W-1", "W-2"]),
    meter_size=st.sampled_from(["", "DN15", "DN20"]),
)


def added(told: Sequence[object]) -> list[Addition]:
    return [x for x in told if isinstance(x, Addition)]


@given(row=ROWS, held=PERSONS, is_taken=st.booleans())
def test_a_field_that_stands_is_told_and_never_added(
    row: ImportedRow, held: HeldPerson, is_taken: bool
) -> None:
    told = list(judge_person(row, held, indexes=INDEXES, is_taken=is_taken))
    kinds = {x.kind for x in added(told)}
    assert not (held.gender and "gender" in kinds)
    assert not (held.documents and "id_number" in kinds)
    assert not (is_taken and "id_number" in kinds)
    assert not held.phones & {x.value for x in added(told) if x.kind == "phone"}
    assert ("branch" in kinds) is not held.is_linked


@given(row=ROWS, held=PERSONS)
def test_what_was_added_to_a_person_is_not_added_again(row: ImportedRow, held: HeldPerson) -> None:
    for addition in added(list(judge_person(row, held, indexes=INDEXES))):
        note_person(held, addition, id_kind=row.id_kind, indexes=INDEXES)
    assert not added(list(judge_person(row, held, indexes=INDEXES)))


@given(row=ROWS, held=PLACES)
def test_what_was_added_to_a_place_is_not_added_again(row: ImportedRow, held: HeldPlace) -> None:
    for addition in added(list(judge_place(row, held))):
        assert not getattr(held, addition.kind)
        setattr(held, addition.kind, addition.value)
    assert not added(list(judge_place(row, held)))


@given(row=ROWS)
def test_a_row_neither_adds_to_nor_differs_from_what_it_has_just_brought(row: ImportedRow) -> None:
    assert not list(judge_person(row, person_of(row, INDEXES), indexes=INDEXES))
    place = place_of(row) if row.address else None
    account = account_of(row, "1" if place else "", row.opened_date or DAY)
    assert not list(judge_account(row, account, place))


@given(row=ROWS, place=st.none() | PLACES)
def test_an_account_gets_a_place_only_where_it_has_none(
    row: ImportedRow, place: HeldPlace | None
) -> None:
    held = HeldAccount("water", "household", "active", DAY, place="1" if place else "")
    kinds = [x.kind for x in added(list(judge_account(row, held, place)))]
    assert ("address" in kinds) is (place is None and bool(row.address))
