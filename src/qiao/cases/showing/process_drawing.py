"""A process as a drawing: boxes and lines in whole pixels, for a picture made by the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import east_asian_width

from qiao.cases.rules.draft_parts import Part
from qiao.cases.rules.process import Process, Step
from qiao.cases.rules.process_layout import Arrow, Place, lay_out
from qiao.cases.showing import names
from qiao.cases.showing.times import span_words
from qiao.core.wording import said

WIDTH: Final = 148
HEIGHT: Final = 58
PITCH_X: Final = 214
PITCH_Y: Final = 104
MARGIN: Final = 12
LIFT: Final = 22  # how much higher each arc of returns goes
LETTERS: Final = 20  # that fit into a box; a Chinese one counts as two
SHORT: Final = 44  # an arc below this has no straight part
LABEL: Final = 10  # that fit between two boxes


@dataclass(frozen=True, slots=True)
class Box:
    """A step: its corner, words and marks."""

    key: str
    part: str
    x: int
    y: int
    name: str
    whole: str
    who: str
    time: str
    faults: int
    final: bool
    automatic: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An action: its path, its label and where that stands. `tone` is forward, branch, back."""

    path: str
    label: str
    whole: str
    x: int
    y: int
    tone: str
    part: str
    faulty: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes and lines with the size of the whole."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def cut(text: str, letters: int) -> str:
    """As much of a text as takes so many latin letters' room."""
    room = letters
    for at, letter in enumerate(text):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return text[: max(1, at - 1)].rstrip() + "…"
    return text


def draw(
    process: Process, *, faulty: Mapping[str, int] | None = None, changed: Any = ()
) -> Picture:
    """The picture of a process. `faulty` counts faults by part, `changed` names parts that differ
    from the version in force."""
    drawing = lay_out(process)
    faulty = faulty or {}
    backs = [arrow for arrow in drawing.arrows if arrow.back]
    over = [arrow for arrow in backs if not arrow.source.row]
    top = MARGIN + LIFT * (1 + min(len({_span(arrow) for arrow in over}), 6)) if over else MARGIN
    boxes = tuple(_box(place, top, faulty, changed) for place in drawing.places)
    spots = {box.key: box for box in boxes}
    lines = [_ahead(arrow, spots, faulty) for arrow in drawing.arrows if not arrow.back]
    heights = {span: number for number, span in enumerate(sorted({_span(a) for a in over}))}
    lines += [_back(arrow, spots, heights.get(_span(arrow), 0), faulty) for arrow in backs]
    return Picture(
        boxes,
        tuple(lines),
        MARGIN * 2 + (drawing.columns - 1) * PITCH_X + WIDTH,
        top + (drawing.rows - 1) * PITCH_Y + HEIGHT + MARGIN + (36 if drawing.rows > 1 else 12),
    )


def _span(arrow: Arrow) -> tuple[int, int, int]:
    """Arcs of one length from one place share a height."""
    left = min(arrow.source.column, arrow.target.column)
    length = abs(arrow.source.column - arrow.target.column)
    return length, left, arrow.source.row


def _box(place: Place, top: int, faulty: Mapping[str, int], changed: Any) -> Box:
    step = place.step
    part = str(Part("step", key=step.key))
    time = span_words(step.time_limit_seconds) if step.time_limit_seconds else ""
    return Box(
        key=step.key,
        part=part,
        x=MARGIN + place.column * PITCH_X,
        y=top + place.row * PITCH_Y,
        name=cut(said(step.name) or step.key, LETTERS),
        whole=said(step.name) or step.key,
        who=cut(names.role_name(step.role) if step.role else "", LETTERS - 2 - len(time)),
        time=time,
        faults=_faults_of(step, faulty),
        final=step.final,
        automatic=step.automatic,
        changed=part in changed,
    )


def _faults_of(step: Step, faulty: Mapping[str, int]) -> int:
    own = faulty.get(str(Part("step", key=step.key)), 0)
    return own + sum(faulty.get(str(Part("action", step.key, a.key)), 0) for a in step.actions)


def _line(arrow: Arrow, path: str, x: int, y: int, tone: str, faulty: Mapping[str, int]) -> Line:
    part = str(Part("action", arrow.source.step.key, arrow.action.key))
    whole = said(arrow.action.name) or arrow.action.key
    return Line(path, cut(whole, LABEL), whole, x, y, tone, part, part in faulty)


