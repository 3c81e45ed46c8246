"""Forms of the customers module. The operations check; forms ask and place the refusals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.customers.models import Customer, CustomerIdentity, ProtectedFlag, Service
from qiao.staff.queries import branches_among

NAME_LENGTH = 120
PART_LENGTH = 60
ADDRESS_FIELDS = ("road", "house_number", "community", "building", "unit", "room")


def phone_of(text: str) -> str:
    try:
        return phones.normalise(text) if text else ""
    except phones.BadPhone as error:
        raise forms.ValidationError(
            _("This is not a telephone number. Write a mobile number, or one with its area code.")
        ) from error


class NewCustomerForm(forms.Form):
    """A new customer; with an account number also the account and its address."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("customer form", "Kind"),
        choices=Customer.Kind.choices,
        widget=forms.RadioSelect,
        initial="person",
    )
    name = forms.CharField(label=pgettext_lazy("customer form", "Name"), max_length=NAME_LENGTH)
    gender = forms.ChoiceField(
        label=pgettext_lazy("customer form", "Gender"),
        choices=Customer.Gender.choices,
        required=False,
    )
    phone = forms.CharField(label=_("Telephone number"), max_length=64, required=False)
    identity_kind = forms.ChoiceField(
        label=_("Identity document"), choices=CustomerIdentity.Kind.choices, required=False
    )
    identity = forms.CharField(label=_("Document number"), max_length=40, required=False)
    flags = forms.MultipleChoiceField(
        label=_("Protected because of"),
        choices=ProtectedFlag.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("customer form", "Branch"), coerce=int
    )
    account_number = forms.CharField(label=_("Account number"), max_length=24, required=False)
    service = forms.ChoiceField(
        label=pgettext_lazy("customer form", "Service"), choices=Service.choices, required=False
    )
    district = forms.CharField(
        label=pgettext_lazy("customer form", "District"), max_length=PART_LENGTH, required=False
    )
    road = forms.CharField(
        label=pgettext_lazy("customer form", "Road"), max_length=PART_LENGTH, required=False
    )
    house_number = forms.CharField(
        label=pgettext_lazy("customer form", "House number"), max_length=20, required=False
    )
    community = forms.CharField(
        label=pgettext_lazy("customer form", "Community"), max_length=PART_LENGTH, required=False
    )
    building = forms.CharField(
        label=pgettext_lazy("customer form", "Building"), max_length=20, required=False
    )
    unit = forms.CharField(
        label=pgettext_lazy("customer form", "Entrance"), max_length=20, required=False
    )
    room = forms.CharField(
        label=pgettext_lazy("customer form", "Room"), max_length=20, required=False
    )
    someone_else = forms.BooleanField(
        label=_("This is somebody else: register all the same"), required=False
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = actor.organisations("customers.edit")
        field = self.fields["organisation"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(branches_among(allowed).items())
        if actor.organisation_id in allowed:
            field.initial = actor.organisation_id

    def clean_phone(self) -> str:
        """The stored form."""
        return phone_of(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """An account needs an address."""
        data = super().clean() or {}
        if data.get("account_number") and not any(data.get(key) for key in ADDRESS_FIELDS):
            self.add_error("road", _("An account needs the address that is served."))
        return data

    @property
    def address_text(self) -> str:
        """The parts of the address in one line, for looking up who is held there."""
        data = self.cleaned_data
        return "".join(data.get(key) or "" for key in ADDRESS_FIELDS)


class PhoneForm(forms.Form):
    """Another number of a customer."""

    number = forms.CharField(label=_("Telephone number"), max_length=64)
    label = forms.CharField(
        label=_("Whose or where"), max_length=40, required=False, help_text=_("Office, daughter…")
    )
    is_primary = forms.BooleanField(
        label=_("Call this number first"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "q-switch", "role": "switch"}),
    )

    def clean_number(self) -> str:
        """The stored form."""
        return phone_of(self.cleaned_data["number"])


class NameForm(forms.Form):
    """Another name of a customer."""

    name = forms.CharField(label=pgettext_lazy("customer form", "Name"), max_length=NAME_LENGTH)


class IdentityForm(forms.Form):
    """An identity number, kept encrypted."""

    kind = forms.ChoiceField(label=_("Identity document"), choices=CustomerIdentity.Kind.choices)
    number = forms.CharField(label=_("Document number"), max_length=40)
