"""Forms of merging and of saying that two are not the same."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.operations import Choices
from qiao.customers.queries.comparing import Comparison, Side

REASON_LENGTH = 300


class DismissForm(forms.Form):
    """Why two records are two people."""

    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance: mother and daughter, namesakes, two shops of one chain."),
    )


class MergeForm(forms.Form):
    """Who stands for both, and what of each is kept. Values name records."""

    survivor = forms.TypedChoiceField(coerce=int)
    name = forms.TypedChoiceField(coerce=int)
    gender = forms.TypedChoiceField(coerce=int)
    tier = forms.TypedChoiceField(coerce=int)
    phone = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"), max_length=REASON_LENGTH
    )

    def __init__(self, *args: Any, comparison: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = (comparison.first, comparison.second)
        records = [(side.customer.pk, side.customer.name) for side in self.sides]
        for name in ("survivor", "name", "gender", "tier"):
            self.fields[name].choices = records  # type: ignore[attr-defined] # a choice field
        self.fields["phone"].choices = [  # type: ignore[attr-defined] # a choice field
            (phone.pk, phone.number) for side in self.sides for phone in side.phones
        ]

    @staticmethod
    def proposed(comparison: Comparison) -> dict[str, Any]:
        """What stands in the form at first: all of the proposed survivor, what it lacks from the
        other."""
        own, other = comparison.survivor, comparison.other
        pk = own.customer.pk
        return {
            "survivor": pk,
            "name": pk,
            "gender": pk if own.customer.gender or not other.customer.gender else _pk(other),
            "tier": pk,
            "phone": next((p.pk for side in (own, other) for p in side.phones), None),
        }

    def chosen(self) -> tuple[int, int, Choices]:
        """The ids of the survivor and of the other, and what the survivor takes over."""
        data = self.cleaned_data
        survivor = data["survivor"]
        (other,) = (_pk(side) for side in self.sides if _pk(side) != survivor)
        return (
            survivor,
            other,
            Choices(
                name=data["name"] == other,
                gender=data["gender"] == other,
                tier=data["tier"] == other,
                phone_id=data["phone"],
            ),
        )


def _pk(side: Side) -> int:
    return side.customer.pk
