"""The processes of shipped packs: walked to their ends, named in no Python, run on calendars."""

import ast
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qiao
from qiao.cases.rules.clocks import recompute
from qiao.cases.rules.pack import calendar_of, inspect_processes, processes_of, promises_of
from qiao.cases.rules.promises import ClockEvent
from qiao.cases.rules.working_time import CalendarVersion
from qiao.cases.tests.process_walks import PERMIT, random_walk, random_walk_from
from qiao.core.packs import SHIPPED, available_packs, load_pack, qualified

SHIPPED_PACKS = [
    load_pack(folder, inspect=[inspect_processes]) for folder in available_packs(SHIPPED).values()
]
SHIPPED_PROCESSES = processes_of(qualified(pack) for pack in SHIPPED_PACKS)


def test_limits_of_steps_become_promises() -> None:
    case_type = SHIPPED_PACKS[0].case_types[0]
    keys = [promise.key for promise in promises_of(case_type, PERMIT)]
    assert keys[-1] == "step:desk"


@given(seed=st.integers(0, 2**32), key=st.sampled_from(sorted(SHIPPED_PROCESSES)))
def test_random_walks_through_shipped_processes_never_break_a_rule(seed: int, key: str) -> None:
    random_walk(SHIPPED_PROCESSES[key], random.Random(seed))


@pytest.mark.parametrize("key", [*sorted(SHIPPED_PROCESSES), "test.permit"])
def test_from_every_reachable_state_a_final_step_can_be_reached(key: str) -> None:
    process = SHIPPED_PROCESSES.get(key, PERMIT)
    ends = 0
    for seed in range(25):
        case = random_walk(process, random.Random(seed), steps=seed)
        rescued = random_walk_from(case, random.Random(seed))
        ends += process.step(rescued.state.step).final
    assert ends == 25


# These cannot know a step, and may use its word for something of their own.
BELOW_CASES = {"core", "staff", "customers", "knowledge", "messaging"}


def test_no_key_of_a_shipped_step_or_action_occurs_in_python() -> None:
    keys = {item.key for process in SHIPPED_PROCESSES.values() for item in process.steps}
    keys |= {
        action.key
        for process in SHIPPED_PROCESSES.values()
        for item in process.steps
        for action in item.actions
    }
    root = Path(qiao.__file__).parent
    found = {
        (str(file.relative_to(root)), word)
        for file in root.rglob("*.py")
        if "tests" not in file.parts and file.relative_to(root).parts[0] not in BELOW_CASES
        for word in string_words(file) & keys
    }
    assert found == set()


def string_words(file: Path) -> set[str]:
    """All plain string literals of a source file, the list of its public names left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if "__all__" not in ast.unparse(node)[:8]]
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str)}


def test_a_field_of_only_some_users_is_no_fact_of_the_process() -> None:
    pack = SHIPPED_PACKS[0]
    source = pack.processes[0]
    data = {**source.data, "step": [dict(item) for item in source.data["step"]]}
    data["step"][0]["optional"] = ["field_of_nobody"]
    broken = replace(pack, processes=(replace(source, data=data), *pack.processes[1:]))
    assert any("field_of_nobody" in str(problem) for problem in inspect_processes(broken))


def test_the_promises_of_water_run_on_its_calendars() -> None:
    water = qualified(next(pack for pack in SHIPPED_PACKS if pack.key == "water"))
    calendars = {
        spec.key: (CalendarVersion(1, datetime(2026, 1, 1, tzinfo=UTC), calendar_of(spec)),)
        for spec in water.calendars
    }

    def due(case_type: str, promise: str, at: datetime) -> datetime | None:
        spec = water.case_type(case_type)
        promises = promises_of(spec, SHIPPED_PROCESSES[spec.process])
        opened = ClockEvent(1, "opened", at, {"priority": spec.default_priority})
        found = recompute([opened], promises, calendars).latest(promise)
        assert found is not None
        return found.due_at

    half_past_ten_at_night = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    noon = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    night, day = timedelta(minutes=90), timedelta(minutes=60)
    assert due("water.burst_main", "arrive", half_past_ten_at_night) == (
        half_past_ten_at_night + night
    )
    assert due("water.burst_main", "arrive", noon) == noon + day
    # Friday noon: two working days later is Tuesday at the end of the same break.
    assert due("water.bill_query", "answer", noon) == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
