"""Handing an account over: who leaves, who comes, with which reading."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.rules.ids import LARGEST_ID
from qiao.customers.forms import phone_of
from qiao.customers.forms.places import day_field, reading_field
from qiao.customers.models import Customer

KINDS = (
    ("owner", pgettext_lazy("move", "The owner changes")),
    ("occupant", pgettext_lazy("move", "Only the occupant changes")),
)
PAYS = (
    ("", pgettext_lazy("move", "As it is now")),
    ("newcomer", pgettext_lazy("move", "Who moves in")),
)


class MoveForm(forms.Form):
    """One hand-over. `parties` are the parts that run now: their ids with their words.

    `alike_comer` is chosen among those who are very like the new name, in place of it.
    """

    kind = forms.ChoiceField(
        label=_("Kind of hand-over"), choices=KINDS, widget=forms.RadioSelect, initial="owner"
    )
    day = day_field(
        _("Handed over on"), hint=_("The first day of who moves in; it may lie in the past.")
    )
    leaving = forms.TypedMultipleChoiceField(
        label=_("Who leaves"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    comer = forms.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput
    )
    alike_comer = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    new_name = forms.CharField(
        label=pgettext_lazy("customer form", "Name"), max_length=120, required=False
    )
    new_phone = forms.CharField(label=_("Telephone number"), max_length=64, required=False)
    new_kind = forms.ChoiceField(
        label=pgettext_lazy("customer form", "Kind"), choices=Customer.Kind.choices, required=False
    )
    someone_else = forms.BooleanField(
        label=_("This is somebody else: register all the same"), required=False
    )
    pays = forms.ChoiceField(
        label=_("Who pays from then on"), choices=PAYS, widget=forms.RadioSelect, required=False
    )
    final_reading = reading_field(_("Closing reading"))
    opening_reading = reading_field(_("Opening reading"))
    forwarding_address = forms.CharField(
        label=_("Forwarding address"), max_length=200, required=False
    )
    forwarding_phone = forms.CharField(label=_("Forwarding number"), max_length=64, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, parties: Sequence[tuple[int, str]], leaves: Iterable[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["leaving"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = list(parties)
        field.initial = list(leaves)

    def clean_new_phone(self) -> str:
        """The stored form."""
        return phone_of(self.cleaned_data["new_phone"])

    def clean_forwarding_phone(self) -> str:
        """The stored form."""
        return phone_of(self.cleaned_data["forwarding_phone"])

    def clean(self) -> dict[str, Any]:
        """One person comes: found or new, not both; an owner always follows an owner."""
        data = super().clean() or {}
        if data.get("alike_comer"):
            data |= {"comer": data["alike_comer"], "new_name": ""}
        found, new = data.get("comer"), data.get("new_name")
        if found and new:
            self.add_error("new_name", _("Either choose who was found, or write a new name."))
        if data.get("kind") == "owner" and not found and not new and "new_name" in data:
            self.add_error("new_name", _("Choose who takes the account over."))
        return data


class UndoForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
