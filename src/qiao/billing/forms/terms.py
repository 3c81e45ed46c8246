"""How an account is billed: the tariff, what it asks of the customer, from which day on, why."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from qiao.billing.forms.tariffs import DayField
from qiao.billing.operations.refusal_words import term_words
from qiao.billing.operations.terms import REASON_LENGTH
from qiao.billing.queries.terms_shown import Choice, Field, as_the_tariff
from qiao.billing.rules.account_rows import ANSWER as PREFIX
from qiao.billing.rules.account_rows import MONTHS
from qiao.billing.rules.tariffs.asked import Said, TermFault, read_terms

ASKED_LENGTH: Final = 40


class TermsForm(forms.Form):
    """The tariff and its day; `choices` are the tariffs that may be chosen, and what the chosen
    one asks becomes fields of their own."""

    tariff = forms.ChoiceField(
        label=pgettext_lazy("bill", "Tariff"),
        error_messages={"invalid_choice": _("Choose one of the tariffs of this service.")},
    )
    since = DayField(label=_("From"), error_messages={"required": _("Say from which day on.")})
    reason = forms.CharField(
        label=_("Reason and document"),
        max_length=REASON_LENGTH,
        help_text=_("Such as: five people by the household register, form of 12 March."),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, choices: Sequence[Choice], *args: Any, months: int | None = None,
                 **kwargs: Any) -> None:  # fmt: skip
        """With `months` it is asked how many a bill is for."""
        super().__init__(*args, **kwargs)
        self.choices = {str(each.tariff_id): each for each in choices}
        tariff = self.fields["tariff"]
        assert isinstance(tariff, forms.ChoiceField)
        tariff.choices = [(key, each.name) for key, each in self.choices.items()]
        chosen = str(self.data.get("tariff") or self.initial.get("tariff") or "")
        self.chosen = self.choices.get(chosen)
        asked = self.chosen.fields if self.chosen else ()
        fields = {PREFIX + each.name: _asked(each) for each in asked}
        if months is not None:
            fields["months"] = _months(months)
        order = ("tariff", *fields, "since", "reason")
        self.fields.update(fields)
        self.order_fields(order)

    def given(self) -> dict[str, str]:
        """What was said, by the names of the tariff; of a form that is not sent yet, too."""
        names = [each.name for each in self.chosen.fields] if self.chosen else []
        source = self.data if self.is_bound else self.initial
        texts = {name: str(source.get(PREFIX + name, "")).strip() for name in names}
        return {name: text for name, text in texts.items() if text}

    def said(self) -> tuple[Said, list[TermFault]] | None:
        """What was given as terms, with every fault; None where no tariff is chosen."""
        return read_terms(self.chosen.asks, self.given()) if self.chosen else None

    def clean(self) -> dict[str, Any]:
        answer = self.said()
        for fault in answer[1] if answer else ():
            self.add_error(PREFIX + fault.name, term_words(fault))
        return self.cleaned_data

    def tell_typed(self) -> None:
        """Of a form that is looked at and not sent: what is empty is no fault yet, what was typed
        may be one."""
        answer = self.said()
        self._errors, self.cleaned_data = ErrorDict(), {}
        for fault in answer[1] if answer else ():
            if fault.found:
                self.add_error(PREFIX + fault.name, term_words(fault))


def _asked(each: Field) -> forms.Field:
    """A field of what a tariff asks. Whether the value is an answer is said by the operation."""
    if each.choices:
        empty = as_the_tariff(each.otherwise) if each.otherwise else "–"
        return forms.CharField(
            label=each.label,
            required=False,
            max_length=ASKED_LENGTH,
            widget=forms.Select(choices=[("", empty), *each.choices]),
        )
    return forms.CharField(
        label=each.label,
        required=False,
        max_length=ASKED_LENGTH,
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "autocomplete": "off",
                "class": "num",
                "placeholder": as_the_tariff(each.otherwise) if each.otherwise else "",
            }
        ),
    )


def _months(initial: int) -> forms.Field:
    words = [(n, ngettext("%(n)d month", "%(n)d months", n) % {"n": n}) for n in MONTHS]
    return forms.TypedChoiceField(
        label=_("A bill is for"), choices=words, coerce=int, initial=initial
    )


class EndForm(forms.Form):
    """From which day on an account is billed no more, and why."""

    until = DayField(
        label=_("Billed no more from"), error_messages={"required": _("Say from which day on.")}
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, error_messages={"required": _("Say why.")}
    )

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        """Propose `day`."""
        super().__init__(*args, **kwargs)
        self.initial["until"] = day


class GoOnForm(forms.Form):
    """Nothing is asked but a yes."""
