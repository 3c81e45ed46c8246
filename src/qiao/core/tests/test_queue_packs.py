"""Waiting lines of a pack: each fault is told with its file and key."""

import shutil
from pathlib import Path

import pytest

from qiao.core.packs import SHIPPED
from qiao.core.tests.test_packs import edit, problems


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('level_counts = "all"', 'level_counts = "some"', "one of all, without_s"),
        ('strategy = "best_skill"', 'strategy = "best"', "one of longest_idle"),
        ("skill_level = 3", "skill_level = 9", "at most 5"),
        ("least_level = 0", "least_level = 4", "at most skill_level (3)"),
        ('["10s", "20s", "30s"]', '["20s", "10s"]', "rising durations"),
        ('["10s", "20s", "30s"]', '["10s", "soon"]', "relax_after[1]: expected a"),
        ('["30s", "60s"]\nleast', '["60s", "30s"]\nleast', "relax_after: expected rising"),
        ('["30s", "60s"]\npoints', '["60s", "30s"]\npoints', "language_relax_after: expected"),
        ('ring = "15s"', 'ring = "1s"', "expected 5s to 120s"),
        ("{A = 4, B = 2, D = 1}", "{Z = 4}", "tier_points: expected one of A, B"),
        (
            'queue = "billing", after',
            'queue = "bills", after',
            "overflow: expected",
        ),
        (
            '{queue = "billing", after = "30s"}',
            '{queue = "billing"}',
            "longer_than",
        ),
        (
            '{queue = "billing", after = "30s"}',
            '{queue = "billing", outside = "never"}',
            "overflow.outside: expected one of",
        ),
        ('reason = "bill_query"', 'reason = "bills"', "reason: expected one of"),
        ('answer_within = "4h"', 'answer_within = "4h"\nskill_level = 2', "beside"),
    ],
)
def test_each_fault_of_a_queue_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    water = Path(shutil.copytree(SHIPPED / "water", tmp_path / "water"))
    edit(water, "queues.toml", old, new)
    assert any(line.startswith("queues.toml: queue[") and told in line for line in problems(water))


def test_two_results_for_the_same_thing_are_told(tmp_path: Path) -> None:
    water = Path(shutil.copytree(SHIPPED / "water", tmp_path / "water"))
    edit(water, "pack.toml", 'after = "case_continued"', 'after = "case_opened"')
    told = "pack.toml: outcome.after: expected 'case_opened' once, found 2 times"
    assert told in problems(water)
