"""What is asked of who says something about the product."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.rollout.operations.remarks import TEXT_LENGTH

KINDS = (
    ("wrong", pgettext_lazy("remark", "Something is wrong")),
    ("idea", pgettext_lazy("remark", "An idea")),
    ("praise", pgettext_lazy("remark", "Praise")),
)


class RemarkForm(forms.Form):
    """A remark; where it came from comes along by itself."""

    text = forms.CharField(
        label=pgettext_lazy("remark", "What you want to say"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text=_("No names and numbers of customers, please."),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("remark", "Kind"),
        choices=KINDS,
        required=False,
        widget=forms.RadioSelect,
    )
    picture = forms.FileField(
        label=_("Picture of the screen"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    page = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    path = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)
