"""What the forms of a draft's parts have in common.

They take whatever is typed: faults of the whole are found by the checks and shown at their place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _

from qiao.cases.forms.conditions import (
    condition_fields,
    condition_initial,
    read_condition,
)
from qiao.cases.rules.draft_parts import Data
from qiao.cases.showing.process_words import LANGUAGES, VALUES
from qiao.core.lenient import Choices
from qiao.core.packs.model import Field

_LANGUAGE_KEYS: Final = {"en": "en", "zh-Hans": "zh_hans", "zh-Hant": "zh_hant"}


@dataclass(frozen=True, slots=True)
class Around:
    """What the forms of a draft choose from."""

    data: Data
    fields: Mapping[str, Field]
    roles: Choices = ()
    calendars: Choices = ()
    steps: Choices = ()
    own: Mapping[str, Any] = field(default_factory=dict)
    is_form: bool = False


class PartForm(forms.Form):
    """A part of a draft. `groups` are its fields as they stand on the page: heading, names."""

    use_required_attribute = False
    texts: ClassVar[Mapping[str, bool]] = {"name": True}
    groups: list[tuple[Any, list[str]]]

    def __init__(self, *args: Any, around: Around, values: Data, **more: Any) -> None:
        super().__init__(*args, **more)
        self.around, self.before = around, values
        self.groups = []
        for name in self.texts:
            self._add_text(name, values.get(name))
        self.build()

    def build(self) -> None:
        """Add the fields of the part."""

    def values(self) -> Data:
        """The part's own values as they are kept; empty ones are left out."""
        found = {name: self._text(name) for name in self.texts}
        return {key: value for key, value in (found | self.own()).items() if not is_empty(value)}

    def own(self) -> Data:
        """The values of the part beside its texts."""
        return {}

    def bound_groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The groups with their fields, for the template."""
        return [(label, [self[name] for name in held]) for label, held in self.groups]

    def _add_text(self, name: str, value: Any) -> None:
        held = []
        for key, language in LANGUAGES.items():
            own = f"{name}-{_LANGUAGE_KEYS[key]}"
            self.fields[own] = forms.CharField(label=language, max_length=200, required=False)
            self.initial[own] = value.get(key, "") if isinstance(value, Mapping) else ""
            held.append(own)
        self.groups.append((VALUES[name], held))

    def _text(self, name: str) -> dict[str, str]:
        given = {
            key: str(self.cleaned_data.get(f"{name}-{own}") or "").strip()
            for key, own in _LANGUAGE_KEYS.items()
        }
        return given if any(given.values()) else {}

    def _group(self, label: Any, **fields: forms.Field) -> None:
        for name, each in fields.items():
            each.required = False
            if each.label is None:
                each.label = VALUES.get(name)  # type: ignore[assignment]
            self.fields[name] = each
            self.initial.setdefault(name, self.before.get(name))
        self.groups.append((label, list(fields)))

    def _add_condition(self, name: str) -> None:
        tree = self.before.get(name)
        self.initial.update(condition_initial(name, tree))
        bound_data = self.data if self.is_bound else None
        fields = condition_fields(name, tree, bound_data, self.around.fields)
        self.fields |= fields
        self.groups.append((VALUES[name], list(fields)))

    def _condition(self, name: str) -> Any:
        return read_condition(name, self.before.get(name), self.data, self.around.fields)


def is_empty(value: Any) -> bool:
    """Whether a value is left out of a definition; zero is one."""
    return value is None or value is False or value in ("", [], {})


def key_field(value: Any) -> forms.CharField:
    """The key of a part."""
    return forms.CharField(
        label=_("Key"),
        max_length=60,
        initial=value,
        help_text=_("Stands in exports and in the trail; small letters, digits and _."),
    )
