"""A rung that was climbed, in the words of the history."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases.notices import rung_words
from qiao.core.packs.model import CaseType

ICONS: Final[dict[str, tuple[str, str]]] = {"raised": ("stairs-up", "warn")}
WHY: Final[Mapping[str, Any]] = {
    "assignee": pgettext_lazy("told of a rung", "has the case"),
    "team": pgettext_lazy("told of a rung", "the team"),
    "lead": pgettext_lazy("told of a rung", "leads the team"),
    "duty": pgettext_lazy("told of a rung", "is on duty"),
    "supervisor": pgettext_lazy("told of a rung", "supervises the unit"),
    "manager": pgettext_lazy("told of a rung", "manages the unit"),
    "executive": pgettext_lazy("told of a rung", "manages the company"),
}


def raised_words(
    definition: CaseType | None, process_id: int, data: Mapping[str, Any]
) -> tuple[str, str]:
    """What a rung says, and who was told of it and why they."""
    title = rung_words(definition, process_id, data)
    names = _(", ").join(data.get("names", ()))
    if not names:
        return title, _("There was nobody who could be told.")
    why = WHY.get(data.get("why", ""), "")
    told = _("Told: %(names)s") % {"names": names}
    return title, f"{told} ({why})" if why else told
