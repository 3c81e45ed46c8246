"""Words of voice menus on the screen: kept, checked, heard, and missed at the switch."""

import threading
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from qiao.telephony.models import VoiceMenuDraft
from qiao.telephony.rules.menu_edit import MENU
from qiao.telephony.rules.speech import Piece
from qiao.telephony.saying import sound_of, voice_for
from qiao.telephony.tests.test_menu_pages import (
    HTMX,
    at,
    chief,
    company,
    draft,
    post,
    shown_form,
    stands,
    text,
)

__all__ = ["chief", "company", "draft"]
pytestmark = pytest.mark.django_db


def test_words_of_a_language_that_the_page_did_not_show_stay(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    words = draft.data["texts"]["bye"]["en"]
    post(chief, MENU, languages=["zh-hans", "yue"])
    opened = shown_form(chief, "bye") | {"text-bye-yue": "拜拜。"}
    assert "text-bye-en" not in opened
    post(chief, MENU, languages=["zh-hans", "yue", "en"])
    text(chief.post(at("step", "bye"), opened, headers=HTMX))
    assert stands().data["texts"]["bye"] == {
        **draft.data["texts"]["bye"], "yue": "拜拜。", "en": words
    }  # fmt: skip
    text(post(chief, "bye", **{"text-bye-en": ""}))
    assert stands().data["texts"]["bye"]["en"] == ""  # what was shown can be emptied


def test_a_brace_that_stands_alone_is_shown_at_its_words(
    chief: Client, draft: VoiceMenuDraft
) -> None:
    answer = post(chief, "bye", **{"text-bye-en": "Bye {day"})
    assert 'id="slot-text-bye-en"' in text(answer)
    assert "In English a brace stands alone" in text(answer)
    refused = chief.post(at("publish"), {"revision": str(stands().revision)})
    assert "1 fault" in text(refused, 422)


def test_new_words_without_a_recording_are_told_before_they_are_published(
    chief: Client, draft: VoiceMenuDraft, settings: LazySettings, tmp_path: Path
) -> None:
    settings.SOUNDS = tmp_path
    settings.SWITCH = "asterisk"
    command = "./qiao telephony prompts --out sounds"
    assert command not in text(chief.get(at("publish")))
    post(chief, "bye", **{"text-bye-en": "So long.", "text-bye-yue": "拜拜。"})
    page = text(chief.get(at("publish")))
    assert "2 new pieces of what is said have no recording" in page
    assert command in page
    (tmp_path / f"{Piece('So long.', 'en').sound}.wav").touch()
    assert "1 new piece of what is said has no recording" in text(chief.get(at("publish")))
    settings.SWITCH = "played"
    assert command not in text(chief.get(at("publish")))


def a_voice(folder: Path, before: str = "", name: str = "espeak-ng", flag: str = "-w") -> Path:
    """A program that says words as a second of silence, once it did what comes before."""
    voice = folder / name
    voice.write_text(
        "#!/usr/bin/env -S /usr/bin/python3 -I\n"
        "import os, sys, time, wave\n"
        f"{before}"
        f"file = wave.open(sys.argv[sys.argv.index({flag!r}) + 1], 'wb')\n"
        "file.setparams((1, 2, 16000, 0, 'NONE', ''))\n"
        "file.writeframes(bytes(32000))\n"
    )
    voice.chmod(0o755)
    return voice


def test_two_who_hear_the_same_words_first_at_once_both_hear_them_whole(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOUNDS = tmp_path / "sounds"
    monkeypatch.setenv("PATH", str(tmp_path))
    meet = tmp_path / "meet"
    meet.mkdir()
    a_voice(
        tmp_path,
        f"open(os.path.join({str(meet)!r}, str(os.getpid())), 'w').close()\n"
        f"while len(os.listdir({str(meet)!r})) < 2: time.sleep(0.01)\n",
    )
    heard: list[bytes] = []
    both = [
        threading.Thread(target=lambda: heard.append(sound_of([Piece("Bye.", "en")])))
        for _each in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(heard) == 2
    assert heard[0] == heard[1]
    assert [each.suffix for each in settings.SOUNDS.iterdir()] == [".wav"]


def test_words_are_read_aloud_where_there_is_a_recording_or_a_voice(
    chief: Client, draft: VoiceMenuDraft, settings: LazySettings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.SOUNDS = tmp_path / "sounds"
    monkeypatch.setenv("PATH", str(tmp_path))
    address = f"{at('sound')}?text=bye&language=yue"
    assert "<audio" not in text(chief.get(at("draft", "bye")))
    assert chief.get(address).status_code == 404
    voice = a_voice(tmp_path)
    assert text(chief.get(at("draft", "bye"))).count("<audio") == 3
    saved = text(post(chief, "bye", **{"text-bye-en": "So long."}))
    assert saved.count("<audio") == 3  # what is heard is what was typed just now
    assert saved.count(f"of={stands().revision}") == 3
    heard = chief.get(address)
    assert (heard.status_code, heard["Content-Type"]) == (200, "audio/wav")
    assert len(heard.content) > 16_000
    voice.unlink()
    assert chief.get(address).content == heard.content  # kept, as a recording is
    assert chief.get(f"{at('sound')}?text=bye&language=fr").status_code == 404


def test_a_configured_voice_goes_before_and_only_for_its_language(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOUNDS, settings.VOICES = tmp_path / "sounds", tmp_path / "voices"
    monkeypatch.setenv("PATH", str(tmp_path))
    settings.VOICES.mkdir()
    (settings.VOICES / "zh-hans.onnx").touch()
    assert voice_for("zh-hans") is None, "a voice alone says nothing"
    a_voice(tmp_path)
    heard = tmp_path / "heard"
    told = f"open({str(heard)!r}, 'a').write(' '.join(sys.argv[1:3]) + sys.stdin.read())\n"
    a_voice(tmp_path, told, name="piper", flag="-f")
    spoken, english = voice_for("zh-hans"), voice_for("en")
    assert spoken is not None
    assert english is not None
    assert (spoken.name, english.name) == ("piper", "espeak-ng")
    assert len(sound_of([Piece("您好，\n请讲。", "zh-hans")])) > 16_000
    assert heard.read_text() == f"-m {settings.VOICES / 'zh-hans.onnx'}您好， 请讲。"
    sound_of([Piece("Bye.", "en")])
    assert "Bye" not in heard.read_text()
