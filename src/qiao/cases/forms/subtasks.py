"""A sub-task as somebody writes it: what, whose, until when."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.facts import FactsForm
from qiao.cases.operations.subtasks import TITLE_LENGTH, WORDS_LENGTH, Owner

PERSON: Final = "person:"
TEAM: Final = "team:"
Choices = Sequence[tuple[int, str]]


class SubTaskForm(FactsForm):
    """A new sub-task, or an open one that is changed."""

    title = forms.CharField(
        label=pgettext_lazy("sub-task", "What is to be done"), max_length=TITLE_LENGTH
    )
    owner = forms.ChoiceField(label=pgettext_lazy("sub-task", "By whom"))
    due_at = forms.DateTimeField(
        label=pgettext_lazy("sub-task", "Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, people: Choices, teams: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            (_("Teams"), [(f"{TEAM}{pk}", name) for pk, name in teams]),
            (_("People"), [(f"{PERSON}{pk}", name) for pk, name in people]),
        ]

    @property
    def chosen_owner(self) -> Owner:
        """Who was chosen."""
        kind, _colon, pk = str(self.cleaned_data["owner"]).partition(":")
        number = int(pk)
        return Owner(team_id=number) if f"{kind}:" == TEAM else Owner(staff_id=number)


def owner_value(staff_id: int | None, team_id: int | None) -> str:
    """The value under which an owner is chosen."""
    return f"{TEAM}{team_id}" if team_id else f"{PERSON}{staff_id}"


class EndForm(FactsForm):
    """What is said when a sub-task ends."""

    words = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=WORDS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, reason: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if reason:
            self.fields["words"].label = _("Reason")
            self.fields["words"].required = True
