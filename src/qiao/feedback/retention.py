"""What the feedback module keeps how long: what customers wrote in answers to surveys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Retention
from qiao.core.retention import nothing_holds
from qiao.core.transactions import required

GONE: Final = "–"
_IDS_OF_ROW: Final = (
    "(SELECT customers_held_as(customers_survivor(i.customer_id))"
    " FROM feedback_surveyinvitation i WHERE i.id = r.invitation_id)"
)


def let_words_go(idents: Sequence[int], now: datetime) -> Sequence[int]:  # noqa: ARG001 - as called
    """Take the words out of answers; marks stay as figures. Gives back those that came under a
    hold meanwhile."""
    return _let_go("feedback_surveyanswer", "words", idents)


def let_notes_go(idents: Sequence[int], now: datetime) -> Sequence[int]:  # noqa: ARG001 - as called
    """Take the notes out of calls that followed a survey; that they were made stays. Gives back
    those that came under a hold meanwhile."""
    return _let_go("feedback_surveycall", "note", idents)


def _let_go(table: str, column: str, idents: Sequence[int]) -> Sequence[int]:
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} r SET {column} = %(gone)s"  # noqa: S608 - our own pieces
            f" WHERE r.id = ANY(%(ids)s) AND {nothing_holds(_IDS_OF_ROW)} RETURNING r.id",
            {"ids": list(idents), "gone": GONE},
        )
        free = {pk for (pk,) in cursor.fetchall()}
    return sorted(set(idents) - free)


RETENTION: Final = (
    Retention(
        key="feedback.survey_words",
        label=_("Words in answers to surveys"),
        about=_("The customer’s own words are taken out; marks stay as figures"),
        table="feedback_surveyanswer",
        due="r.words NOT IN ('', '–') AND r.at < %(before)s",
        keep=730,
        least=180,  # so long a wave may take answers
        most=3_650,
        because=_("Two years: what was wished is compared with the wave of the year before"),
        customer_ids=_IDS_OF_ROW,
        clear=let_words_go,
    ),
    Retention(
        key="feedback.survey_call_notes",
        label=_("Notes of calls after surveys"),
        about=_("What was noted of the talk is taken out; that somebody called stays"),
        table="feedback_surveycall",
        due="r.note NOT IN ('', '–') AND r.finished_at < %(before)s",
        keep=730,
        least=180,
        most=3_650,
        because=_("Two years, as the words that they are about"),
        customer_ids=_IDS_OF_ROW,
        clear=let_notes_go,
    ),
)
