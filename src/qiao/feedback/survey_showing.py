"""The report of a wave as its page shows it: rows of figures, bars, the priority map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.wording import from_names
from qiao.feedback.models import SurveyAnswer
from qiao.feedback.queries.survey_report import Figure, Report, Result, Slice
from qiao.feedback.rules.survey_figures import IMPROVE, Estimate, centre
from qiao.feedback.rules.survey_questions import ATTRIBUTE, CHOICE, SCALES, YES_NO, Question
from qiao.feedback.survey_words import FIELD_TONES, FIELDS, FIGURES, change_words

WIDTH, HEIGHT, EDGE = 480, 320, 40
LEAST_SPAN: Final = 0.5
"""So many points the map spans at least, so that small differences do not look like great ones."""
ROUND: Final = {"points": 2, "percent": 0, "score": 0}


def result_words(result: Result) -> dict[str, Any]:
    """A question with its figures and bars."""
    return {
        "text": from_names(result.question.text),
        "n": result.n,
        "figures": [_figure(each) for each in result.figures],
        "slices": [_slice(result.question, each) for each in result.slices],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    words, tone = change_words(figure.change)
    if figure.key == "importance" and tone:
        tone = "info"
    return {
        "name": FIGURES[figure.key],
        "unit": "%" if figure.kind == "percent" else "",
        "weighted": _told(figure.weighted, figure.kind),
        "plain": _told(figure.plain, figure.kind),
        "n": figure.plain.n if figure.plain else 0,
        "change": _signed(figure, ROUND[figure.kind]),
        "change_words": words,
        "tone": tone,
    }


def _told(estimate: Estimate | None, kind: str) -> dict[str, str] | None:
    if estimate is None or estimate.is_hidden:
        return None
    digits = ROUND[kind]
    low, high = estimate.low, estimate.high
    return {
        "value": f"{estimate.value:.{digits}f}",
        "low": "" if low is None else f"{low:.{digits}f}",
        "high": "" if high is None else f"{high:.{digits}f}",
    }


def _signed(figure: Figure, digits: int) -> dict[str, str] | None:
    found = figure.change
    if found is None or found.low is None or found.high is None:
        return None
    return {
        "value": f"{found.value:+.{digits}f}",
        "low": f"{found.low:+.{digits}f}",
        "high": f"{found.high:+.{digits}f}",
    }


def _slice(question: Question, one: Slice) -> dict[str, Any]:
    hidden = one.n is None
    share = None if one.share is None or one.share.is_hidden else one.share
    return {
        "label": _label(question, one.value),
        "n": one.n,
        "hidden": hidden,
        "percent": share.value if share else None,
        "low": share.low if share else None,
        "high": share.high if share else None,
    }


def _label(question: Question, value: int) -> str:
    if question.kind == CHOICE:
        return from_names(question.choices[value - 1])
    if question.kind == YES_NO:
        return pgettext("survey", "Yes") if value else pgettext("survey", "No")
    return str(value)


def _names(questions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["key"]: from_names(each["text"]) for each in questions}


def answer_words(question: Question, answer: SurveyAnswer) -> tuple[str, str]:
    """What a customer answered, and how important it is to them where that was asked."""
    if answer.words:
        return answer.words, ""
    scale = question.scale
    value = ""
    if answer.value is not None and scale is not None:
        named = question.kind in (CHOICE, YES_NO)
        label = _label(question, answer.value)
        value = label if named else f"{label} / {scale[1]}"
    return value, f"{answer.importance} / 5" if answer.importance is not None else ""


def places_words(report: Report, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The priority map as rows, numbered as in the drawing."""
    names = _names(questions)
    return [
        {
            "number": number,
            "name": names[place.key],
            "place": place,
            "field": FIELDS[place.field],
            "tone": FIELD_TONES[place.field],
            "first": place.field == IMPROVE,
        }
        for number, place in enumerate(report.places, 1)
    ]


@dataclass(frozen=True, slots=True)
class Dot:
    """An attribute in the drawing."""

    x: float
    y: float
    number: int
    words: str
    field: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map in a box of 480 by 320: satisfaction to the right, importance upwards; the lines
    stand at the means of all attributes, `marks` are the names of the four fields."""

    dots: tuple[Dot, ...]
    cut_x: float
    cut_y: float
    marks: tuple[tuple[float, float, str, str], ...]
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]

    @property
    def first_width(self) -> float:
        """How wide the field of what is improved first is."""
        return round(self.cut_x - EDGE, 1)

    @property
    def first_height(self) -> float:
        """How high it is."""
        return round(self.cut_y - EDGE, 1)


def drawing_of(report: Report, questions: Sequence[Mapping[str, Any]]) -> Drawing | None:
    """The drawing of the map; None with fewer than two attributes to compare."""
    places = report.places
    if len(places) < 2:
        return None
    names = _names(questions)
    middle, level = centre({p.key: (p.importance, p.satisfaction) for p in places})
    across = _span([p.satisfaction for p in places], level)
    up = _span([p.importance for p in places], middle)

    def x(value: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (value - across[0]) / (across[1] - across[0]), 1)

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - up[0]) / (up[1] - up[0]), 1)

    right, top, low = WIDTH - EDGE, EDGE - 8, HEIGHT - EDGE - 6
    return Drawing(
        dots=tuple(
            Dot(x(p.satisfaction), y(p.importance), number, _words(names[p.key], p), p.field)
            for number, p in enumerate(places, 1)
        ),
        cut_x=x(level),
        cut_y=y(middle),
        marks=(
            (EDGE + 2, top, "start", str(FIELDS["improve"])),
            (right, top, "end", str(FIELDS["keep"])),
            (EDGE + 2, low, "start", str(FIELDS["later"])),
            (right, low, "end", str(FIELDS["enough"])),
        ),
        ticks_x=tuple((x(value), f"{value:.1f}") for value in (across[0], level, across[1])),
        ticks_y=tuple((y(value), f"{value:.1f}") for value in (up[0], middle, up[1])),
    )


def _words(name: str, place: Any) -> str:
    return _("%(name)s: importance %(importance)s, satisfaction %(satisfaction)s") % {
        "name": name,
        "importance": f"{place.importance:.2f}",
        "satisfaction": f"{place.satisfaction:.2f}",
    }


def _span(values: Sequence[float], middle: float) -> tuple[float, float]:
    """As far on both sides of the middle, so that the cut stands in the midst where the scale
    reaches so far."""
    half = max(LEAST_SPAN / 2, *(abs(value - middle) for value in values)) * 1.15
    least, most = SCALES[ATTRIBUTE]
    return max(least, middle - half), min(most, middle + half)
