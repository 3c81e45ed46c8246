"""Forms of logs that come in: the upload, how a file is read, and what its words mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.table_forms import set_up
from qiao.staff.queries import branches_among

SETTINGS = ("zone", "order", "datum", "promises", "team", "type")
WORDS = ("types", "causes", "statuses", "priorities", "channels")


class LogForm(forms.Form):
    """A log, whose it is, and the unit that takes it in."""

    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("customer form", "Branch"),
        coerce=int,
        help_text=_("Whose cases these become."),
    )
    source = forms.CharField(
        label=pgettext_lazy("log of cases", "Log"),
        max_length=60,
        help_text=_(
            "Whose log it is, always in the same words: a case is known again by the log and its"
            " number there."
        ),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Excel (XLSX or XLS, up to 200 MB) or CSV (up to 2 GB). The first row names the"
            " columns."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, actor: Actor, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = branches_among(actor.organisations("cases.intake"))
        set_up(self, units=units, usual=actor.organisation_id)
        if sources:
            self.fields["source"].initial = sources[0]


def settings_in(post: QueryDict) -> dict[str, str]:
    """How the file is read, as it was chosen."""
    return {key: str(post[key]) for key in SETTINGS if key in post}


def choices_in(
    post: QueryDict, words: Mapping[str, Sequence[str]], allowed: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, str]]:
    """What every word of the log was said to mean; what is not allowed counts as nothing said.

    `words` are the words of each kind in the order in which the page showed them.
    """
    found: dict[str, dict[str, str]] = {}
    for kind in WORDS:
        found[kind] = {}
        for place, word in enumerate(words.get(kind, ())):
            chosen = post.get(f"{kind}-{place}", "")
            if chosen and chosen in allowed[kind]:
                found[kind][word] = chosen
    return found
