"""Forms of what law asks about a person."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models import Erasure


class ErasureForm(forms.Form):
    """Why a person is to be erased, and on what ground."""

    basis = forms.ChoiceField(
        label=_("Legal ground"), choices=Erasure.Basis.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=500,
        help_text=_("How and when the request came, and where its paper lies."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SubjectAccessForm(forms.Form):
    """For whom and in which language all that is held is put together."""

    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=300,
        help_text=_("Who asked, and how it was checked that it is really them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    language = forms.ChoiceField(label=_("Language of the file"), choices=settings.LANGUAGES)


class HoldForm(forms.Form):
    """Why everything of a customer is kept."""

    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=300,
        help_text=_("A dispute, an inquiry, a court: with its number"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
