"""Forms of the module. The operations check; forms ask and place the refusals."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.api.operations import BadRange, BadText
from qiao.api.rules.networks import read_ranges
from qiao.api.words import SCOPES, event_words
from qiao.core.actor import Actor
from qiao.core.events import event_types
from qiao.core.registry import registry
from qiao.staff.queries import units_among

MANAGE = "api.manage"
LIFETIMES = (("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("", _("No end")))
OVERLAPS = (
    ("0", _("End at once")),
    ("1", _("1 hour")),
    ("24", _("24 hours")),
    ("168", _("7 days")),
)
INDENT = "\N{IDEOGRAPHIC SPACE}"


def _units(actor: Actor, language: str) -> list[tuple[int, str]]:
    units = units_among(actor.organisations(MANAGE), language=language)
    return [(unit.unit_id, f"{INDENT * unit.depth}{unit.name}") for unit in units]


def refuse(form: forms.Form, refusal: Exception, field: str | None, words: str) -> None:
    """Place a refusal of an operation beside its field."""
    if isinstance(refusal, BadText):
        field, words = refusal.field, _now(refusal.message) % refusal.params
    form.add_error(field if field in form.fields else None, words)


class KeyForm(forms.Form):
    """A new key. `once` keeps a form that is posted again from making a second one."""

    name = forms.CharField(
        label=_("Program"), max_length=80, help_text=_("What it is called, for example “Cashier”.")
    )
    purpose = forms.CharField(
        label=_("What for"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("api form", "Unit"), coerce=int,
        help_text=_("It sees this unit and all below it."),
    )  # fmt: skip
    calls_a_minute = forms.IntegerField(
        label=_("Calls a minute"), min_value=1, max_value=100_000, initial=600
    )
    days = forms.ChoiceField(
        label=_("Valid for"), choices=LIFETIMES, required=False, initial="365"
    )
    ranges = forms.CharField(
        label=_("Only from these addresses"), max_length=1_000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example 10.1.0.0/16, separated by spaces; empty for all."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = _units(actor, language)  # type: ignore[attr-defined]
        self.fields["scopes"].choices = list(SCOPES.items())  # type: ignore[attr-defined]

    def clean_ranges(self) -> tuple[str, ...]:
        """Ranges in their shortest form."""
        try:
            return read_ranges(self.cleaned_data["ranges"])
        except BadRange as error:
            words = _now("“%(word)s” is no range of addresses.") % {"word": error.args[0]}
            raise forms.ValidationError(words) from error

    def expires_at(self, now: datetime) -> datetime | None:
        """When the key ends."""
        days = self.cleaned_data["days"]
        return now + timedelta(days=int(days)) if days else None


class OverlapForm(forms.Form):
    """How long a former secret goes on working."""

    overlap = forms.TypedChoiceField(
        label=_("The former secret goes on working for"), choices=OVERLAPS, coerce=int,
        initial="24",
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput)

    def only_at_once(self) -> "OverlapForm":
        """Offer nothing but the end of all former secrets."""
        overlap = self.fields["overlap"]
        overlap.choices = OVERLAPS[:1]  # type: ignore[attr-defined]
        overlap.initial = OVERLAPS[0][0]
        return self


class EndpointForm(forms.Form):
    """Where events are sent, and which."""

    name = forms.CharField(label=_("Receiver"), max_length=80)
    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("It begins with https://"),
        widget=forms.URLInput,
    )  # fmt: skip
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("api form", "Unit"), coerce=int,
        help_text=_("It hears of this unit and all below it."),
    )  # fmt: skip
    event_types = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, actor: Actor, language: str, fixed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if fixed:  # an endpoint stays with its unit, and nothing is made twice
            del self.fields["organisation"], self.fields["once"]
        else:
            units = _units(actor, language)
            self.fields["organisation"].choices = units  # type: ignore[attr-defined]
        choices = [(kind.name, event_words(kind.name)) for kind in event_types()]
        self.fields["event_types"].choices = choices  # type: ignore[attr-defined]

    def event_groups(self) -> list[tuple[Any, list[tuple[str, Any, bool]]]]:
        """Events by module: name, words, and whether it is chosen."""
        labels = {module.key: module.label for module in registry}
        chosen = set(self["event_types"].value() or ())
        groups: dict[str, list[tuple[str, Any, bool]]] = {key: [] for key in labels}
        for kind in event_types():
            each = (kind.name, event_words(kind.name), kind.name in chosen)
            groups.setdefault(kind.name.partition(".")[0], []).append(each)
        return [(labels.get(key, key), events) for key, events in groups.items() if events]
