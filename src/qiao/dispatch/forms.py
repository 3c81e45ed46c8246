"""What technicians and dispatchers type. A refused form comes back with every word in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core import signing
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.cases.queries import Exit
from qiao.core.attachments import Accepted, FileRefused, check_upload, path_of, write
from qiao.core.packs.model import Field
from qiao.core.phone_words import said_by_phone
from qiao.core.rules.text import BadText
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations import Filling, Report
from qiao.dispatch.queries import note_field
from qiao.dispatch.rules.sheets import Sheet

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict

SIGNATURE: Final = "signature"
OTHER: Final = "other"
KEPT_PICTURE: Final = "dispatch.kept-picture"
TOKEN_AGE_SECONDS: Final = 48 * 3600
REASON_LENGTH: Final = 500
NOTE_LENGTH: Final = 4_000
REFUSED: Final = {
    "empty": _("The file is empty."),
    "too_large": _("The picture is too large."),
    "wrong_type": _("This is not a picture."),
}


class ReportForm(forms.Form):
    """What a phone adds to every step: its key, its time, its position. Bad ones are left out."""

    idempotency_key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    happened_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    latitude = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def report(self) -> Report:
        """The step's circumstances, whether or not the rest of the form is right."""
        said = said_by_phone(self.data)
        return Report(
            key=said.key,
            happened_at=said.happened_at,
            latitude=said.latitude,
            longitude=said.longitude,
            accuracy_m=said.accuracy_m,
        )

    def refuse(self, error: BadText) -> None:
        """Show why a text cannot be stored, at its field."""
        text = gettext(error.message) % error.params
        self.add_error(error.field if error.field in self.fields else None, text)


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ReasonForm(ReportForm):
    """Why an order is refused or handed back."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, widget=_long(3))


class HoldForm(ReportForm):
    """Why the work waits."""

    hold = forms.ChoiceField(
        label=_("Waiting for"),
        choices=[choice for choice in WorkOrder.Hold.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Words"), required=False, max_length=REASON_LENGTH, widget=_long(2)
    )


class SheetForm(ReportForm):
    """The work sheet of one order, built from its data.

    Pictures come as files; on a refused form they are kept by a signed token, so that nobody
    takes them twice. `tokens` are those to send back with the form.
    """

    note = forms.CharField(
        label=pgettext_lazy("work order", "Work done"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=_long(3),
    )
    no_photo_reason = forms.CharField(
        label=_("Why there is no picture"), required=False, max_length=REASON_LENGTH
    )
    no_signature_reason = forms.CharField(
        label=_("Why there is no signature"), required=False, max_length=REASON_LENGTH
    )

    def __init__(
        self,
        order: WorkOrder,
        sheet: Sheet,
        way_out: Exit | None,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
    ) -> None:
        super().__init__(data, files, auto_id="job-%s", initial=_initial(order))
        self.order, self.sheet = order, sheet
        self.accepted: list[tuple[str, Accepted]] = []
        self.asked = _asked(way_out)
        language = get_language() or "en"
        self._say_what_is_needed(way_out)
        for check in sheet.checks:
            self.fields[f"check_{check.key}"] = forms.BooleanField(
                required=False, label=check.text.in_language(language)
            )
        for reading in sheet.readings:
            self.fields[f"reading_{reading.key}"] = forms.CharField(
                required=False, max_length=40, label=reading.label.in_language(language)
            )
        for field in self.asked:
            answer = _answer_field(field, language)
            if way_out is not None and field.key in way_out.required:
                answer.widget.attrs["data-needed"] = "field"
            self.fields[f"answer_{field.key}"] = answer

    def _say_what_is_needed(self, way_out: Exit | None) -> None:
        """Tell the script that counts what is missing about the note."""
        own = note_field(way_out) if way_out is not None else None
        needed = way_out is not None and own is not None and own.key in way_out.required
        if needed or self.sheet.note == "required":
            self.fields["note"].widget.attrs["data-needed"] = "note"

    def clean(self) -> dict[str, Any]:
        """Look inside the pictures; a bad one is named, the others are kept."""
        cleaned = super().clean() or {}
        self.accepted = [*self._kept()]
        for name, label in self._places():
            for file in self.files.getlist(name) if self.is_bound else ():
                try:
                    picture = check_upload(file, file_name=file.name or name, allow=("image",))
                except FileRefused as refusal:
                    words = {"file": refusal.file_name, "why": REFUSED[refusal.reason]}
                    self.add_error(None, gettext("%(file)s: %(why)s") % words)
                else:
                    self.accepted.append((label, picture))
        return cleaned

    def _places(self) -> Iterator[tuple[str, str]]:
        for photo in self.sheet.photos:
            yield f"photo_{photo.key}", photo.key
        yield f"photo_{OTHER}", OTHER
        yield SIGNATURE, SIGNATURE

    def _kept(self) -> Iterator[tuple[str, Accepted]]:
        labels = {label for _name, label in self._places()}
        sent = self.data.getlist("kept") if hasattr(self.data, "getlist") else []
        for token in sent:
            try:
                label, digest, kind, name = signing.loads(
                    token, salt=self._salt(), max_age=TOKEN_AGE_SECONDS
                )
                content = path_of(digest).read_bytes()
            except (signing.BadSignature, ValueError, OSError):
                continue
            if label in labels:
                yield label, Accepted(content, kind, name)

    @property
    def tokens(self) -> list[tuple[str, str, str]]:
        """Label, file name and token of each picture that came with this form."""
        found = []
        for label, picture in self.accepted:
            digest = write(picture)
            what = [label, digest, picture.content_type, picture.file_name]
            found.append((label, picture.file_name, signing.dumps(what, salt=self._salt())))
        return found

    def _salt(self) -> str:
        return f"{KEPT_PICTURE}.{self.order.pk}"

    def filling(self) -> Filling:
        """What is filled in, for the operation."""
        data = self.cleaned_data
        signatures = [p for label, p in self.accepted if label == SIGNATURE]
        return Filling(
            checks={c.key: bool(data.get(f"check_{c.key}")) for c in self.sheet.checks},
            readings={r.key: str(data.get(f"reading_{r.key}") or "") for r in self.sheet.readings},
            answers={f.key: data.get(f"answer_{f.key}") for f in self.asked},
            note=data.get("note", ""),
            no_photo_reason=data.get("no_photo_reason", ""),
            no_signature_reason=data.get("no_signature_reason", ""),
            pictures=[(label, p) for label, p in self.accepted if label != SIGNATURE],
            signature=signatures[-1] if signatures else None,
        )


def _asked(way_out: Exit | None) -> tuple[Field, ...]:
    """The fields of the process that stand on the sheet beside the note."""
    if way_out is None:
        return ()
    own = note_field(way_out)
    return tuple(field for field in way_out.fields if own is None or field.key != own.key)


def _initial(order: WorkOrder) -> dict[str, Any]:
    return {
        "note": order.note,
        "no_photo_reason": order.no_photo_reason,
        "no_signature_reason": order.no_signature_reason,
        **{f"check_{key}": True for key in order.checks},
        **{f"reading_{key}": value for key, value in order.readings.items()},
        **{f"answer_{key}": value for key, value in order.answers.items()},
    }


def _answer_field(field: Field, language: str) -> forms.Field:
    label = field.label.in_language(language)
    choices = [(c.key, c.name.in_language(language)) for c in field.choices]
    if field.kind == "choice":
        return forms.ChoiceField(required=False, label=label, choices=[("", "—"), *choices])
    if field.kind == "choices":
        return forms.MultipleChoiceField(
            required=False, label=label, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    if field.kind == "bool":
        return forms.BooleanField(required=False, label=label)
    widget = _long(3) if field.kind == "long" else forms.TextInput()
    return forms.CharField(required=False, label=label, max_length=NOTE_LENGTH, widget=widget)


class AssignForm(forms.Form):
    """Who goes. A choice is ``team:person``; without a person it is the crew's pool."""

    who = forms.ChoiceField(label=_("Technician or crew"))
    promised_at = forms.DateTimeField(
        label=_("Time told to the customer"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self,
        choices: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        data: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id="assign-%s")
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> tuple[int, int | None]:
        """Team and person of a form that is right."""
        team, _colon, person = str(self.cleaned_data["who"]).partition(":")
        return int(team), int(person) if person else None
