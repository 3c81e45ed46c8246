"""Pure rules of work orders."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.packs import SHIPPED, PackInvalid, available_packs, load_pack
from qiao.core.packs.reading import Table
from qiao.core.rules.texts import Text
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.queries import load_sheets
from qiao.dispatch.rules.sheets import (
    PLAIN,
    Check,
    Filled,
    Missing,
    Photo,
    Reading,
    Sheet,
    figure,
    missing,
    read_sheet,
    sheet_data,
    sheet_from_data,
)
from qiao.dispatch.rules.states import (
    FINISHED,
    NEXT,
    OPEN,
    STATES,
    VERBS,
    WAITING,
    WrongState,
    next_state,
    verbs_in,
)

WORD = Text("Word", "词", "詞")


@given(st.lists(st.sampled_from(sorted(VERBS))))
def test_whatever_is_tried_an_order_stays_in_a_known_state_and_never_leaves_its_end(
    tries: list[str],
) -> None:
    state, ended = "planned", False
    for verb in tries:
        before = state
        try:
            state = next_state(state, verb)
        except WrongState:
            assert verb not in verbs_in(before)
        else:
            assert verb in verbs_in(before)
            assert not ended
        assert state in STATES
        ended = ended or state in FINISHED
        assert ended == (state in FINISHED)


@given(st.sampled_from(OPEN), st.data())
def test_every_open_order_can_come_to_both_ends(state: str, data: st.DataObject) -> None:
    reached = {state}
    frontier = [state]
    while frontier:
        for verb in verbs_in(frontier.pop()):
            target = VERBS[verb].target
            if target not in reached:
                reached.add(target)
                frontier.append(target)
    assert set(FINISHED) <= reached


def test_the_next_thing_to_do_is_always_possible_and_states_are_those_of_the_table() -> None:
    assert all(verb in verbs_in(state) for state, verb in NEXT.items())
    assert set(STATES) == set(WorkOrder.State.values)
    assert set(WAITING) <= set(OPEN)
    assert not any(verbs_in(state) for state in FINISHED)


SHEET = Sheet(
    key="quality",
    case_types=("water_quality",),
    checks=(Check("badge", WORD), Check("explain", WORD, required=False)),
    readings=(
        Reading("chlorine", WORD, "mg/L", low=Decimal("0.05"), required=True),
        Reading("turbidity", WORD, "NTU", high=Decimal("1.0")),
    ),
    photos=(Photo("before", WORD, required=False), Photo("meter", WORD)),
    safety=(WORD,),
)


def test_a_sheet_survives_its_way_through_the_work_order() -> None:
    copy = sheet_from_data(sheet_data(SHEET))
    assert copy.checks == SHEET.checks
    assert copy.readings == SHEET.readings
    assert copy.photos == SHEET.photos
    assert (copy.note, copy.signature, copy.safety) == ("required", "required", (WORD,))
    assert sheet_from_data({}) == PLAIN


def test_what_is_missing_stands_in_the_order_of_the_page() -> None:
    nothing = Filled(checks={}, readings={}, photos=())
    assert missing(SHEET, nothing) == (
        Missing("check", "badge"),
        Missing("reading", "chlorine"),
        Missing("photo", "meter"),
        Missing("note"),
        Missing("signature"),
    )
    done = Filled(
        checks={"badge": True},
        readings={"chlorine": "0,38"},
        photos={"meter"},
        note="ok",
        signed=True,
    )
    assert missing(SHEET, done) == ()


@given(st.text(max_size=12))
def test_a_reading_is_judged_or_called_unclear_whatever_is_typed(typed: str) -> None:
    reading = SHEET.readings[0]
    judged = reading.judge(typed)
    value = figure(typed)
    if not typed.strip():
        assert judged == "unread"
    elif value is None:
        assert judged == "unclear"
    else:
        assert judged == ("low" if value < Decimal("0.05") else "ok")


@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "客户不在场"]),
    st.sampled_from(["", "夜间无光"]),
)
def test_a_stated_reason_replaces_a_picture_or_a_signature_and_nothing_else(
    has_photo: bool, signed: bool, no_signature: str, no_photo: str
) -> None:
    found = missing(
        SHEET,
        Filled(
            checks={},
            readings={},
            photos={"meter"} if has_photo else (),
            signed=signed,
            no_photo_reason=no_photo,
            no_signature_reason=no_signature,
        ),
    )
    kinds = {item.kind for item in found}
    assert {"check", "reading", "note"} <= kinds
    assert ("photo" in kinds) == (not has_photo and not no_photo)
    assert ("signature" in kinds) == (not signed and not no_signature)


def test_a_bad_sheet_is_refused_with_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "work_sheets.toml").write_text(
        '[[sheet]]\nkey = "x"\nnote = "maybe"\ncolour = "red"\n', encoding="utf-8"
    )
    with pytest.raises(PackInvalid) as refusal:
        load_sheets(tmp_path)
    text = str(refusal.value)
    assert "work_sheets.toml: sheet[x].note" in text
    assert "sheet[x].colour" in text


def test_every_shipped_sheet_can_be_used() -> None:
    for folder in available_packs(SHIPPED).values():
        known = {item.key for item in load_pack(folder).case_types}
        named = [key for sheet in load_sheets(folder) for key in sheet.case_types]
        assert set(named) <= known
        assert len(named) == len(set(named))


def test_an_empty_table_reads_as_a_sheet_with_problems() -> None:
    table = Table({}, file="f", place="p", problems=[])
    assert read_sheet(table).checks == ()
    assert table.problems
