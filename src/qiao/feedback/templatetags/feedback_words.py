"""``{% load feedback_words %}``: words for follow-ups that come as plain data (panels)."""

from typing import Any

from django import template

from qiao.feedback.models import FollowUp, Suggestion, SurveyCall
from qiao.feedback.quality_words import STATE_TONES
from qiao.feedback.showing import ICONS, TONES, Bar, bars, rating_word
from qiao.feedback.suggestion_words import TONES as SUGGESTION_TONES

register = template.Library()
SURVEY_CALL_TONES = {
    SurveyCall.State.OPEN: "warn",
    SurveyCall.State.REACHED: "ok",
    SurveyCall.State.REFUSED: "line",
    SurveyCall.State.UNREACHED: "bad",
    SurveyCall.State.WITHDRAWN: "info",
}


@register.filter
def result_word(row: dict[str, Any]) -> str:
    """What the customer said, or how it ended."""
    return rating_word(row["rating"]) or str(FollowUp.State(row["state"]).label)


@register.filter
def result_tone(row: dict[str, Any]) -> str:
    """The result's tone."""
    return TONES.get(row["rating"] or row["state"], "")


@register.filter
def result_icon(row: dict[str, Any]) -> str:
    """The result's face."""
    return ICONS.get(row["rating"] or row["state"], "phone")


@register.filter
def rating_bars(counts: dict[str, int]) -> list[Bar]:
    """The distribution of ratings, best first."""
    return bars(counts)


@register.filter
def suggestion_state(state: str) -> str:
    """The state of a suggestion in words."""
    return str(Suggestion.State(state).label)


@register.filter
def suggestion_tone(state: str) -> str:
    """The tone of a suggestion's state."""
    return SUGGESTION_TONES.get(state, "")


@register.filter
def review_tone(state: str) -> str:
    """The tone of an evaluation's state."""
    return STATE_TONES.get(state, "")


@register.filter
def survey_call_tone(state: str) -> str:
    """The tone of the state of a call that follows a poor answer."""
    return SURVEY_CALL_TONES.get(SurveyCall.State(state), "")
