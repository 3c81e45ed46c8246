"""What is asked about suggestions inside the house."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.feedback.models import Suggestion
from qiao.feedback.operations.answering import ANSWER_LENGTH
from qiao.feedback.operations.suggestions import NAME_LENGTH, TEXT_LENGTH, TITLE_LENGTH
from qiao.feedback.rules.suggestions import OUTCOMES

State = Suggestion.State
TITLE = pgettext_lazy("suggestion", "In one line")
WORDS = pgettext_lazy("suggestion", "What is suggested")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WishForm(forms.Form):
    """A suggestion made of a case, or written down from paper."""

    title = forms.CharField(label=TITLE, max_length=TITLE_LENGTH)
    text = forms.CharField(label=WORDS, max_length=TEXT_LENGTH, widget=_area(5))


class PaperForm(WishForm):
    """A suggestion from the visitors' book or a card."""

    source = forms.ChoiceField(
        label=_("Where it stood"),
        choices=[(key, Suggestion.Source(key).label) for key in ("book", "card")],
    )
    name = forms.CharField(
        label=pgettext_lazy("suggestion", "Name"), max_length=NAME_LENGTH, required=False
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    field_order = ("source", "title", "text", "name", "phone")


class ScreenForm(forms.Form):
    """Whether everybody may read it, and in which words."""

    title = forms.CharField(
        label=_("Title for everybody"), max_length=TITLE_LENGTH, required=False
    )
    text = forms.CharField(
        label=_("Words for everybody"), max_length=TEXT_LENGTH, required=False, widget=_area(6)
    )
    category = forms.ChoiceField(
        label=pgettext_lazy("suggestion", "Subject"), choices=Suggestion.Category.choices
    )
    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("public", _("Everybody may read it")),
            ("private", _("It stays inside; the author gets an answer")),
            ("spam", _("It is not a suggestion")),
        ],
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """What everybody may read needs words."""
        data = super().clean() or self.cleaned_data
        if data.get("verdict") == "public":
            for name in ("title", "text"):
                if not data.get(name):
                    self.add_error(name, _("This field is required."))
        return data


class DecideForm(forms.Form):
    """Who has it, until when, how far it is."""

    state = forms.ChoiceField(label=_("State"))
    owner = forms.TypedChoiceField(
        label=pgettext_lazy("improvement", "Owner"), coerce=int, required=False, empty_value=None
    )
    target_date = forms.DateField(
        label=pgettext_lazy("suggestion", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(
        self, *args: Any, states: Sequence[str], owners: Sequence[tuple[Any, Any]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (key, State(key).label) for key in states
        ]
        self.fields["owner"].choices = [("", "–"), *owners]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The company's answer."""

    text = forms.CharField(
        label=pgettext_lazy("suggestion", "Answer"), max_length=ANSWER_LENGTH, widget=_area(7)
    )
    outcome = forms.ChoiceField(
        label=_("With this it is"), choices=[(key, State(key).label) for key in OUTCOMES]
    )
    readers = forms.ChoiceField(
        label=_("Who reads it"),
        choices=[
            ("public", _("Everybody, once a second person agreed")),
            ("private", _("Only the author, at once")),
        ],
        widget=forms.RadioSelect,
    )


class JoinForm(forms.Form):
    """Which suggestion stands for this one."""

    number = forms.CharField(label=_("Number"), max_length=20)
