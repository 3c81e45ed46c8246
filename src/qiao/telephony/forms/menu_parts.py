"""What the forms of steps of a voice menu have in common: texts, ways, numbers.

They take whatever is chosen: faults of the whole are found by the checks and shown at their place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.lenient import NOTHING, Choices, Lenient
from qiao.telephony.rules.menu_edit import MENU, NEW, Data, StepPart
from qiao.telephony.rules.menus import LONGEST_TEXT, Menu
from qiao.telephony.showing.menu_words import FIELDS, KINDS, language_name, step_title

NAMED_KEYS: Final = {"*": "star", "#": "hash"}
TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Around:
    """What the form of a step chooses from. `shared` tells how many other steps say a text."""

    menu: Menu
    part: StepPart
    step: str
    queues: Choices = ()
    matters: Choices = ()
    calendars: Choices = ()
    skills: Choices = ()
    lookups: Choices = ()
    checks: Choices = ()
    lists: Choices = ()
    shared: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of a form that stand together. `text` is the key of the text whose words they are,
    `shared` how many other steps say it too."""

    label: Any
    names: tuple[str, ...]
    text: str = ""
    shared: int = 0


class WayField(Lenient):
    """A way to another step."""


def text_name(text: str, language: str) -> str:
    """The control in which the words of a text stand."""
    return f"{TEXT}-{text}-{language}"


def way_name(field: str) -> str:
    """The control of a way or a value: ``keys.*`` is ``keys-star``."""
    name, _dot, rest = field.partition(".")
    return f"{name}-{NAMED_KEYS.get(rest, rest)}" if rest else name


class StepForm(forms.Form):
    """A step of a draft, or the menu itself. `groups` are its fields as they stand on the page."""

    use_required_attribute = False
    speaks: tuple[str, ...] = ("prompts",)

    def __init__(self, *args: Any, around: Around, **more: Any) -> None:
        super().__init__(*args, **more)
        self.around, self.before = around, around.part.values
        self.groups: list[Group] = []
        for name in self.speaks:
            self._add_texts(name)
        self.build()
        if around.step != MENU:
            self.initial["key"] = around.step
            hint = _("Stands in the log of calls. Letters, digits and _.")
            self._group("", key=forms.CharField(max_length=40, help_text=hint))

    def build(self) -> None:
        """Add the fields of the kind."""

    def own(self) -> Data:
        """The values of the kind."""
        return {}

    def values(self) -> Data:
        """The step as it is kept; what the form does not show stays."""
        said = {name: self._said(name) for name in self.speaks}
        found = {**self.before, **said, **self.own()}
        if self.around.step != MENU:
            found["key"] = self.cleaned_data["key"].strip()
        return found

    def texts(self) -> dict[str, dict[str, str]]:
        """The words that were typed, by text and language; what the page did not show stays."""
        found: dict[str, dict[str, str]] = {}
        for text in self.around.part.texts:
            for language in self.around.menu.languages:
                own = text_name(text, language)
                if own in self.data:
                    words = " ".join(self.cleaned_data[own].split())
                    found.setdefault(text, {})[language] = words
        return found

    def bound_groups(self) -> list[tuple[Group, list[forms.BoundField]]]:
        """The groups with their fields, for the template."""
        return [(group, [self[name] for name in group.names]) for group in self.groups]

    # Texts.

    def _add_texts(self, name: str) -> None:
        held = self.before.get(name, ())
        for text in dict.fromkeys(held):
            self._add_text(name, text)
        others = [(key, self._text_label(key)) for key in self.around.menu.texts
                  if key not in held]  # fmt: skip
        choices = [("", NOTHING), (NEW, _("A new text")), (_("A text of the menu"), others)]
        more = Lenient(choices=choices, label=_("Say one text more"))
        self._group(FIELDS[name] if not held else "", **{f"more-{name}": more})

    def _add_text(self, name: str, text: str) -> None:
        names = []
        words = self.around.part.texts.get(text)
        if words is not None:
            for language in self.around.menu.languages:
                own = text_name(text, language)
                area = forms.Textarea(attrs={"rows": 2, "lang": _lang(language)})
                self.fields[own] = forms.CharField(
                    label=language_name(language), max_length=LONGEST_TEXT, required=False,
                    widget=area,
                )  # fmt: skip
                self.initial[own] = words.get(language, "")
                names.append(own)
        drop = f"drop-{name}-{text}"
        self.fields[drop] = forms.BooleanField(label=_("Do not say this here"), required=False)
        shared = self.around.shared.get(text, 0)
        self.groups.append(Group(FIELDS[name], (*names, drop), text, shared))

    def _text_label(self, text: str) -> str:
        words = next((each for each in self.around.menu.texts[text].values() if each), "")
        return f"{text}: {words[:30]}" if words else text

    def _said(self, name: str) -> list[str]:
        data = self.cleaned_data
        held = [text for text in self.before.get(name, ()) if not data.get(f"drop-{name}-{text}")]
        more = data.get(f"more-{name}", "")
        return [*held, more] if more and more not in held else held

    # Fields.

    def _group(self, label: Any, **fields: forms.Field) -> None:
        for name, each in fields.items():
            each.required = False
            if each.label is None:
                each.label = FIELDS.get(name)  # type: ignore[assignment]
            self.fields[name] = each
            self.initial.setdefault(name, self.before.get(name))
        self.groups.append(Group(label, tuple(fields)))

    def _way(self, label: Any = None, *, empty: Any = NOTHING) -> forms.Field:
        menu = self.around.menu
        steps = [(node.key, step_title(menu, node.key)) for node in menu.nodes]
        new = [(f"{NEW}{kind}", label) for kind, label in KINDS.items()]
        choices = [("", empty), (_("Steps of the menu"), steps), (_("A new step"), new)]
        return WayField(choices=choices, label=label)

    def _number(self, name: str) -> forms.Field:
        from_kind = getattr(self.around.menu.index.get(self.around.step), name, None)
        self.initial[name] = from_kind
        return forms.IntegerField(
            min_value=0, max_value=9999, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
        )

    def _numbers(self, label: Any, *names: str) -> None:
        self._group(label, **{name: self._number(name) for name in names})

    def _kept_numbers(self, *names: str) -> Data:
        """Numbers as typed; an empty one stays what it was."""
        found = {}
        for name in names:
            value = self.cleaned_data.get(name)
            found[name] = self.initial[name] if value is None else value
        return found

    def _ways(self, *names: str) -> Data:
        return {name: self.cleaned_data[name] for name in names}


def _lang(language: str) -> str:
    """A language of menus as pages name it."""
    return {"zh-hans": "zh-Hans", "yue": "zh-Hant"}.get(language, language)


def ends_here() -> str:
    """The choice of a way that may be missing."""
    return pgettext("way of a voice menu", "Ends here")
