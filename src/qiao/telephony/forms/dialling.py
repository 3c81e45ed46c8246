"""What is posted by the key beside a number."""

from django import forms

from qiao.core.rules.ids import LARGEST_ID


class AboutForm(forms.Form):
    """The case that a call is about, if any."""

    case = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
