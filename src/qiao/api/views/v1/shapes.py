"""Parts that many bodies share, each with the limits that the tables have."""

from typing import Annotated, Any, Final

from django.core import signing
from django.utils.translation import gettext as _
from ninja import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from qiao.api.views.v1.problems import FieldError, Problem

BIGGEST_ID: Final = 2**53 - 1  # what JSON numbers carry everywhere
PRINTABLE: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
PAGE_ROWS: Final = 30
MOST_ROWS: Final = 100

Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
PathId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


Cursor = Annotated[str, Query(max_length=300, pattern=r"^[A-Za-z0-9_:-]*$")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]


class Shown(BaseModel):
    """What a program is told."""

    model_config = ConfigDict(from_attributes=True)


def cursor_for(resource: str, place: Any) -> str | None:
    """An opaque, signed cursor; None at the end of a list."""
    return None if place is None else signing.dumps(place, salt=f"api.{resource}", compress=False)


def read_cursor(resource: str, text: str) -> Any:
    """The place behind a cursor, None for the first page.

    Raises `Problem`: a cursor that was not given for this list leads nowhere.
    """
    if not text:
        return None
    try:
        return signing.loads(text, salt=f"api.{resource}")
    except signing.BadSignature as error:
        words = _("This cursor is not from this list.")
        raise Problem(
            "not-found", words, errors=[FieldError("after", "query", words, "next")]
        ) from error
