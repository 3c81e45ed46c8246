"""Forms of cards."""

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models import Card
from qiao.customers.rules.cards import BadCard, read_card


class CardForm(forms.Form):
    """A card as its reader gives it."""

    kind = forms.ChoiceField(label=pgettext_lazy("card form", "Card"), choices=Card.Kind.choices)
    number = forms.CharField(
        label=_("Card number"),
        max_length=60,
        help_text=_("Type it, or hold the card to the reader."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """The number in its stored form."""
        try:
            return read_card(self.cleaned_data["number"])
        except BadCard as refusal:
            message = _now("A card has 4 to 40 letters and digits. Compare it with the card.")
            raise forms.ValidationError(message) from refusal


class EndCardForm(forms.Form):
    """The first day on which a card leads to nobody."""

    end_date = forms.DateField(
        label=_("No longer valid from"), widget=forms.DateInput(attrs={"type": "date"})
    )
