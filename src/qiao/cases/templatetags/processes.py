"""``{% load processes %}``: parts of the pages on processes."""

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from qiao.core.ui.fields import field
from qiao.core.wording import said

register = template.Library()
register.filter("said", said)


@register.filter
def wide(bound: BoundField) -> bool:
    """Whether a control needs the whole line."""
    widget = bound.field.widget
    return isinstance(widget, (forms.Textarea, forms.CheckboxSelectMultiple))


@register.simple_tag
def part_field(bound: BoundField, redraw_url: str) -> SafeString:
    """A control of a draft's part. One on which others hang saves and has the pane drawn anew."""
    attributes = bound.field.widget.attrs
    if attributes.pop("data-redraws", None):
        attributes |= {
            "hx-post": redraw_url,
            "hx-trigger": "change consume",
            "hx-target": "#part-pane",
            "hx-swap": "outerHTML",
            "hx-include": "closest form",
        }
    return field(bound)
