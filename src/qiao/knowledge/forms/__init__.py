"""Forms of knowledge: an article in its languages, a text module, what readers say."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.rules.texts import DATA_KEYS
from qiao.knowledge.models import Scope
from qiao.knowledge.words import LANGUAGES

Choices = Sequence[tuple[Any, Any]]


def field_of(part: str, language: str) -> str:
    """The name of a field of one language: ``title_zh_hans``."""
    return f"{part}_{language.replace('-', '_').lower()}"


def _date(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class _InLanguages(forms.Form):
    """A form with a title and a text in each language."""

    body_rows = 6
    body_length = 2_000

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for language in DATA_KEYS:
            name = LANGUAGES[language]
            self.fields[field_of("title", language)] = forms.CharField(
                label=pgettext_lazy("of a text", "Title"), max_length=80, required=False
            )
            self.fields[field_of("body", language)] = forms.CharField(
                label=name,
                max_length=self.body_length,
                required=False,
                widget=forms.Textarea(attrs={"rows": self.body_rows}),
            )

    def languages(self) -> Iterator[tuple[str, Any, BoundField, BoundField]]:
        """Key and name of each language with its two fields."""
        for language in DATA_KEYS:
            title, body = (self[field_of(part, language)] for part in ("title", "body"))
            yield language, LANGUAGES[language], title, body

    def texts(self, part: str) -> dict[str, str]:
        """What was typed as ``title`` or ``body``, by language."""
        return {key: self.cleaned_data[field_of(part, key)] for key in DATA_KEYS}

    def clean(self) -> dict[str, Any]:
        """The period must not end before it begins."""
        data = super().clean() or {}
        since, until = data.get("valid_from"), data.get("valid_until")
        if since and until and until <= since:
            self.add_error("valid_until", _("This must be later than the first day."))
        return data


class ArticleForm(_InLanguages):
    """An article as it shall be."""

    body_rows = 14
    body_length = 20_000
    category = forms.ChoiceField(label=pgettext_lazy("of an article", "Category"))
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("of an article", "For whom"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    case_types = forms.MultipleChoiceField(
        label=_("Case types for which it is offered first"), required=False
    )
    words = forms.CharField(
        label=_("Further search words"),
        max_length=400,
        required=False,
        help_text=_("As callers say it; separated by spaces."),
    )
    valid_from = _date(pgettext_lazy("of a text", "Valid from"))
    valid_until = _date(_("No longer valid from"))
    emergency_first = forms.BooleanField(
        label=_("Emergency: stands above all others that fit"), required=False
    )
    note = forms.CharField(
        label=_("What changed and why"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, categories: Choices, types: Choices, units: Choices, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        self.fields["case_types"].choices = types  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [("", _("The whole company")), *units]  # type: ignore[attr-defined]
        if not units:
            del self.fields["organisation"]


class TextForm(_InLanguages):
    """A text module as it shall be."""

    key = forms.RegexField(
        label=_("Typed after ::"),
        regex=r"(?i)^[a-z0-9][a-z0-9_-]{0,29}$",
        max_length=30,
        error_messages={"invalid": _("Small letters, figures, - and _ only.")},
    )
    scope = forms.ChoiceField(label=pgettext_lazy("of a text", "For whom"))
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("of a text", "Unit"), coerce=int, empty_value=None, required=False
    )
    case_types = forms.MultipleChoiceField(
        label=_("Case types for which it is offered first"), required=False
    )
    valid_from = _date(pgettext_lazy("of a text", "Valid from"))
    valid_until = _date(_("No longer valid from"))

    def __init__(self, *args: Any, types: Choices, units: Choices, official: bool, **more: Any):
        super().__init__(*args, **more)
        scopes: list[tuple[Any, Any]] = [(Scope.OWN.value, Scope.OWN.label)]
        if units:
            scopes.append((Scope.UNIT.value, Scope.UNIT.label))
        if official:
            scopes.append((Scope.COMPANY.value, Scope.COMPANY.label))
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["case_types"].choices = types  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [("", "—"), *units]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A text of a unit names the unit."""
        data = super().clean()
        if data.get("scope") == Scope.UNIT and not data.get("organisation"):
            self.add_error("organisation", _("Choose the unit."))
        return data


class MarkForm(forms.Form):
    """That an article is out of date, and why."""

    kind = forms.ChoiceField(choices=[("useful", ""), ("outdated", "")])
    note = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """Whoever says that it is out of date says what."""
        data = super().clean() or {}
        if data.get("kind") == "outdated" and not data.get("note", "").strip():
            self.add_error("note", _("Say what is out of date."))
        return data


class DecisionForm(forms.Form):
    """Agree to a proposal or refuse it."""

    approve = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes"
    )
    note = forms.CharField(max_length=500, required=False)
    request = forms.IntegerField(required=False)


LONGEST_QUERY: Final = 100
