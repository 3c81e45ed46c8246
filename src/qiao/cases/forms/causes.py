"""Choosing a cause: suggestions on top, the whole tree below, found by words or pinyin."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import FactsForm
from qiao.cases.showing.cause_words import CauseLine


def by_group(lines: Sequence[CauseLine]) -> list[tuple[str, list[CauseLine]]]:
    """Lines in their order, those of one branch together."""
    return [(group, list(of)) for group, of in groupby(lines, key=lambda line: line.group)]


class CauseChooser(forms.Widget):
    """Radio buttons with a search box; what is found comes from the server as one types."""

    def __init__(
        self, *, case_id: int, lines: Sequence[CauseLine], suggested: Sequence[CauseLine] = ()
    ) -> None:
        super().__init__()
        self.case_id, self.lines, self.suggested = case_id, lines, suggested

    def id_for_label(self, id_: str) -> str:
        """The search box is what the label names."""
        return id_

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The chooser as HTML."""
        del renderer
        return render_to_string(
            "cases/_cause_chooser.html",
            {
                "name": name,
                "chosen": value or "",
                "attrs": dict(attrs or {}),
                "url": reverse("cases:cause_choices", args=[self.case_id]),
                "suggested": self.suggested,
                "groups": by_group(self.lines),
            },
        )


class CauseField(forms.CharField):
    """A cause by its key. Whether it may be used is checked by the operation."""

    def __init__(
        self,
        *,
        case_id: int,
        lines: Sequence[CauseLine],
        suggested: Sequence[CauseLine] = (),
        **more: Any,
    ) -> None:
        widget = CauseChooser(case_id=case_id, lines=lines, suggested=suggested)
        super().__init__(max_length=80, widget=widget, **more)


class CauseForm(FactsForm):
    """What was found to be the reason."""

    def __init__(
        self,
        *args: Any,
        case_id: int,
        lines: Sequence[CauseLine],
        suggested: Sequence[CauseLine],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["main"] = CauseField(
            case_id=case_id,
            lines=lines,
            suggested=suggested,
            label=_("Main cause"),
            error_messages={"required": _("Please choose a cause.")},
        )
        self.fields["others"] = forms.MultipleChoiceField(
            label=_("Other causes"),
            required=False,
            choices=[
                (group, [(line.key, line.name) for line in of]) for group, of in by_group(lines)
            ],
            widget=forms.SelectMultiple(attrs={"size": 4}),
            help_text=_("Only where the main one does not say it all: up to five."),
        )


class SuspicionForm(FactsForm):
    """What the customer takes for the reason."""

    cause = forms.ChoiceField(label=gettext_lazy("The customer thinks"), required=False)

    def __init__(self, *args: Any, lines: Sequence[CauseLine], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["cause"]
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Nothing said")),
            *((group, [(line.key, line.name) for line in of]) for group, of in by_group(lines)),
        ]
