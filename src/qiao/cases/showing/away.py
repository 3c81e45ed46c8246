"""Who is away and who stands in, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def away_words(absence: Mapping[str, Any] | None) -> str:
    """Until when somebody is away, and who stands in; empty for whoever is here."""
    if not absence:
        return ""
    until = str(absence["until"])[5:]
    if absence["deputy"]:
        deputy = f"{absence['deputy']} {absence['phone'] or absence['number']}"
        return _("Away until %(day)s: %(deputy)s stands in") % {"day": until, "deputy": deputy}
    return _("Away until %(day)s: nobody stands in") % {"day": until}
