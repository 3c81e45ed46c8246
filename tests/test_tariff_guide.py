"""The guide to tariffs is run as it stands, in both languages."""

import re
import shlex
from pathlib import Path

import pytest

from qiao.billing.rules.tariffs.model import AtLeast, Fixed, PerUnit, Reckoned, Share, Tiered
from qiao.config.cli.__main__ import main
from qiao.config.cli.tariff import read_own
from tests.journeys.site import PROJECT

GUIDES = sorted((PROJECT / "docs" / "guides").glob("tariffs*.md"))
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
BILLS = 6


def _blocks(guide: Path) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _BLOCK.finditer(guide.read_text("utf-8"))]


def _bills() -> list[tuple[str, str, str]]:
    """Tariff, command and what it prints, of each example."""
    blocks = _blocks(GUIDES[0])[: 3 * BILLS]
    assert [kind for kind, _text in blocks] == ["json", "sh", "text"] * BILLS
    texts = [text for _kind, text in blocks]
    return list(zip(texts[::3], texts[1::3], texts[2::3], strict=True))


def _of_owrs(guide: Path) -> list[str]:
    return [text for kind, text in _blocks(guide)[3 * BILLS :]]


def test_both_languages_show_the_same() -> None:
    first, second = (_blocks(guide) for guide in GUIDES)
    assert [kind for kind, _text in first] == [kind for kind, _text in second]
    assert first[:-2] == second[:-2]
    assert first[-1] == second[-1]


@pytest.mark.parametrize("example", range(BILLS))
def test_each_example_prints_what_the_guide_shows(
    example: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tariff, command, printed = _bills()[example]
    monkeypatch.chdir(tmp_path)
    Path("tariff.json").write_text(tariff, encoding="utf-8")
    words = shlex.split(command)
    assert words[0] == "./qiao"
    assert main(words[1:]) == 0
    assert capsys.readouterr().out == printed


def test_every_kind_of_charge_has_an_example(tmp_path: Path) -> None:
    file = tmp_path / "tariff.json"
    shown: set[type] = set()
    for tariff, _command, _printed in _bills():
        file.write_text(tariff, encoding="utf-8")
        shown |= {type(charge.how) for charge in read_own(file).charges}
    assert shown == {Fixed, PerUnit, Tiered, Reckoned, Share, AtLeast}


def test_the_survey_of_real_files_is_what_the_command_prints(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "tariffs_owrs"
    if not folder.is_dir():
        pytest.skip("the tariffs of QIAO_SHARED are not here")
    assert main(["tariff", "survey", str(folder)]) == 0
    assert _of_owrs(GUIDES[0])[-1] == capsys.readouterr().out


def test_the_survey_of_real_files_names_no_address() -> None:
    for guide in GUIDES:
        assert "://" not in _of_owrs(guide)[-1]
        assert "@" not in _of_owrs(guide)[-1]
