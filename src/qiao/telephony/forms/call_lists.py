"""What a list of calls is made of, as its form asks for it."""

from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor
from qiao.core.registry import registry
from qiao.customers.queries import name_in, open_segments
from qiao.telephony.models import CallList
from qiao.telephony.operations import ListDraft
from qiao.telephony.operations.call_lists import NAME_LENGTH, SCRIPT_LENGTH
from qiao.telephony.rights import LISTS
from qiao.telephony.rules.call_lists import MOST_CODES, USUAL
from qiao.telephony.rules.call_lists import NAME_LENGTH as CODE_LENGTH

KINDS: Final = (
    ("reached", pgettext_lazy("result of a call", "Reached")),
    ("not_reached", pgettext_lazy("result of a call", "Not reached: tried again")),
    ("refused", pgettext_lazy("result of a call", "Does not want to talk")),
    ("wrong_number", pgettext_lazy("result of a call", "Wrong number")),
)
TERMS: Final = ("most_tries", "wait_minutes", "busy_minutes", "quiet_days", "begins", "ends")
OF_LANGUAGES: Final = (("zh-hans", "hans"), ("zh-hant", "hant"), ("en", "en"))


class CallListForm(forms.Form):
    """A list: whom, by which script, how often and when, with which results."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    people = forms.ChoiceField(
        label=_("Who is called"),
        help_text=_("A segment, or what waits to be called about elsewhere."),
    )
    mode = forms.ChoiceField(
        label=pgettext_lazy("call list", "How it is dialled"), choices=CallList.Mode.choices
    )
    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=CallList.Purpose.choices,
        help_text=_("Who did not agree to calls for it is left out."),
    )
    script = forms.CharField(
        label=_("What is said"),
        required=False,
        max_length=SCRIPT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    most_tries = forms.IntegerField(
        label=_("Attempts at most"), min_value=1, max_value=10, initial=3
    )
    wait_minutes = forms.IntegerField(
        label=_("Minutes until the next attempt"), min_value=1, max_value=10_080, initial=120
    )
    busy_minutes = forms.IntegerField(
        label=_("Minutes after a busy line"), min_value=1, max_value=10_080, initial=15
    )
    begins = forms.TimeField(
        label=_("Calls from"), initial=time(9), widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=_("Calls until"), initial=time(18), widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_days = forms.IntegerField(
        label=_("Days of quiet"),
        min_value=0,
        max_value=365,
        initial=30,
        help_text=_("Whom another list has called within them is left out."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, actor: Actor, **rest: Any
    ) -> None:
        super().__init__(data, **rest)
        self._actor = actor
        field = self.fields["people"]
        field.choices = [("", "—"), *_people(actor)]  # type: ignore[attr-defined]
        for place in range(MOST_CODES):
            self._add_code(place)

    def _add_code(self, place: int) -> None:
        code = USUAL[place] if place < len(USUAL) else None
        for language, short in OF_LANGUAGES:
            self.fields[f"code{place}_{short}"] = forms.CharField(
                required=False,
                max_length=CODE_LENGTH,
                initial=code.names[language] if code else "",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )
        self.fields[f"code{place}_kind"] = forms.ChoiceField(
            required=False,
            choices=KINDS,
            initial=code.kind if code else "reached",
            widget=forms.Select(attrs={"class": "form-select w-auto"}),
        )

    @property
    def plain(self) -> list[forms.BoundField]:
        """What the list is for: all fields but its terms and those of the results."""
        return [self[k] for k in self.fields if not k.startswith("code") and k not in TERMS]

    @property
    def terms(self) -> list[forms.BoundField]:
        """How often and when people are called."""
        return [self[name] for name in TERMS]

    @property
    def results(self) -> list[list[forms.BoundField]]:
        """The fields of each result: three names and its kind."""
        parts = (*(short for _language, short in OF_LANGUAGES), "kind")
        return [[self[f"code{place}_{part}"] for part in parts] for place in range(MOST_CODES)]

    def draft(self, *, organisation_id: int) -> ListDraft:
        """What was filled in; the unit counts where no segment has one."""
        data = self.cleaned_data
        kind, _, value = data["people"].partition(":")
        return ListDraft(
            name=data["name"],
            organisation_id=organisation_id,
            segment_id=int(value) if kind == "segment" else None,
            source=value if kind == "source" else "",
            mode=data["mode"],
            purpose=data["purpose"],
            script=data["script"],
            codes=[each for each in map(self._code, range(MOST_CODES)) if each["names"]],
            most_tries=data["most_tries"],
            wait_minutes=data["wait_minutes"],
            busy_minutes=data["busy_minutes"],
            begins=data["begins"],
            ends=data["ends"],
            quiet_days=data["quiet_days"],
        )

    def _code(self, place: int) -> dict[str, Any]:
        """A result; one of the usual ones keeps its key, and the ends of calls that mean it."""
        data = self.cleaned_data
        usual = USUAL[place] if place < len(USUAL) else None
        names = {
            language: data[f"code{place}_{short}"].strip()
            for language, short in OF_LANGUAGES
            if data[f"code{place}_{short}"].strip()
        }
        kind = data[f"code{place}_kind"]
        keeps = usual is not None and usual.kind == kind
        return {
            "key": usual.key if usual and keeps else f"r{place + 1}",
            "names": names,
            "kind": kind,
            "ends": list(usual.ends) if usual and keeps else [],
        }


class LaterForm(forms.Form):
    """When somebody wants to be called."""

    at = forms.DateTimeField(
        label=_("Call again at"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "form-control w-auto"},
            format="%Y-%m-%dT%H:%M",
        ),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


def _people(actor: Actor) -> list[tuple[str, Any]]:
    language = get_language() or "en"
    units = set(actor.organisations(LISTS))
    segments = [
        (f"segment:{each.pk}", name_in(each, language))
        for each in open_segments(actor=actor)
        if each.organisation_id in units
    ]
    sources = [(f"source:{s.key}", s.label) for s in registry.call_sources(actor).values()]
    return [(str(_("Waiting elsewhere")), sources), (str(_("Segments")), segments)]
