"""The form of a ladder: a line for every rung, and since when and why."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.clocks import DAY, WhyForm
from qiao.cases.operations.laddering import MOST_RUNGS, PERSON
from qiao.cases.rules.ladder import Rung
from qiao.cases.showing import names
from qiao.cases.showing.ladders import AFTER, TELL

SPARE: Final = 2
NAMED: Final = "person"


class LadderForm(WhyForm):
    """Rungs by line; a line without “when” is none. `rows` gives the lines for the page."""

    valid_from = forms.DateField(label=gettext_lazy("From"), widget=DAY)

    def __init__(
        self, *args: Any, rungs: Sequence[Rung], promises: Mapping[str, str], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.shown = min(MOST_RUNGS, len(rungs) + SPARE)
        for place in range(MOST_RUNGS):
            self._add(place, rungs[place] if place < len(rungs) else None, promises)

    def _add(self, place: int, rung: Rung | None, promises: Mapping[str, str]) -> None:
        person = rung.tell.removeprefix(PERSON) if rung and rung.tell.startswith(PERSON) else ""
        many = forms.CheckboxSelectMultiple
        fields: dict[str, forms.Field] = {
            "after": forms.ChoiceField(
                label=_("When"), choices=[("", "—"), *AFTER.items()], required=False
            ),
            "figure": forms.IntegerField(label=_("Figure"), required=False),
            "tell": forms.ChoiceField(
                label=_("Whom it tells"),
                choices=[
                    ("", "—"),
                    *TELL.items(),
                    (NAMED, pgettext_lazy("rung", "a named person")),
                ],
                required=False,
            ),
            "number": forms.CharField(label=_("Staff number"), max_length=20, required=False),
            "raises": forms.BooleanField(label=_("Escalated"), required=False),
            "mails": forms.BooleanField(label=_("E-mail too"), required=False),
            "priorities": forms.MultipleChoiceField(
                label=_("Priority"),
                choices=list(names.PRIORITIES.items()),
                required=False,
                widget=many,
            ),
            "promises": forms.MultipleChoiceField(
                label=_("Promise"), choices=list(promises.items()), required=False, widget=many
            ),
        }
        initial = rung.data() | {"number": person} if rung else {}
        if person:
            initial["tell"] = NAMED
        for name, each in fields.items():
            each.label = _("Rung %(n)d: %(part)s") % {"n": place + 1, "part": each.label}
            self.fields[cell(place, name)] = each
            self.initial[cell(place, name)] = initial.get(name)

    def rows(self) -> list[dict[str, Any]]:
        """The lines of the page: bound fields by name."""
        return [
            {name: self[cell(place, name)] for name in PARTS} | {"only": self._only(place)}
            for place in range(MOST_RUNGS)
            if place < self.shown or (self.is_bound and self[cell(place, "after")].value())
        ]

    def _only(self, place: int) -> str:
        """What a line is limited to, in words; empty for every case."""
        words = []
        for name in ("priorities", "promises"):
            bound = self[cell(place, name)]
            chosen = set(bound.value() or ())
            words += [str(box.choice_label) for box in bound if box.data["value"] in chosen]
        return _(", ").join(words)

    def clean(self) -> dict[str, Any]:
        """The rungs; a line needs a figure and whom it tells."""
        data = dict(super().clean() or {})
        data["rungs"] = tuple(
            self._rung(place, data)
            for place in range(MOST_RUNGS)
            if data.get(cell(place, "after"))
        )
        return data

    def _rung(self, place: int, data: Mapping[str, Any]) -> Rung:
        given = {name: data.get(cell(place, name)) for name in PARTS}
        if given["figure"] is None and cell(place, "figure") not in self.errors:
            self.add_error(cell(place, "figure"), _("Give a figure."))
        tell = str(given["tell"] or "")
        if tell == NAMED:
            tell = PERSON + str(given["number"] or "").strip()
        if not tell:
            self.add_error(cell(place, "tell"), _("Say whom it tells."))
        return Rung(
            after=str(given["after"]),
            figure=given["figure"] or 0,
            tell=tell,
            raises=bool(given["raises"]),
            promises=tuple(given["promises"] or ()),
            priorities=tuple(given["priorities"] or ()),
            mails=bool(given["mails"]),
        )


PARTS: Final = (
    "after",
    "figure",
    "tell",
    "number",
    "raises",
    "mails",
    "priorities",
    "promises",
)


def cell(place: int, part: str) -> str:
    """The name of a part of a rung in the form."""
    return f"r{place}-{part}"