def _ahead(arrow: Arrow, spots: Mapping[str, Box], faulty: Mapping[str, int]) -> Line:
    a, b = spots[arrow.source.step.key], spots[arrow.target.step.key]
    start_x, start_y = a.x + WIDTH, a.y + HEIGHT // 2
    end_x, end_y = b.x, b.y + HEIGHT // 2
    tone = "branch" if arrow.action.kind == "branch" else "forward"
    if start_y == end_y and b.x - a.x == PITCH_X:
        path = f"M{start_x} {start_y}H{end_x - 5}"
        return _line(arrow, path, (start_x + end_x) // 2, start_y - 6, tone, faulty)
    if start_y == end_y:  # over other steps of the same line: below them
        low = a.y + HEIGHT + 20
        left, right = a.x + WIDTH - 24, b.x + 24
        path = f"M{left} {a.y + HEIGHT}C{left} {low} {left} {low} {left + 24} {low}"
        path += f"H{right - 24}C{right} {low} {right} {low} {right} {b.y + HEIGHT + 5}"
        return _line(arrow, path, (left + right) // 2, low - 5, tone, faulty)
    if start_y > end_y and b.x - a.x > PITCH_X:  # up to the main line, past other steps of it
        level, left, right = a.y - 14, a.x + WIDTH - 20, b.x + 44
        path = f"M{left} {a.y}C{left} {level} {left} {level} {left + 20} {level}"
        path += f"H{right - 20}C{right} {level} {right} {level} {right} {b.y + HEIGHT + 5}"
        return _line(arrow, path, (left + right) // 2, level + 12, tone, faulty)
    middle = start_x + 18
    path = f"M{start_x} {start_y}C{middle + 10} {start_y} {middle} {end_y} {end_x - 5} {end_y}"
    return _line(arrow, path, end_x - 34, end_y - 8, tone, faulty)


def _back(arrow: Arrow, spots: Mapping[str, Box], height: int, faulty: Mapping[str, int]) -> Line:
    tone = "back" if arrow.action.kind == "return" else arrow.action.kind
    if arrow.source.row and arrow.action.kind == "return":
        return _below(arrow, spots, faulty)
    a, b = spots[arrow.source.step.key], spots[arrow.target.step.key]
    if arrow.source.row > arrow.target.row and a.x == b.x:
        middle = a.x + WIDTH // 2 + 30
        path = f"M{middle} {a.y}V{b.y + HEIGHT + 5}"
        return _line(arrow, path, middle + 30, (a.y + b.y + HEIGHT) // 2 + 4, tone, faulty)
    if arrow.source.row > arrow.target.row and a.x > b.x:
        middle, side, level = a.x + WIDTH // 2, b.x + WIDTH, b.y + HEIGHT // 2
        path = f"M{middle} {a.y}C{middle} {level} {middle} {level} {side + 5} {level}"
        return _line(arrow, path, (middle + side) // 2 + 10, level - 6, tone, faulty)
    left, right = b.x + WIDTH // 2 + 14, a.x + WIDTH // 2 - 14
    if a.key == b.key:
        left, right = a.x + WIDTH - 40, a.x + WIDTH - 12
    peak = min(a.y, b.y) - LIFT * (1 + min(height, 5)) + 6
    return _line(
        arrow, _arc(right, a.y, left, b.y - 5, peak), (left + right) // 2, peak - 4, tone, faulty
    )


def _below(arrow: Arrow, spots: Mapping[str, Box], faulty: Mapping[str, int]) -> Line:
    """A return from off the main line, under the boxes that stand in between."""
    a, b = spots[arrow.source.step.key], spots[arrow.target.step.key]
    near = a.y == b.y
    left, right = b.x + WIDTH // 2 + (14 if near else -20), a.x + WIDTH // 2 - 14
    low = max(a.y, b.y) + HEIGHT + (18 if near else 34)
    path = _arc(right, a.y + HEIGHT, left, b.y + HEIGHT + 5, low)
    return _line(arrow, path, (left + right) // 2, low - 5, "back", faulty)


def _arc(right: int, start: int, left: int, end: int, level: int) -> str:
    """A way from the right to the left over (or under) a level."""
    if abs(right - left) < SHORT:
        return f"M{right} {start}C{right} {level} {left} {level} {left} {end}"
    path = f"M{right} {start}C{right} {level} {right} {level} {right - 20} {level}"
    return path + f"H{left + 20}C{left} {level} {left} {level} {left} {end}"
