"""The form of a macro: its names, for whom and for which cases, and up to eight steps."""

from collections.abc import Iterator, Sequence
from re import compile as pattern
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases.rules.macros import KINDS, MOST_STEPS, MacroStep
from qiao.cases.showing import names
from qiao.core.rules.texts import DATA_KEYS

Choices = Sequence[tuple[Any, Any]]
_VALUE = pattern(r"([a-z][a-z0-9_]*)\s*=\s*(.+)")
BLANK_STEPS: Final = 3


def name_field(language: str) -> str:
    """The form's name for the macro's name in a language."""
    return f"name_{language.replace('-', '_').lower()}"


class MacroForm(forms.Form):
    """A macro as it shall be: each step is chosen from all that can be done."""

    scope = forms.ChoiceField(label=pgettext_lazy("of a macro", "For whom"))
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("of a macro", "Unit"), coerce=int, empty_value=None, required=False
    )
    types = forms.MultipleChoiceField(label=_("Only for these types"), required=False)
    phases = forms.MultipleChoiceField(
        label=_("Only in these phases"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, label) for key, label in names.PHASES.items() if key != "closed"],
    )
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999)

    def __init__(
        self,
        *args: Any,
        scopes: Choices,
        units: Choices,
        types: Choices,
        steps: Choices,
        count: int,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.count = min(count, MOST_STEPS)
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [("", "—"), *units]  # type: ignore[attr-defined]
        self.fields["types"].choices = types  # type: ignore[attr-defined]
        for language in DATA_KEYS:
            self.fields[name_field(language)] = forms.CharField(max_length=60, required=False)
        for place in range(self.count):
            self.fields[f"step_{place}"] = forms.ChoiceField(
                label=_("Step %(n)s") % {"n": place + 1},
                choices=[("", "—"), *steps],
                required=False,
            )
            self.fields[f"text_{place}"] = forms.CharField(
                label=_("Words or reason"),
                max_length=2_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def name_fields(self) -> Iterator[forms.BoundField]:
        """The names in each language."""
        for language in DATA_KEYS:
            yield self[name_field(language)]

    def step_fields(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """What each step does, and its words."""
        for place in range(self.count):
            yield self[f"step_{place}"], self[f"text_{place}"]

    def names(self) -> dict[str, str]:
        """The names that were typed, by language."""
        return {key: self.cleaned_data[name_field(key)] for key in DATA_KEYS}

    def steps(self) -> list[MacroStep]:
        """The steps that were chosen."""
        found = []
        for place in range(self.count):
            chosen = self.cleaned_data[f"step_{place}"]
            if chosen:
                kind, _colon, key = chosen.partition(":")
                found.append(_step(kind, key, self.cleaned_data[f"text_{place}"]))
        return found

    def clean(self) -> dict[str, Any]:
        """A name and a step are needed; a macro of a unit names the unit."""
        data = super().clean() or {}
        if not any(data.get(name_field(key)) for key in DATA_KEYS):
            self.add_error(name_field(DATA_KEYS[0]), _("Give it a name."))
        if not any(data.get(f"step_{place}") for place in range(self.count)):
            self.add_error("step_0", _("Choose what it does."))
        if data.get("scope") == "unit" and not data.get("organisation"):
            self.add_error("organisation", _("Choose the unit."))
        return data


def _step(kind: str, key: str, text: str) -> MacroStep:
    """Lines ``field = value`` of an action are its fields, the rest is the reason."""
    if kind != "action":
        return MacroStep(kind, key, text)
    fields, rest = {}, []
    for line in text.splitlines():
        found = _VALUE.fullmatch(line.strip())
        if found:
            fields[found[1]] = found[2].strip()
        else:
            rest.append(line)
    return MacroStep(kind, key, "\n".join(rest).strip(), fields)


def step_value(step: MacroStep) -> str:
    """A step as the form's choice."""
    return f"{step.kind}:{step.key}" if KINDS[step.kind] else step.kind


def step_text(step: MacroStep) -> str:
    """The words of a step as the form shows them."""
    return "\n".join([*(f"{k} = {v}" for k, v in step.fields.items()), step.text]).strip()
