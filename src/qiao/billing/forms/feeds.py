"""Forms of feeds: a new one, a file that came, why a delivery counts or is taken back."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing.models import Feed
from qiao.billing.rules.feeds.kinds import KINDS
from qiao.billing.showing_feeds import KIND_WORDS
from qiao.core.rules.money import EXPONENTS, BadMoney, to_minor
from qiao.core.sheets import MOST_BYTES, MOST_PACKED_BYTES
from qiao.core.table_words import refusal_word

LONGEST_SUM: Final = 40


class FeedForm(forms.Form):
    """A feed of a unit."""

    unit = forms.TypedChoiceField(
        label=pgettext_lazy("feed", "Unit"),
        coerce=int,
        help_text=gettext_lazy("Whose accounts, with those of all units below it, the other"
                               " system may bill."),
    )  # fmt: skip
    name = forms.CharField(
        label=pgettext_lazy("feed", "Name"),
        max_length=60,
        help_text=gettext_lazy("What the other system is called where its figures are shown."),
    )
    key = forms.RegexField(
        r"^[a-z][a-z0-9_-]{0,39}$",
        label=pgettext_lazy("feed", "Key"),
        max_length=40,
        help_text=gettext_lazy("What programs call it: small letters, digits, - and _."),
    )
    currency = forms.ChoiceField(
        label=pgettext_lazy("feed", "Currency"),
        choices=[(each, each) for each in sorted(EXPONENTS)],
        initial="CNY",
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], usual: int, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["unit"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices, field.initial = units, usual


class DeliveryForm(forms.Form):
    """A file of rows of one kind, with what its sender says of it."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("delivery", "What it holds"),
        choices=[(kind, KIND_WORDS[kind]) for kind in KINDS],
    )
    key = forms.CharField(
        label=pgettext_lazy("delivery", "Number of the delivery"),
        max_length=80,
        help_text=gettext_lazy("The sender’s own, or the name of the file: the same number is"
                               " taken in once."),
    )  # fmt: skip
    as_of = forms.DateTimeField(
        label=pgettext_lazy("delivery", "As of"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("The moment up to which the other system had written its rows."),
    )
    count = forms.IntegerField(
        label=pgettext_lazy("delivery", "Rows, as the sender counts them"), min_value=0
    )
    total = forms.CharField(
        label=pgettext_lazy("delivery", "Sum of their amounts, as the sender says"),
        max_length=LONGEST_SUM,
    )
    file = forms.FileField(
        label=pgettext_lazy("delivery", "File"),
        help_text=gettext_lazy(
            "Excel (XLSX or XLS, up to 200 MB) or CSV (up to 2 GB). The first row names the"
            " columns."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, feed: Feed, **more: Any) -> None:
        super().__init__(*args, **more)
        self.feed = feed
        self.fields["file"].widget.attrs |= {
            "data-most-bytes": MOST_BYTES,
            "data-most-workbook": MOST_PACKED_BYTES,
            "data-too-large": refusal_word("too_large"),
        }

    def clean_total(self) -> int:
        """The sum in minor units."""
        try:
            return to_minor(self.cleaned_data["total"], self.feed.currency)
        except BadMoney as bad:
            raise forms.ValidationError(_("This is no amount"), code="amount") from bad


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=pgettext_lazy("delivery", "Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
