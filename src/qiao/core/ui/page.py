"""What the page itself needs before its content: language, theme, and the words of its script."""

from time import time

from django.http import HttpRequest
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.ui.markup import markup
from qiao.core.wording import reader_key

THEME_COOKIE = "q-theme"
THEMES = ("light", "dark", "system")


def chosen_theme(request: HttpRequest | None) -> str:
    """The theme in the reader's cookie; ``system`` when there is none."""
    value = request.COOKIES.get(THEME_COOKIE, "") if request is not None else ""
    return value if value in THEMES else "system"


def html_attributes(request: HttpRequest | None) -> SafeString:
    """The attributes of ``<html>``: language and theme, so that the first paint is right."""
    theme = chosen_theme(request)
    return markup(
        'lang="{}" data-bs-theme="{}" data-q-theme="{}"',
        reader_key(),
        "dark" if theme == "dark" else "light",
        theme,
    )


def server_time() -> SafeString:
    """Epoch milliseconds at render: the browser measures its own clock's error against it."""
    return mark_safe(str(int(time() * 1000)))  # noqa: S308 - a number


def script_texts() -> SafeString:
    """The words that scripts say, in the reader's language, as a JSON block."""
    return json_script(
        {
            "day": _("{n} d"),
            "hour": _("{n} h"),
            "hourMinute": _("{h} h {m} min"),
            "minute": _("{n} min"),
            "left": _("{time} left"),
            "overdue": _("{time} overdue"),
            "justNow": _("just now"),
            "soon": _("in a moment"),
            "minutesAgo": _("{n} min ago"),
            "inMinutes": _("in {n} min"),
            "undo": _("Undo"),
            "undone": _("Undone"),
            "undoFailed": _("Could not undo. Please check the entry."),
            "close": _("Close"),
            "cancel": _("Cancel"),
            "confirm": _("Confirm"),
            "copied": _("Copied"),
            "retry": _("Try again"),
            "failed": _("This did not work. What you entered is still here."),
            "failedPart": _("This part could not be loaded. The rest of the page works."),
            "failedNetwork": _("No connection. What you entered is still here."),
            "failedRights": _("You do not have the right to do this."),
            "failedGone": _("This entry no longer exists."),
            "failedConflict": _("Somebody else has changed this. Reload to see it."),
            "failedTooMany": _("Too many requests at once. Please wait a moment."),
            "failedTooLarge": _("This is more than the server takes. Nothing was lost here."),
            "failedSignedOut": _("You have been signed out. Sign in again to go on."),
            "errorCode": _("Error {code}"),
            "saving": _("Saving…"),
            "draftSaved": _("Draft saved {time}"),
            "draftFailed": _("Draft not saved"),
            "draftTooLong": _("Too long for a draft: it stands only here"),
            "tooLong": _("{n} characters; at most {most}. Shorten it, or keep it as a file."),
            "notPasted": _(
                "{n} characters are too many to paste: at most {most} fit. Nothing was changed."
            ),
            "keepAsFile": _("Keep as a file"),
            "leaveYes": _("Leave the page"),
            "leave": _("Your changes have not been saved. Leave all the same?"),
            "newRows": _("{n} new"),
            "perhapsNew": _("There may be new ones"),
            "noResults": _("Nothing found. Check the spelling, or try the start of a name."),
            "searchHint": _("Type a name, number, address or command."),
            "recent": _("Recent"),
            "insert": _("Insert"),
            "keysGeneral": _("General"),
            "keysGo": _("Go to"),
            "keysList": _("Lists"),
            "keysPage": _("This page"),
            "keyPalette": _("Search and commands"),
            "keySheet": _("This list"),
            "keySubmit": _("Submit"),
            "keySubmitNext": _("Submit and go on to the next"),
            "keyClose": _("Close, leave a text box"),
            "keyNext": _("Next / previous"),
            "keyOpen": pgettext("key", "Open"),
            "keySelect": pgettext("key", "Select"),
            "keyUndo": _("Undo"),
            "keys": _("Keyboard"),
            "keysSwitch": _("Single-letter keys"),
            "space": pgettext("key", "Space"),
            "tableView": _("Show as table"),
            "chartView": _("Show as chart"),
            "queueWaiting": _("{n} waiting to be sent"),
            "queueSent": _("All sent"),
            "queueHeld": _("{n} refused by the server: open the job and check"),
            "remove": _("Remove"),
            "photoFailed": _("This picture cannot be read."),
            "located": _("Location noted, within {n} m"),
            "notLocated": _("Location not available; you can go on without it."),
        },
        "q-texts",
    )
