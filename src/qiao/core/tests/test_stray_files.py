"""Contents without a row go by night, and only those."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from qiao.core import attachments, stray_files
from qiao.core.actor import Actor
from qiao.core.attachments import check_upload, path_of
from qiao.core.stray_files import STRANGE_FOR, sweep_contents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
NOW = timezone.now()
OLD, YOUNG = STRANGE_FOR + timedelta(seconds=1), STRANGE_FOR - timedelta(seconds=1)
WHO = Actor(None, "x", 1)


def checked(words: str) -> attachments.Accepted:
    return check_upload(io.BytesIO(words.encode()), file_name="x.txt", allow=("text",))


def age(path: Path, by: timedelta) -> Path:
    moment = (NOW - by).timestamp()
    os.utime(path, (moment, moment))
    return path


def alone(words: str, by: timedelta) -> Path:
    return age(path_of(attachments.write(checked(words))), by)


def with_row(words: str, by: timedelta) -> Path:
    kept = attachments.store(
        checked(words), owner_kind="x", owner_id=1, organisation_id=1, actor=WHO, now=NOW
    )
    return age(path_of(kept.sha256), by)


def test_only_old_contents_without_a_row_go(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stray_files, "BATCH", 2)
    strays = [alone(f"stray {number}", OLD) for number in range(5)]
    needed = [with_row(f"needed {number}", OLD) for number in range(3)]
    young = alone("its row is to come", YOUNG)
    (media / "imports").mkdir()
    others = media / "imports" / strays[0].name
    others.write_text("of another")
    age(others, OLD)
    assert sweep_contents(NOW) == 5
    assert not any(path.exists() for path in strays)
    assert all(path.exists() for path in (*needed, young, others))
    assert sweep_contents(NOW) == 0


def test_a_content_that_is_stored_again_is_young_again() -> None:
    """A form was refused yesterday; today the same file comes in, and its row a moment later."""
    path = alone("the same words", OLD)
    attachments.write(checked("the same words"))
    assert sweep_contents(NOW) == 0
    assert path.read_text() == "the same words"


def test_what_a_crash_left_half_written_goes() -> None:
    path = with_row("whole", OLD)
    part = path.with_suffix(".140213.part")
    part.write_text("ha")
    age(part, OLD)
    assert sweep_contents(NOW) == 1
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_sweep_that_was_killed_is_taken_up_again() -> None:
    needed, stray = with_row("needed", OLD), alone("stray", OLD)
    for path in (needed, stray):
        path.replace(path.with_suffix(stray_files.ASIDE))
    assert sweep_contents(NOW) == 1
    assert needed.read_text() == "needed"
    assert not list(stray.parent.iterdir())
