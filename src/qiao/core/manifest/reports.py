"""What a module contributes to figures that another one shows: of cases, of readings."""

from dataclasses import dataclass
from typing import Literal

from qiao.core.manifest.pages import Text

Kind = Literal["count", "share", "time", "money"]
Basis = Literal["opened", "closed", "standing"]
Better = Literal["up", "down", ""]


@dataclass(frozen=True, slots=True)
class CaseFigure:
    """One declared figure of the reports: what it is called, what it means, how it is counted.

    `part`, `whole` and `value` are SQL over one row ``c`` of ``cases_case``; a case belongs to the
    figure where `whole` holds, and to its numerator where `part` holds as well. A ``share`` is
    part of whole, a ``count`` the number of parts, ``time`` the median and the ninth decile of
    `value` in seconds, ``money`` the mean of `value` in minor units. `basis` says which cases a
    period holds: those opened in it, those archived in it, those open at its end. The
    conditions narrow the list of cases too, so that a figure leads to exactly its cases.
    `value` is NULL for a case outside `whole`.
    """

    key: str
    label: Text
    about: Text
    kind: Kind
    basis: Basis
    permission: str
    order: int
    better: Better = ""
    part: str = "true"
    whole: str = "true"
    value: str = ""


@dataclass(frozen=True, slots=True)
class PointEvents:
    """What happened at service points and may speak of how a meter there was read.

    `sql` is one SELECT of ``point bigint, day date, ref bigint`` (each `ref` once) with the
    parameters ``%(organisation_ids)s`` (bigint[]), ``%(since)s`` and ``%(until)s`` (days, both
    inclusive). `url_name` opens one by its `ref`, for holders of `permission`, who alone count
    them.
    """

    key: str
    label: Text
    about: Text
    sql: str
    permission: str
    url_name: str
    order: int
