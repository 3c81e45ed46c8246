"""The form of a new case."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import FACT, FactsForm, watched
from qiao.cases.showing import names
from qiao.core.packs.model import Field

NO_NUMBERS: Final[Mapping[str, Sequence[tuple[str, str]]]] = MappingProxyType({})


class NewCaseForm(FactsForm):
    """A new case. Which fields it has follows from the type and from what is typed already.

    `redraws` are answers on which more than other fields hangs: how urgent the case is. `numbers`
    are the customer's, by ``account`` and ``meter``, each with its words: a question for one of
    them becomes a choice.
    """

    type = forms.CharField(widget=forms.HiddenInput, max_length=80)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("In one line"), max_length=120, required=False)
    description = forms.CharField(
        label=gettext_lazy("Request"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    account = forms.TypedChoiceField(
        label=gettext_lazy("Account"), coerce=int, empty_value=None, required=False
    )
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    caller_name = forms.CharField(label=gettext_lazy("Who asks"), max_length=100, required=False)
    caller_phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"))
    customer = forms.IntegerField(widget=forms.HiddenInput, required=False)
    embed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(
        self,
        *args: Any,
        choices: Mapping[str, Sequence[tuple[Any, str]]],
        fields: Sequence[Field],
        known: Mapping[str, Any],
        reshape_url: str,
        redraws: Collection[str] = (),
        numbers: Mapping[str, Sequence[tuple[str, str]]] = NO_NUMBERS,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for name, offered in choices.items():
            self.fields[name].choices = list(offered)  # type: ignore[attr-defined]
        self.fields["priority"].choices = list(names.PRIORITIES.items())  # type: ignore[attr-defined]
        self.add_facts(fields, known=known)
        self._offer_numbers(numbers)
        others = watched(fields) | set(redraws)
        for name in ("priority", "account", *(FACT + key for key in sorted(others))):
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "hx-post": reshape_url,
                    "hx-trigger": "change",
                    "hx-target": "#case-form",
                    "hx-include": "closest form",
                    "hx-swap": "outerHTML",
                }

    def _offer_numbers(self, numbers: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        for field in self.facts:
            offered = numbers.get(field.of_customer, ()) if field.of_customer else ()
            if offered:
                held = self.fields[FACT + field.key]
                self.fields[FACT + field.key] = forms.ChoiceField(
                    choices=[("", "—"), *offered],
                    label=held.label,
                    required=held.required,
                    help_text=held.help_text,
                )
