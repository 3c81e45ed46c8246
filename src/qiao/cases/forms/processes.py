"""The parts of a draft as forms: a process, a step, an action, a field.

They take whatever is typed: faults of the whole are found by the checks and shown at their place.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.form_parts import FormForm, RuleForm
from qiao.cases.forms.process_choices import choice_lines, read_choices
from qiao.cases.forms.process_parts import PartForm, key_field
from qiao.cases.rules.draft_parts import Data, Part
from qiao.cases.rules.process import PHASES
from qiao.cases.showing import names, process_words
from qiao.cases.showing.process_words import VALUES, limit_parts
from qiao.cases.showing.telling import STEP_WORDS
from qiao.core.lenient import Lenient, many_field, select_field
from qiao.core.packs.field_checks import DATES, NUMBERS, OF_KINDS, TEXTS
from qiao.core.packs.sections import LISTABLE
from qiao.core.wording import said


class ProcessForm(PartForm):
    """The process itself: its name and where it begins."""

    def build(self) -> None:
        self._group(_("Beginning"), start=select_field(self.around.steps))

    def own(self) -> Data:
        kept: Data = {key: self.before[key] for key in ("key", "version") if key in self.before}
        return {**kept, "start": self.cleaned_data["start"]}


ASK: Final = "ask-"
ASKED: Final = (
    ("", pgettext_lazy("field of a step", "not asked")),
    ("optional", pgettext_lazy("field of a step", "may be given")),
    ("required", pgettext_lazy("field of a step", "must be given")),
)
UNITS: Final = (
    ("min", pgettext_lazy("unit of time", "minutes")),
    ("h", pgettext_lazy("unit of time", "hours")),
    ("s", pgettext_lazy("unit of time", "seconds")),
)


class StepForm(PartForm):
    """A step: who, what must be typed, how long, what it waits for."""

    def build(self) -> None:
        before = self.before
        self._group(
            _("Who and where"),
            phase=select_field([(key, names.PHASES[key]) for key in PHASES]),
            role=select_field(self.around.roles, empty=_("Anyone who may see the case")),
        )
        amount, unit = limit_parts(before.get("time_limit"))
        self.initial.update({"amount": amount, "unit": unit})
        self._group(
            VALUES["time_limit"],
            amount=forms.CharField(
                label=_("Within"),
                max_length=12,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            ),
            unit=forms.ChoiceField(label=_("Unit of time"), choices=UNITS),
            calendar=select_field(self.around.calendars),
        )
        asks = {}
        for key, each in self.around.fields.items():
            state = "required" if key in before.get("required", []) else ""
            state = state or ("optional" if key in before.get("optional", []) else "")
            self.initial[ASK + key] = state
            asks[ASK + key] = Lenient(label=said(each.label) or key, choices=ASKED)
        self._group(_("What is asked for"), **asks)
        actions = [
            (str(each.get("key")), process_words.part_title(
                self.around.data, Part("action", str(before.get("key")), str(each.get("key")))
            ))
            for each in self.around.own.get("action", [])
        ]  # fmt: skip
        self._group(
            _("Work of others, and the end"),
            duty=select_field(list(names.DUTIES.items()), empty=_("Nothing")),
            duty_action=select_field(actions),
            final=forms.BooleanField(),
            tells=select_field(list(STEP_WORDS.items()), empty=_("Nothing")),
        )
        self._group(_("Key"), key=key_field(before.get("key")))

    def own(self) -> Data:
        data = self.cleaned_data
        asked = {key: data.get(ASK + key) for key in self.around.fields}
        unknown = {
            name: [key for key in self.before.get(name, []) if key not in asked]
            for name in ("required", "optional")
        }
        return {
            "key": data["key"].strip(),
            "phase": data["phase"],
            "role": data["role"],
            "required": [*unknown["required"], *(k for k, v in asked.items() if v == "required")],
            "optional": [*unknown["optional"], *(k for k, v in asked.items() if v == "optional")],
            "time_limit": _limit(data["amount"], data["unit"]),
            "calendar": data["calendar"] if data["amount"].strip() else "",
            "duty": data["duty"],
            "duty_action": data["duty_action"],
            "final": data["final"],
            "tells": data["tells"],
        }


def _limit(amount: str, unit: str) -> str:
    """An amount as the definition keeps it; what is no number stays, for the checks to name."""
    amount = amount.strip().replace(",", ".")
    return f"{amount}{unit or 'h'}" if amount else ""


class ActionForm(PartForm):
    """An action: where it leads, who may take it, what it needs and reaches."""

    def build(self) -> None:
        self._group(
            _("Way"),
            to=select_field(self.around.steps),
            kind=select_field(list(process_words.KINDS.items()), empty=_("Forward (as usual)")),
            role=select_field(self.around.roles, empty=_("As the step")),
        )
        self._add_condition("when")
        labels = [(key, said(each.label) or key) for key, each in self.around.fields.items()]
        self._group(
            _("What it needs"),
            needs=many_field(labels),
            reason_required=forms.BooleanField(),
        )
        self._group(
            _("What follows"),
            marks=many_field(list(process_words.MARKS.items())),
            automatic=forms.BooleanField(
                help_text=_("By the system, as soon as the step is entered: no person sees it.")
            ),
            duty_free=forms.BooleanField(),
        )
        self._group(_("Key"), key=key_field(self.before.get("key")))

    def own(self) -> Data:
        data = self.cleaned_data
        return {
            "key": data["key"].strip(),
            "to": data["to"],
            "kind": data["kind"],
            "role": data["role"],
            "when": self._condition("when"),
            "needs": _in_order(data["needs"], self.before.get("needs", [])),
            "reason_required": data["reason_required"],
            "automatic": data["automatic"],
            "duty_free": data["duty_free"],
            "marks": _in_order(data["marks"], self.before.get("marks", [])),
        }


def _in_order(chosen: Sequence[str], before: Sequence[str]) -> list[str]:
    """What was there keeps its order; what is new follows."""
    kept = [each for each in before if each in chosen]
    return kept + [each for each in chosen if each not in kept]


NUMBER_CHECKS: Final = ("least", "most", "decimals")
TEXT_CHECKS: Final = ("shortest", "longest", "pattern", "example")
DATE_CHECKS: Final = ("not_future", "not_before")
CUSTOMER_CHECKS: Final = ("of_customer",)


class FieldForm(PartForm):
    """A field: its label, kind, choices, help, conditions, and what its values must hold."""

    texts: ClassVar[Mapping[str, bool]] = {"label": True, "hint": False}

    def build(self) -> None:
        kinds = list(process_words.FIELD_KINDS.items())
        kind = str(self.data.get("kind") if self.is_bound else self.before.get("kind", ""))
        select = select_field(kinds)
        select.widget.attrs["data-redraws"] = "1"
        self._group(
            _("Kind of value"),
            kind=select,
            unit=forms.CharField(max_length=20),
            required=forms.BooleanField(label=_("Must always be given")),
        )
        if kind in {"choice", "choices"}:
            self._add_choices()
        self._add_checks(kind)
        if self.around.is_form and kind in LISTABLE:
            self._group(_("In lists of cases"), listed=forms.BooleanField())
        self._add_condition("show_when")
        self._add_condition("required_when")
        self._group(_("Key"), key=key_field(self.before.get("key")))

    def _add_choices(self) -> None:
        self.initial["choices"] = choice_lines(self.before.get("choices", []))
        self._group(
            VALUES["choices"],
            choices=forms.CharField(
                label=_("One a line: key | English | 简体中文 | 繁體中文"),
                max_length=8_000,
                widget=forms.Textarea(attrs={"rows": 4}),
            ),
        )

    def _add_checks(self, kind: str) -> None:
        names: tuple[str, ...] = ()
        if kind in NUMBERS:
            names = NUMBER_CHECKS
        elif kind in TEXTS:
            names = TEXT_CHECKS
        elif kind in DATES:
            names = DATE_CHECKS
        if kind == "text" and self.around.is_form:
            names += CUSTOMER_CHECKS
        if names:
            self._group(_("What a value must hold"), **{name: _check(name) for name in names})

    def own(self) -> Data:
        data = self.cleaned_data
        rewritten = {*self.fields, *self.texts, *OF_KINDS, "choices", "show_when", "required_when"}
        kept = {key: value for key, value in self.before.items() if key not in rewritten}
        checks = {name: _checked(name, data[name]) for name in OF_KINDS if name in data}
        listed = {"listed": data["listed"]} if "listed" in data else {}
        return {
            **kept,
            **checks,
            **listed,
            "key": data["key"].strip(),
            "kind": data["kind"],
            "unit": data["unit"].strip(),
            "required": data["required"],
            "choices": read_choices(data.get("choices", "")),
            "show_when": self._condition("show_when"),
            "required_when": self._condition("required_when"),
        }


def _check(name: str) -> forms.Field:
    if name == "not_future":
        return forms.BooleanField()
    if name == "of_customer":
        return select_field(list(process_words.OF_CUSTOMER.items()), empty=_("Any text"))
    if name == "not_before":
        hint = _("A day such as 2026-01-01, or the key of another date of this form.")
        return forms.CharField(max_length=60, help_text=hint)
    if name == "pattern":
        hint = _("A regular expression for the whole text; the example must fit it.")
        return forms.CharField(max_length=200, help_text=hint)
    if name == "example":
        return forms.CharField(max_length=100)
    return forms.CharField(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


TYPED: Final = frozenset({"not_before", "pattern", "example", "of_customer"})


def _checked(name: str, typed: Any) -> Any:
    """A check as the definition keeps it; what is no number stays, for the checks to name."""
    if isinstance(typed, bool) or name in TYPED:
        return typed if isinstance(typed, bool) else typed.strip()
    text = typed.strip().replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number == int(number) else number


FORMS: Final[Mapping[str, type[PartForm]]] = {
    "process": ProcessForm,
    "step": StepForm,
    "action": ActionForm,
    "field": FieldForm,
    "rule": RuleForm,
    "form": FormForm,
}


class PublishForm(forms.Form):
    """Why a draft should be published, and from when on."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    from_when = forms.DateTimeField(
        label=gettext_lazy("From when on"),
        required=False,
        help_text=gettext_lazy("Empty: as soon as the second person agrees."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
