"""Names in the reader's language: places of texts, scopes, shelves, titles."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.rules.texts import DATA_KEYS
from qiao.core.wording import reader_key, said
from qiao.knowledge.queries.seeds import categories

PLACES: Final = {
    "customer.title": _("Customer's form of address"),
    "customer.name": _("Customer's name"),
    "customer.number": _("Customer number"),
    "case.number": _("Case number"),
    "case.type": _("Type of the case"),
    "case.title": _("Title of the case"),
    "case.place": _("Place of the case"),
    "case.opened": _("When the case was opened"),
    "due": _("Deadline"),
    "agent.name": _("Your name"),
    "agent.number": _("Your staff number"),
    "team.name": _("Team that works on it"),
    "organisation.name": _("Name of the branch"),
    "organisation.phone": _("Telephone of the branch"),
    "today": _("Today's date"),
}
LANGUAGES: Final = {
    "en": pgettext_lazy("language of a text", "English"),
    "zh-Hans": pgettext_lazy("language of a text", "简体中文"),
    "zh-Hant": pgettext_lazy("language of a text", "繁體中文"),
}
_ORDER: Final = {
    "en": ("en", "zh-Hans", "zh-Hant"),
    "zh-Hans": ("zh-Hans", "zh-Hant", "en"),
    "zh-Hant": ("zh-Hant", "zh-Hans", "en"),
}


def language_of(texts: Mapping[str, str], wanted: str = "") -> str:
    """The key of the language in which a text is shown: the one `wanted`, else the reader's, else
    the nearest that it has."""
    order = (wanted, *_ORDER[reader_key()]) if wanted in DATA_KEYS else _ORDER[reader_key()]
    return next((key for key in order if texts.get(key)), "en")


def best(texts: Mapping[str, str], wanted: str = "") -> str:
    """A text in the reader's language, or the nearest."""
    return texts.get(language_of(texts, wanted), "")


def category_name(key: str) -> str:
    """The name of a shelf."""
    found = categories().get(key)
    return said(found.name) if found else key


def category_icon(key: str) -> str:
    """The icon of a shelf."""
    found = categories().get(key)
    return found.icon if found else "book"
