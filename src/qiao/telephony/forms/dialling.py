"""What is posted by the key beside a number."""

from django import forms

MOST_ID = 2**63 - 1


class AboutForm(forms.Form):
    """The case that a call is about, if any."""

    case = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)
