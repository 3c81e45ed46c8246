"""Forms of readings: a decision, a reading by hand, a round, a file."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.table_forms import set_up
from qiao.metering.models import HeadEnd, Reading
from qiao.metering.queries.counting import CountingRegister
from qiao.metering.queries.walks import WALK
from qiao.metering.rules.intervals import STEPS
from qiao.metering.showing.words import register_name
from qiao.staff.queries import branches_among, holders_of, units_among

INDENT: Final = "\N{IDEOGRAPHIC SPACE}"
BLIND_DAYS: Final = 3  # so soon a re-read is due: the sooner, the less was used meanwhile
_Method = Reading.Method


class DecisionForm(forms.Form):
    """What is decided about a reading, and why."""

    value = forms.CharField(
        label=pgettext_lazy("reading", "Right value"), max_length=20, required=False
    )
    is_rolled = forms.BooleanField(
        label=_("The register went past its last figure"), required=False
    )
    why = forms.CharField(label=pgettext_lazy("reading", "Reason"), max_length=300)


class EntryForm(forms.Form):
    """A reading entered by hand."""

    value = forms.CharField(label=pgettext_lazy("file of readings", "Reading"), max_length=20)
    day = forms.DateField(
        label=pgettext_lazy("file of readings", "Date"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    method = forms.ChoiceField(
        label=pgettext_lazy("file of readings", "How it was read"),
        choices=[(key, label) for key, label in _Method.choices if key in ("actual", "customer")],
    )
    reason = forms.CharField(
        label=pgettext_lazy("file of readings", "Reason"), max_length=60, required=False
    )


class _CountingForm(forms.Form):
    """A register of the meter that hangs at a point, and a day."""

    kinds: tuple[str, ...] = ()
    register = forms.TypedChoiceField(label=pgettext_lazy("metering", "Register"), coerce=int)

    def __init__(
        self, *args: Any, registers: Sequence[CountingRegister], day: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["register"]
        field.choices = [
            (each.register_id, register_name(each.kind, each.period))
            for each in registers
            if each.kind in self.kinds
        ]
        self.fields["day"].initial = day


class MultiplierForm(_CountingForm):
    """How many times the differences of a register count from a day on."""

    kinds = ("total", "period", "demand")
    factor = forms.DecimalField(
        label=pgettext_lazy("metering", "Multiplier"),
        min_value=Decimal("0.000001"),
        max_digits=14,
        decimal_places=6,
        help_text=_("For example 30 for transformers 150/5."),
    )
    day = forms.DateField(
        label=pgettext_lazy("metering", "Holds since"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Use of days before it counts as it did; the bill is cut on this day."),
    )
    source = forms.CharField(label=pgettext_lazy("metering", "By which document"), max_length=200)


class AdjustmentForm(_CountingForm):
    """A use that is added on a day, or taken off."""

    kinds = ("total", "period")
    amount = forms.DecimalField(
        label=pgettext_lazy("adjustment", "Use"),
        max_digits=16,
        decimal_places=4,
        help_text=_("Below nought it is taken off: a leak allowance, what a sub-meter counted."),
    )
    day = forms.DateField(
        label=pgettext_lazy("adjustment", "Day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The bill in whose days it lies counts it."),
    )
    why = forms.CharField(label=pgettext_lazy("reading", "Reason"), max_length=300)

    def clean_amount(self) -> Decimal:
        """Refuses nothing at all."""
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Nothing is added and nothing taken off."))
        return amount


class RoundForm(forms.Form):
    """The days of a round."""

    since = forms.DateField(
        label=pgettext_lazy("reading round", "First day"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    due_date = forms.DateField(
        label=pgettext_lazy("reading round", "Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reader = forms.TypedChoiceField(
        label=pgettext_lazy("route", "Reader"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Who finds the round on the phone; left out, the reader of the route."),
    )

    def __init__(self, *args: Any, unit: int, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader: Any = self.fields["reader"]
        reader.choices = [("", "–"), *readers_of(unit, day)]


class BlindForm(forms.Form):
    """How much of a round is read again, by whom and until when."""

    reader = forms.TypedChoiceField(
        label=_("Who reads again"),
        coerce=int,
        help_text=_("Somebody else than who read the round; the figure is not shown to them."),
    )
    share = forms.DecimalField(
        label=_("How much of the round, in percent"),
        min_value=Decimal("0.5"),
        max_value=100,
        max_digits=5,
        decimal_places=2,
        initial=Decimal(3),
        help_text=_("Usual are 1 to 3 percent; at least one stop is drawn."),
    )
    due_date = forms.DateField(
        label=pgettext_lazy("reading round", "Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    seed = forms.IntegerField(
        label=_("Seed of the draw"),
        min_value=1,
        max_value=999_999_999,
        help_text=_("The same seed draws the same stops again: anybody can check the draw."),
    )

    def __init__(self, *args: Any, unit: int, day: date, besides: int | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        reader: Any = self.fields["reader"]
        reader.choices = [each for each in readers_of(unit, day) if each[0] != str(besides or "")]
        self.fields["due_date"].initial = day + timedelta(days=BLIND_DAYS)
        self.fields["seed"].initial = 1 + secrets.randbelow(999_999_999)

    def drawing(self) -> dict[str, Any]:
        """What the operation asks for."""
        given = self.cleaned_data
        return {
            "reader_id": given["reader"],
            "share_percent": given["share"],
            "seed": given["seed"],
            "due_date": given["due_date"],
        }


def readers_of(unit: int, day: date) -> list[tuple[str, str]]:
    """Who may walk rounds of a unit, as choices."""
    held = holders_of(permission=WALK, organisation_ids=[unit], day=day)
    return [(str(each.staff_id), f"{each.name} {each.number}") for each in held]


class IntervalForm(forms.Form):
    """A file of interval data and the unit whose meters it is of."""

    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("file of readings", "Unit"),
        coerce=int,
        help_text=_("Whose meters these are."),
    )
    minutes = forms.TypedChoiceField(
        label=_("Length of an interval"),
        coerce=int,
        choices=[(each, format_lazy("{} {}", each, _("minutes"))) for each in STEPS],
        initial=30,
        help_text=_("Holds for rows that do not say theirs."),
    )
    file = forms.FileField(
        label=pgettext_lazy("file of readings", "File"),
        help_text=_(
            "Parquet or CSV (up to 2 GB). The columns meter number, start or end of the interval,"
            " and use are needed; length and quality are taken where they are there."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".parquet,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = branches_among(actor.organisations("metering.read"))
        set_up(self, units=units, usual=actor.organisation_id)


class FileForm(forms.Form):
    """A file of readings and the unit that takes it in."""

    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("file of readings", "Unit"),
        coerce=int,
        help_text=_("Whose meters these are."),
    )
    file = forms.FileField(
        label=pgettext_lazy("file of readings", "File"),
        help_text=_(
            "Excel (XLSX or XLS, up to 200 MB) or CSV (up to 2 GB). The first row names the"
            " columns: meter number, date and reading are needed."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = branches_among(actor.organisations("metering.read"))
        set_up(self, units=units, usual=actor.organisation_id)


class HeadEndForm(forms.Form):
    """A head-end of a unit: its topics at the broker, and the form of what it sends."""

    name = forms.CharField(
        label=pgettext_lazy("head-end", "Name"), max_length=80,
        help_text=_("What it is called, for example “Collector north”."),
    )  # fmt: skip
    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("file of readings", "Unit"),
        coerce=int,
        help_text=_("Only meters of this unit and those below it are known to it."),
    )
    topic = forms.CharField(
        label=pgettext_lazy("head-end", "Topics"), max_length=200,
        widget=forms.TextInput(attrs={"class": "num", "spellcheck": "false"}),
        help_text=_(
            "“+” stands for one level, “#” for all that follow. Of frames that do not say their"
            " meter, the level at the first “+” is its number."
        ),
    )  # fmt: skip
    form = forms.ChoiceField(label=pgettext_lazy("head-end", "Form"), choices=HeadEnd.Form.choices)

    def __init__(self, *args: Any, actor: Actor, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_among(actor.organisations("metering.heads"), language=language)
        unit: Any = self.fields["organisation"]
        unit.choices = [(each.unit_id, f"{INDENT * each.depth}{each.name}") for each in units]
        unit.initial = actor.organisation_id
