"""What was left out of a recording, where it is on the time line, when it is asked for again."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.telephony.engines.sim_shelf import RATE, Shelf
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.menus import HangUp, Menu, Message, Say
from qiao.telephony.rules.notice import languages_without_notice
from qiao.telephony.rules.recordings import (
    MOST_TRIES,
    LeftOut,
    NoSound,
    kind_of,
    left_out,
    length_of,
    next_try,
    time_line,
)

START = datetime(2026, 11, 28, 9, tzinfo=UTC)
NAME = "q7-r5"


def log(*happened: tuple[float, str, dict[str, object]]) -> list[Entry]:
    return [Entry(kind, START + timedelta(seconds=at), data) for at, kind, data in happened]


def test_what_was_left_out_is_told_by_the_log() -> None:
    mine: dict[str, object] = {"recording": NAME}
    entries = log(
        (0, "recording_began", mine),
        (5, "recording_paused", {"recording": "q7-r9", "why": "card"}),  # of another
        (10, "recording_paused", mine | {"why": "card"}),
        (11, "held", {}),
        (18, "recording_resumed", mine),
        (30, "recording_paused", mine),
        (33, "ended", {"why": "caller"}),
        (33, "recording_ended", mine | {"ok": True, "seconds": 22}),
    )
    assert left_out(entries, NAME) == (LeftOut(10, 8, "card"), LeftOut(22, 3, ""))


@pytest.mark.parametrize("by", [600, -600])
def test_what_was_left_out_is_as_long_though_the_clock_was_set(by: int) -> None:
    mine: dict[str, object] = {"recording": NAME}
    entries = log(
        (0, "recording_began", mine),
        (4 + by, "clock_stepped", {"seconds": by}),
        (10 + by, "recording_paused", mine | {"why": "card"}),
        (12 + 2 * by, "clock_stepped", {"seconds": by}),
        (18 + 2 * by, "recording_resumed", mine),
    )
    assert left_out(entries, NAME) == (LeftOut(10, 8, "card"),)


def test_a_time_line_shows_the_talk_with_what_is_missing() -> None:
    line = time_line(22, (LeftOut(10, 8, "card"), LeftOut(22, 3)))
    assert line.seconds == 33
    assert [(each.begins, each.width, each.left_out) for each in line.gaps] == [
        (303, 242, LeftOut(10, 8, "card")), (909, 91, LeftOut(22, 3)),
    ]  # fmt: skip
    assert time_line(0, ()).gaps == time_line(22, ()).gaps == ()


@given(
    st.floats(0, 5_000),
    st.lists(st.tuples(st.floats(0, 5_000), st.floats(0, 600)), max_size=6).map(sorted),
)
def test_what_is_missing_stands_where_the_sound_before_it_ends(
    seconds: float, missing: list[tuple[float, float]]
) -> None:
    line = time_line(seconds, [LeftOut(*each) for each in missing])
    assert line.seconds == pytest.approx(seconds + sum(long for _at, long in missing))
    assert [each.left_out for each in line.gaps] == (
        [LeftOut(*each) for each in missing] if line.seconds >= 0.001 else []
    )
    edge, silent = 0, 0.0
    for each in line.gaps:
        assert each.begins >= edge - 1  # rounding
        heard = min(each.left_out.at, seconds)
        assert abs(each.begins - 1000 * (heard + silent) / line.seconds) <= 0.51
        assert abs(each.width - 1000 * each.left_out.seconds / line.seconds) <= 0.51
        edge, silent = each.begins + each.width, silent + each.left_out.seconds
    assert edge <= 1001


def test_a_recording_is_asked_for_again_ever_later_and_then_is_lost() -> None:
    waits = [next_try(tries, "missing", START) for tries in range(1, MOST_TRIES + 1)]
    told = [each for each in waits if each is not None]
    assert told == sorted(set(told))
    assert waits[-1] is None
    assert len(told) == MOST_TRIES - 1
    assert next_try(1, "too_large", START) is None, "it would be as large again"


@pytest.mark.parametrize(("name", "kind"), [("q12-r5", "talk"), ("q12-v3", "message")])
def test_a_name_says_what_was_recorded(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_the_played_switch_gives_a_whole_sound_that_is_the_same_each_time() -> None:
    shelf = Shelf()
    for seconds in (0, 1, 61):
        shelf.put(NAME, seconds)
        sound = b"".join(shelf.sound_of(NAME))
        assert length_of(io.BytesIO(sound), len(sound)) == seconds
        assert sound == b"".join(shelf.sound_of(NAME))
    silent = sound.count(128)  # breaths, and where the waves cross
    assert RATE < silent < len(sound) / 2
    shelf.drop(NAME)
    with pytest.raises(KeyError):
        next(shelf.sound_of(NAME))


@pytest.mark.parametrize("cut", [0, 12, 44, 200])
def test_half_a_sound_is_none(cut: int) -> None:
    shelf = Shelf()
    shelf.put(NAME, 1)
    half = b"".join(shelf.sound_of(NAME))[:cut]
    with pytest.raises(NoSound):
        length_of(io.BytesIO(half), len(half))


def test_a_menu_that_does_not_say_that_calls_are_recorded_is_told_by_language() -> None:
    silent = {"zh-hans": "您好", "yue": "您好", "en": "Welcome"}
    told = {"zh-hans": "通话将被录音", "yue": "通話將會錄音", "en": "Calls are recorded."}
    languages = ("zh-hans", "yue", "en")

    def menu(texts: dict[str, str], prompts: tuple[str, ...] = ("welcome",)) -> Menu:
        node = Say("hello", prompts, next="bye")
        return Menu("m", "hello", "bye", (node, HangUp("bye")), {"welcome": texts}, languages)

    assert languages_without_notice(menu(told)) == ()
    assert languages_without_notice(menu(silent)) == languages
    assert languages_without_notice(menu(told | {"en": "Welcome"})) == ("en",)
    assert languages_without_notice(menu(told, ())) == languages, "nobody says it"


def test_a_text_that_a_language_lacks_tells_in_the_language_that_it_is_said_in() -> None:
    def menu(texts: dict[str, str], languages: tuple[str, ...]) -> Menu:
        node = Say("hello", ("welcome",), next="bye")
        return Menu("m", "hello", "bye", (node, HangUp("bye")), {"welcome": texts}, languages)

    lacks = {"zh-hans": "通话将被录音", "yue": ""}
    assert languages_without_notice(menu(lacks, ("zh-hans", "yue", "en"))) == ()
    english = {"en": "Calls are recorded.", "yue": "您好"}
    assert languages_without_notice(menu(english, ("en", "zh-hans", "yue"))) == ("yue",)
    other = {"en": "通话将被录音"}  # is said as English
    assert languages_without_notice(menu(other, ("en", "zh-hans"))) == ("en", "zh-hans")


def test_what_is_said_before_a_message_tells_nobody_who_talks() -> None:
    languages, told = ("zh-hans",), {"leave": {"zh-hans": "请留言，留言将被录音"}}
    leave, say = Message("leave", ("leave",)), Say("hello", ("leave",), next="leave")
    silent = Menu("m", "leave", "leave", (leave,), told, languages)
    assert languages_without_notice(silent) == languages
    says_so = Menu("m", "hello", "leave", (say, leave), told, languages)
    assert languages_without_notice(says_so) == ()
