"""Fields that a pack defines, as form fields; refusals of operations, as errors of the form."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from qiao.cases.rules.form_rules import counted, is_needed, is_shown
from qiao.cases.rules.values import BadFact
from qiao.core.packs.model import Field
from qiao.core.rules.conditions import tests_in
from qiao.core.rules.text import BadText
from qiao.core.wording import said

FACT: Final = "fact-"
KEPT: Final = "kept-"
FEW_CHOICES: Final = 4
MOST_KEPT: Final = 200
TEXT_ROWS: Final = 3


def fact_field(field: Field, *, required: bool) -> forms.Field:
    """The form field for a pack's field. What it must hold is checked by the operation."""
    common: dict[str, Any] = {
        "label": said(field.label) + (f" ({field.unit})" if field.unit else ""),
        "required": required,
        "help_text": said(field.hint),
    }
    choices = [(choice.key, said(choice.name)) for choice in field.choices]
    if field.kind == "choice" and len(choices) <= FEW_CHOICES:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if field.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    if field.kind == "choices":
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **common
        )
    if field.kind == "bool":
        return forms.BooleanField(**{**common, "required": False})
    return forms.CharField(widget=_text_widget(field.kind), **common)


def _text_widget(kind: str) -> forms.Widget:
    if kind == "long":
        return forms.Textarea(attrs={"rows": TEXT_ROWS})
    attributes = {
        "number": {"inputmode": "decimal"},
        "money": {"inputmode": "decimal"},
        "phone": {"type": "tel", "inputmode": "tel"},
        "date": {"type": "date"},
        "datetime": {"type": "datetime-local"},
    }
    return forms.TextInput(attrs=attributes.get(kind, {}))


class FactsForm(forms.Form):
    """A form with the fields of a case type or a step beside its own."""

    facts: Sequence[Field] = ()

    def add_facts(
        self,
        fields: Iterable[Field],
        *,
        known: Mapping[str, Any],
        required: Iterable[str] | None = None,
    ) -> None:
        """Add the fields that are shown for what is known; `required` overrides the pack's."""
        needed = None if required is None else set(required)
        fields = tuple(fields)
        known = counted(fields, known)
        shown: list[Field] = []
        for field in fields:
            if not is_shown(field, known):
                continue
            must = is_needed(field, known) if needed is None else field.key in needed
            self.fields[FACT + field.key] = fact_field(field, required=must)
            self.initial.setdefault(FACT + field.key, known.get(field.key))
            shown.append(field)
        self.facts = tuple(shown)

    def fact_fields(self) -> list[forms.BoundField]:
        """The added fields, for templates."""
        return [self[FACT + field.key] for field in self.facts]

    def given_facts(self) -> dict[str, Any]:
        """What was typed into the added fields."""
        return {
            field.key: self.cleaned_data.get(FACT + field.key)
            for field in self.facts
            if FACT + field.key in self.cleaned_data
        }

    def refuse(self, error: Exception) -> None:
        """Show an operation's refusal at its field, or above the form."""
        if isinstance(error, BadFact):
            self._at(error.field, expected_words(error))
        elif isinstance(error, BadText):
            self._at(error.field, text_fault(error))
        else:
            self.add_error(None, str(error))

    def _at(self, key: str, words: str) -> None:
        for name in (FACT + key, key):
            if name in self.fields:
                self.add_error(name, words)
                return
        self.add_error(None, words)


class TryForm(FactsForm):
    """The questions of a form by themselves; answers on which something hangs draw it anew."""

    use_required_attribute = False

    def __init__(
        self, *, fields: Sequence[Field], known: Mapping[str, Any], redraws: Collection[str]
    ) -> None:
        super().__init__(auto_id="try-%s")
        self.add_facts(fields, known=known)
        for key in watched(fields) | set(redraws):
            if FACT + key in self.fields:
                self.fields[FACT + key].widget.attrs |= {
                    "hx-post": "",
                    "hx-trigger": "change",
                    "hx-target": "#try-form",
                    "hx-include": "closest form",
                    "hx-swap": "outerHTML",
                }


def text_fault(error: BadText) -> str:
    """Why a text is refused, in words."""
    return _(error.message) % error.params


def expected_words(error: BadFact) -> str:
    """What a field expects, in the reader's language."""
    words = {
        "least": _("Expected: %s or more."),
        "most": _("Expected: %s or less."),
        "decimals": _("Expected: at most %s decimal places."),
        "shortest": _("Expected: at least %s characters."),
        "longest": _("Expected: at most %s characters."),
        "pattern": _("Expected something like %s."),
        "not_before": _("Expected: %s or later."),
        "of_customer": _("Expected: a number of this customer, such as %s."),
        "not_future": _("Expected: a date that is not in the future."),
        "number": _("Expected: a number."),
        "date": _("Expected: a date such as 2026-11-21."),
        "choice": _("Expected: one of the list."),
        "value": _("Expected: a value."),
    }.get(error.code, "")
    if not words:
        return _("This does not fit. Expected: %s") % error.expected
    return words % error.bound if "%s" in words else words


def _plain(field: Field, value: Any) -> Any:
    """A posted value as conditions look at it."""
    if field.kind == "bool":
        return value == "on"
    if field.kind in {"number", "money"}:
        try:
            number = float(str(value).replace(",", ""))
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    return value


def watched(fields: Iterable[Field]) -> set[str]:
    """Keys of the fields on which others hang."""
    return {
        test.field
        for field in fields
        for condition in (field.show_when, field.required_when)
        for test in tests_in(condition)
    }


def typed_facts(data: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """What stands in the posted data for these fields, unchecked: enough to decide what shows.

    A field that was not on the page has what was typed into it before it went (`kept_facts`).
    """
    found: dict[str, Any] = {}
    for field in fields:
        name = next((p + field.key for p in (FACT, KEPT) if p + field.key in data), "")
        if not name:
            continue
        listed = getattr(data, "getlist", None)
        if field.kind == "choices" and listed:
            found[field.key] = [v for v in listed(name) if v]
        else:
            found[field.key] = _plain(field, data.get(name))
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def kept_facts(data: Any, shown: Iterable[Field]) -> list[tuple[str, str]]:
    """What was typed into fields that are not on the page now, as hidden fields carry it along: it
    is there again when its type or its condition comes back, and is never saved meanwhile."""
    listed = getattr(data, "getlist", None)
    if listed is None:
        return []
    here = {field.key for field in shown}
    found: dict[str, list[str]] = {}
    for name in data:
        prefix = next((each for each in (FACT, KEPT) if name.startswith(each)), "")
        key = name.removeprefix(prefix)
        if prefix and key not in here and key not in found and len(found) < MOST_KEPT:
            found[key] = [value for value in listed(name) if value][:MOST_KEPT]
    return [(KEPT + key, value) for key, values in found.items() for value in values]
