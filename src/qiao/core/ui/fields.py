"""A form field with label, required mark, help and errors, tied together for screen readers."""

from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from qiao.core.ui.marks import Text, icon
from qiao.core.ui.markup import markup

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOTHING = mark_safe("")

ROW_LENGTH = 60  # letters that fit beside one another in a dialog; a Chinese one counts as two
CHOICE_EDGE = 3  # what the edges of each choice take away of it


def _described(bound: BoundField, hint: Text) -> list[str]:
    name = bound.auto_id or bound.html_name
    ids = [f"{name}-hint"] if hint else []
    return [*ids, f"{name}-error"] if bound.errors else ids


def _widget_class(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def _attributes(bound: BoundField, hint: Text, classes: str) -> dict[str, Any]:
    own = str(bound.field.widget.attrs.get("class", ""))
    usual = "" if "q-switch" in own else _widget_class(bound.field.widget)
    attributes: dict[str, Any] = {"class": " ".join(c for c in (usual, own, classes) if c)}
    if described := _described(bound, hint):
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def _errors(bound: BoundField) -> SafeString:
    if not bound.errors:
        return _NOTHING
    return markup(
        '<div id="{}-error">{}</div>',
        bound.auto_id or bound.html_name,
        format_html_join(
            "",
            '<p class="q-error">{}<span>{}</span></p>',
            ((icon("alert-circle"), error) for error in bound.errors),
        ),
    )


def _hint(bound: BoundField, hint: Text) -> SafeString:
    if not hint:
        return _NOTHING
    return markup(
        '<span class="q-hint" id="{}-hint">{}</span>', bound.auto_id or bound.html_name, hint
    )


def _required(bound: BoundField) -> SafeString:
    if not bound.field.required:
        return _NOTHING
    return markup(
        ' <span class="req" aria-hidden="true">*</span><span class="sr">{}</span>', _("required")
    )


def _fits_one_row(labels: list[str]) -> bool:
    """Whether radios can stand beside one another and still be read."""
    letters = sum(1 + (east_asian_width(letter) in "WF") for each in labels for letter in each)
    return letters + CHOICE_EDGE * len(labels) <= ROW_LENGTH


def _choices(bound: BoundField, label: Text, hint: Text, span: str) -> SafeString:
    """Radios as a segment or, where they are long, as rows; check boxes as chips.

    They post without any script.
    """
    many = isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    each = '<label class="q-chip">{} {}</label>' if many else "<label>{} {}</label>"
    options: Iterable[tuple[object, object]] = [
        (option.tag(), option.choice_label) for option in bound.subwidgets
    ]
    fits = many or _fits_one_row([str(words) for _tag, words in options])
    name = bound.auto_id or bound.html_name
    return markup(
        '<div class="q-field{}" role="{}" aria-labelledby="{}-label"{}{}><span class="q-lab"'
        ' id="{}-label">{}{}</span><div class="{}">{}</div>{}{}</div>',
        span,
        "group" if many else "radiogroup",
        name,
        markup(' aria-describedby="{}"', " ".join(_described(bound, hint)))
        if _described(bound, hint)
        else "",
        markup(' aria-invalid="true"') if bound.errors and not many else _NOTHING,
        name,
        label,
        _required(bound),
        "row-f wrap g1" if many else "q-seg full" if fits else "q-seg full rows",
        format_html_join("", each, options),
        _hint(bound, hint),
        _errors(bound),
    )


def field(
    bound: BoundField,
    classes: str = "",
    *,
    label: Text = "",
    hint: Text = "",
    control: str = "",
    placeholder: Text | None = None,
) -> SafeString:
    """One field of a form, whatever its widget.

    `classes` goes on the field (``full`` spans both columns), `control` on the control (``lg``);
    `label`, `hint` and `placeholder` replace the form's own.
    """
    widget = bound.field.widget
    if widget.is_hidden:
        return bound.as_widget()
    label = label or bound.label or ""
    hint = hint or bound.help_text
    span = f" {classes}" if classes else ""
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return _choices(bound, label, hint, span)
    attributes = _attributes(bound, hint, control)
    if placeholder is not None:
        attributes["placeholder"] = placeholder
    control_html = bound.as_widget(attrs=attributes)
    if isinstance(widget, forms.CheckboxInput):
        return markup(
            '<div class="q-field{}"><label class="row-f g2">{}<span>{}{}</span></label>{}{}</div>',
            span,
            control_html,
            label,
            _required(bound),
            _hint(bound, hint),
            _errors(bound),
        )
    return markup(
        '<div class="q-field{}"><label for="{}">{}{}</label>{}{}{}</div>',
        span,
        bound.id_for_label,
        label,
        _required(bound),
        control_html,
        _hint(bound, hint),
        _errors(bound),
    )


def form_errors(form: forms.BaseForm) -> SafeString:
    """The errors that belong to no field, as one alert above the form."""
    errors = form.non_field_errors()
    if not errors:
        return _NOTHING
    return markup(
        '<div class="q-alert bad" role="alert">{}<div>{}</div></div>',
        icon("alert-circle"),
        format_html_join("", "<p>{}</p>", ((error,) for error in errors)),
    )
