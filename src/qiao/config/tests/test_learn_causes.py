"""The command that trains suggestions of causes, on a file, without a database."""

import csv
from pathlib import Path

import pytest

from qiao.cases.rules.learning import Example
from qiao.config.cli import learn_causes
from qiao.config.cli.__main__ import main

EXAMPLES = [
    Example(words[:4], f"{words}，第{chr(0x4E00 + place)}户反映", key)
    for place in range(8)
    for key, words in (
        ("water.quality_chlorine", "厨房的水有很重的氯味"),
        ("water.works_restoration", "门口的路挖开没有恢复"),
    )
]


def test_the_command_measures_a_file_without_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "said.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["about", "words", "why"])
        writer.writerows([each.title, each.text, each.key] for each in EXAMPLES)
    told = ["--from", str(file), "--title", "about", "--text", "words", "--label", "why"]
    assert main(["learn-causes", *told, "--report", "--folds", "4", "--repeats", "1"]) == 0
    said = capsys.readouterr().out
    assert "macro-F1" in said
    assert "water.quality_chlorine" in said
    assert main(["learn-causes", *told, "--report", "--text", "nowhere"]) == 1
    assert set(learn_causes.REASONS) == {"few", "weak", "not_better"}
