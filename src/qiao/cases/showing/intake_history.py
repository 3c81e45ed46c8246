"""A case that came in by a log, in the words of the history."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.cases.showing.intake_words import field_word

ICONS: Final[dict[str, tuple[str, str]]] = {"taken_in": ("database-import", "")}
_SHOWN: Final = ("type", "sub_type", "status", "priority", "channel", "agency", "outcome")


def taken_in_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """Where it came from, the log's own words, and what a later file changed."""
    changed = data.get("changed")
    told = {"log": data.get("log", ""), "number": data.get("number", "")}
    title = (
        _("Taken in from the log “%(log)s”, number %(number)s")
        if changed is None
        else _("Updated by the log “%(log)s”, number %(number)s")
    )
    return {
        "title": title % told,
        "detail": _(", ").join(field_word(key) for key in changed or ()),
        "text": str(data.get("text", "")),
        "values": tuple((field_word(key), str(data[key])) for key in _SHOWN if data.get(key)),
    }


WORDS: Final = {"taken_in": taken_in_words}
