"""Forms of tags: a word of the vocabulary, which one stands for another, which one is given."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models import Tag
from qiao.customers.operations.tags import ABOUT_LENGTH, GROUP_LENGTH, NAME_LENGTH


class TagForm(forms.Form):
    """A word of the company's vocabulary; `groups` are those in use, offered while typing."""

    name = forms.CharField(label=pgettext_lazy("tag", "Name"), max_length=NAME_LENGTH)
    about = forms.CharField(
        label=_("When it is given"),
        max_length=ABOUT_LENGTH,
        required=False,
        help_text=_("One line that tells colleagues whom it is meant for"),
    )
    group = forms.CharField(
        label=pgettext_lazy("tag", "Group"), max_length=GROUP_LENGTH, required=False
    )
    tone = forms.ChoiceField(
        label=pgettext_lazy("tag", "Colour"),
        choices=Tag.Tone.choices,
        required=False,
        widget=forms.RadioSelect,
    )


def _chosen(label: Any, tags: Iterable[Tag]) -> forms.TypedChoiceField:
    choices = [(tag.pk, f"{tag.group} · {tag.name}" if tag.group else tag.name) for tag in tags]
    return forms.TypedChoiceField(label=label, choices=[("", "–"), *choices], coerce=int)


class TagMergeForm(forms.Form):
    """Which tag stands for the one that goes."""

    def __init__(self, *args: Any, tags: Iterable[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"] = _chosen(_("The tag that stays"), tags)


class TagManyForm(forms.Form):
    """Which tag the members of a segment, or customers chosen in a list, are given."""

    def __init__(self, *args: Any, tags: Iterable[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"] = _chosen(_("Tag"), tags)
