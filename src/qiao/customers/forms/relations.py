"""Forms of households, company groups, contact persons and acting for others."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.rules.ids import LARGEST_ID
from qiao.customers.forms import phone_of
from qiao.customers.forms.places import day_field
from qiao.customers.models import Acting, ContactPerson

_MISTAKE = _("Its first day takes back what was entered by mistake")
Choices = Sequence[tuple[int, str]]


def _person(*, required: bool = True) -> forms.IntegerField:
    """Who was picked; `customers/pick.html` stands in its place."""
    return forms.IntegerField(
        required=required,
        min_value=1,
        max_value=LARGEST_ID,
        widget=forms.HiddenInput,
        error_messages={"required": _("Find somebody and choose them.")},
    )


def _since() -> forms.DateField:
    return day_field(pgettext_lazy("relations", "Since"))


def _until() -> forms.DateField:
    return day_field(
        pgettext_lazy("relations", "Until"),
        required=False,
        hint=_("The first day on which it no longer holds; empty for until further notice"),
    )


def _chosen(label: Any, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, **more)


class _WithChoices(forms.Form):
    """A form some of whose fields choose among rows: ``choices={"heir": [(id, words)]}``."""

    def __init__(self, *args: Any, choices: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            none = [] if field.required else [("", "–")]
            field.choices = [*none, *rows]


class HouseholdForm(_WithChoices):
    """Who of those at an address are one household, and who is its head."""

    members = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("relations", "Members"), coerce=int, required=False
    )
    head = _chosen(pgettext_lazy("relations", "Head of the household"))
    since = _since()
    name = forms.CharField(
        label=pgettext_lazy("customer form", "Name"),
        max_length=80,
        required=False,
        help_text=_("Without a name it is called after its head"),
    )


class CompanyGroupForm(forms.Form):
    """A company group under its parent company."""

    name = forms.CharField(label=_("Name of the group"), max_length=80)
    since = _since()


class JoinForm(_WithChoices):
    """Who joins; in a company group also under which company."""

    person = _person()
    under = _chosen(_("Stands under"), required=False)
    since = _since()
    until = _until()


class LeaveForm(_WithChoices):
    """When a member leaves; a head names who takes the place."""

    heir = _chosen(_("Who takes the place"))
    day = day_field(_("First day without"), hint=_MISTAKE)


class HeadForm(_WithChoices):
    """Another head."""

    head = _chosen(pgettext_lazy("relations", "New head"))
    day = day_field(_("First day with the new head"))


class PlaceForm(_WithChoices):
    """Under which company a company stands."""

    under = _chosen(_("Stands under"))
    day = day_field(_("From which day on"))


class EndForm(forms.Form):
    """The first day on which something no longer holds."""

    day = day_field(_("First day on which it no longer holds"), hint=_MISTAKE)


class DissolveForm(forms.Form):
    """The first day without a household or group."""

    day = day_field(_("First day on which it no longer holds"))


class DescribeForm(forms.Form):
    """What a household or group is called."""

    name = forms.CharField(
        label=pgettext_lazy("customer form", "Name"), max_length=80, required=False
    )
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContactPersonForm(forms.Form):
    """A contact person: somebody held, or a name."""

    person = _person(required=False)
    name = forms.CharField(
        label=_("Or only a name"),
        max_length=80,
        required=False,
        help_text=_("For somebody who is no customer"),
    )
    function = forms.ChoiceField(
        label=pgettext_lazy("contact", "Function"), choices=ContactPerson.Function.choices
    )
    phone = forms.CharField(label=_("Telephone number"), max_length=64, required=False)
    email = forms.EmailField(
        label=pgettext_lazy("contact", "E-mail"), max_length=120, required=False
    )
    since = _since()
    until = _until()
    is_primary = forms.BooleanField(
        label=_("First to ask"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "q-switch", "role": "switch"}),
    )

    leads_here = forms.BooleanField(
        label=_("Calls from this number lead to the organisation"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"class": "q-switch", "role": "switch"}),
    )

    def clean_phone(self) -> str:
        """The stored form."""
        return phone_of(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not data.get("person") and not data.get("name") and "person" in data:
            self.add_error("name", _("Choose somebody, or write a name."))
        if data.get("person"):
            data["name"] = ""
        return data


class ActingForm(_WithChoices):
    """Who acts for whom, by what, in which matters."""

    side = forms.ChoiceField(
        label=pgettext_lazy("relations", "Direction"),
        choices=(("for", ""), ("by", "")),
        widget=forms.RadioSelect,
        initial="for",
    )
    person = _person()
    basis = forms.ChoiceField(
        label=pgettext_lazy("acting", "By what"), choices=Acting.Basis.choices
    )
    scope = forms.MultipleChoiceField(
        label=pgettext_lazy("acting", "In which matters"),
        choices=Acting.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=["information", "service", "payment"],
    )
    since = _since()
    until = _until()
    proof = forms.CharField(
        label=_("Proof"),
        max_length=300,
        required=False,
        help_text=_("Number of the deed or certificate, who saw it"),
    )
    document = _chosen(_("Paper in the file"), required=False)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["side"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("for", _("{name} acts for…").format(name=name)),
            ("by", _("{name} is represented by…").format(name=name)),
        ]
