"""What is asked before a recording is taken away, or held."""

from django import forms
from django.utils.translation import gettext_lazy as _

from qiao.telephony.models import RecordingHold
from qiao.telephony.operations.listening import REASON_LENGTH


class TakeForm(forms.Form):
    """Why a recording is taken away."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)


class KeepLongerForm(forms.Form):
    """Why a recording is kept longer, with the number of the dispute or lawsuit."""

    why = forms.ChoiceField(label=_("Why it is held"), choices=RecordingHold.Why.choices)
    note = forms.CharField(label=_("Note"), max_length=REASON_LENGTH)
