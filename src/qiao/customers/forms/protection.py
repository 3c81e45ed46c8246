"""Forms of protections: claimed, confirmed with evidence, reminded of, ended."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.forms.places import day_field
from qiao.customers.models import ProtectedFlag
from qiao.customers.operations.protecting import Evidence

LENGTH = 300
EVERYWHERE = ("", pgettext_lazy("protection", "Wherever the customer is"))


def _words(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LENGTH,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ClaimForm(forms.Form):
    """What shall protect whom, and where. `places` are the customer's places with their words."""

    kind = forms.ChoiceField(
        label=_("Protected because of"), choices=[("", "—"), *ProtectedFlag.choices]
    )
    premises = forms.ChoiceField(label=pgettext_lazy("protection", "Where"), required=False)
    until = day_field(
        _("Known to end on"), required=False, hint=_("Empty if nobody knows an end.")
    )
    reason = _words(_("What was told"), _("It holds at once. Evidence is asked for afterwards."))

    def __init__(self, *args: Any, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = self.fields["premises"]
        assert isinstance(where, forms.ChoiceField)
        where.choices = [*((str(pk), text) for pk, text in places), EVERYWHERE]

    def clean_premises(self) -> int | None:
        """The place, None for wherever the customer is."""
        value = self.cleaned_data["premises"]
        return int(value) if value else None


class EvidenceForm(forms.Form):
    """What was seen: a document of the file, or a certificate."""

    document = forms.ChoiceField(label=_("Document of the file"), required=False)
    issuer = forms.CharField(label=_("Or a certificate issued by"), max_length=80, required=False)
    certificate = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        required=False,
        help_text=_("Only its first and last characters are kept."),
    )
    seen_date = day_field(_("Seen on"))
    until = day_field(_("Valid until"), required=False, hint=_("Empty if it has no end."))
    review = day_field(
        _("Look at it again on"), required=False, hint=_("Empty: when the company does anyway.")
    )

    def __init__(
        self, *args: Any, documents: Sequence[tuple[int, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["document"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "—"), *((str(pk), title) for pk, title in documents)]
        self.today = today

    def clean(self) -> dict[str, Any]:
        """There is evidence, and its days lie where they can."""
        data = super().clean() or {}
        if not data.get("document") and not data.get("issuer"):
            self.add_error("document", _("Choose a document, or say who issued a certificate."))
        if (seen := data.get("seen_date")) and seen > self.today:
            self.add_error("seen_date", _("This day still lies ahead."))
        for name in ("until", "review"):
            if (day := data.get(name)) and day <= self.today:
                self.add_error(name, _("Choose a day after today."))
        return data

    def told(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        evidence = Evidence(
            data["seen_date"],
            int(data["document"]) if data["document"] else None,
            data["issuer"],
            data["certificate"],
        )
        return {"evidence": evidence, "until": data["until"], "review": data["review"]}


class RemindForm(forms.Form):
    """How the customer was reminded, and what they said."""

    words = _words(_("How, and what they said"))


class EndForm(forms.Form):
    """Why a protection ends."""

    reason = _words(_("Why it ends"))
