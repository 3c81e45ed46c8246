"""A text of a voice menu read aloud: recordings, and what the machine says."""

import subprocess
from typing import Final

import structlog
from django.http import Http404, HttpResponse

from qiao.core.http import StaffRequest, staff_view
from qiao.telephony.rights import MENUS
from qiao.telephony.rules.menu_data import menu_from_data
from qiao.telephony.rules.menus import LANGUAGES
from qiao.telephony.rules.speech import fixed_pieces_of
from qiao.telephony.saying import NoSound, sound_of
from qiao.telephony.views.menu_drafts import get_draft, reading

log: Final = structlog.get_logger(__name__)


@staff_view(MENUS)
@reading
def sound(request: StaffRequest, key: str) -> HttpResponse:
    """The words of a text of the draft in a language; values that it says are left out."""
    menu = menu_from_data(get_draft(request, key).data)
    text, language = request.GET.get("text", ""), request.GET.get("language", "")
    words = menu.texts.get(text, {}).get(language, "") if language in LANGUAGES else ""
    pieces = fixed_pieces_of(words, language)
    if not pieces:
        raise Http404(text)
    try:
        content = sound_of(pieces)
    except (NoSound, subprocess.SubprocessError, OSError, ValueError) as error:
        log.warning("menu_text_not_said", menu=key, text=text, why=str(error))
        raise Http404(text) from error
    return HttpResponse(
        content, content_type="audio/wav", headers={"Cache-Control": "private, max-age=60"}
    )
