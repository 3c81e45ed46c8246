"""The form of each kind of step of a voice menu, and of the menu itself."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from django import forms
from django.utils.translation import gettext as _

from qiao.core.lenient import many_field, select_field
from qiao.core.registry import registry
from qiao.telephony.forms.menu_parts import (
    StepForm,
    ends_here,
    way_name,
)
from qiao.telephony.rules.menu_edit import Data
from qiao.telephony.rules.menus import BUILT_IN, LANGUAGES, LIST_KEYS, Digits
from qiao.telephony.showing import menu_words
from qiao.telephony.showing.menu_words import language_name, outcome_name

KEYS: Final = "123456789*#"
KEPT_MESSAGE: Final = {"number": "digits", "day": "date", "clock": "time"}
PROMISED: Final = {"day": "date", "clock": "time"}
HEARING: Final = ("tries", "silence_seconds")
WAITING: Final = ("waiting_after_seconds", "waiting_every_seconds")
NUMBER: Final = ("least", "most", "tries", "silence_seconds", "pause_seconds", "answer_seconds")


class SayForm(StepForm):
    """Words, and where it goes on."""

    def build(self) -> None:
        self._group(_("Way on"), next=self._way())
        self._group(_("Hearing"), is_whole=forms.BooleanField())

    def own(self) -> Data:
        return {**self._ways("next"), "is_whole": self.cleaned_data["is_whole"]}


class ChooseForm(StepForm):
    """A key for each way."""

    def build(self) -> None:
        keys = self.before.get("keys", {})
        self.initial.update({way_name(f"keys.{key}"): keys.get(key, "") for key in KEYS})
        ways = {way_name(f"keys.{key}"): self._way(_("Key %(key)s") % {"key": key})
                for key in KEYS}  # fmt: skip
        self._group(_("Keys and where they lead"), **ways)
        label = _("Nothing pressed or a wrong key, after all tries")
        self._group(_("Without a key"), otherwise=self._way(label))
        self._numbers("", *HEARING)

    def own(self) -> Data:
        data = self.cleaned_data
        found = {key: data[way_name(f"keys.{key}")] for key in KEYS}
        strange = {k: v for k, v in self.before.get("keys", {}).items() if k not in KEYS}
        keys = {key: to for key, to in found.items() if to}
        return {
            "keys": _in_order(keys, self.before.get("keys", {})) | strange,
            **self._ways("otherwise"),
            **self._kept_numbers(*HEARING),
        }


def _in_order(now: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """What was there keeps its order; what is new follows."""
    return {key: now[key] for key in (*before, *now) if key in now}


class DigitsForm(StepForm):
    """A number that callers key in: its length, its check, how it is kept."""

    def build(self) -> None:
        hint = _("Texts say it as {name}; look-ups are asked with it.")
        self._group(
            _("The number"),
            name=forms.CharField(max_length=40, help_text=hint),
            check=select_field(self.around.checks, empty=_("Not checked")),
            is_secret=forms.BooleanField(),
        )
        label = _("Nothing keyed in or wrong, after all tries")
        ways = {"next": self._way(), "otherwise": self._way(label)}
        self._group(_("Ways on"), **ways)
        self._numbers(_("Digits and time"), *NUMBER)

    def own(self) -> Data:
        data = self.cleaned_data
        return {
            "name": data["name"].strip(),
            "check": data["check"],
            "is_secret": data["is_secret"],
            **self._ways("next", "otherwise"),
            **self._kept_numbers(*NUMBER),
        }


class LookupForm(StepForm):
    """What another module answers: with what it is asked, and a way for each answer."""

    kind: Literal["lookup", "list"] = "lookup"

    def build(self) -> None:
        name = str(self.data.get("name") if self.is_bound else self.before.get("name", ""))
        self.asked = registry.voice().get((self.kind, name))
        self.ask_what()
        collected = {n.name for n in self.around.menu.nodes if isinstance(n, Digits) and n.name}
        wanted = self.asked.arguments if self.asked else ()
        known = [each for each in wanted if each in BUILT_IN or each in collected]
        held = [*known, *(a for a in self.before.get("arguments", ()) if a not in known)]
        choices = [(each, menu_words.BUILT_IN.get(each, each)) for each in held]
        self._group("", arguments=many_field(choices))
        answers = self.before.get("answers", {})
        own = self.asked.outcomes if self.asked else ()
        self.outcomes = list(dict.fromkeys([*own, *answers]))
        self.initial.update({way_name(f"answers.{o}"): answers.get(o, "") for o in self.outcomes})
        ways = {
            way_name(f"answers.{outcome}"): self._way(
                outcome_name(name, outcome, self.kind), empty=_("As any other answer")
            )
            for outcome in self.outcomes
        }
        ways["otherwise"] = self._way(self.without_answer())
        self._group(_("Answers and where they lead"), **ways)
        self._numbers("", "answer_seconds")

    def ask_what(self) -> None:
        """Add the field that chooses what is asked."""
        label = _("What is looked up")
        field = select_field(self.around.lookups, label=label)
        field.help_text = self.asked.about if self.asked else ""
        self._group(_("The question"), name=field)

    def without_answer(self) -> str:
        """When the way is taken that no answer takes."""
        return _("Any other answer, or none")

    def own(self) -> Data:
        data = self.cleaned_data
        answers = {each: data[way_name(f"answers.{each}")] for each in self.outcomes}
        arguments = data["arguments"]
        before = [each for each in self.before.get("arguments", ()) if each in arguments]
        return {
            "name": data["name"],
            "arguments": [*before, *(each for each in arguments if each not in before)],
            "answers": _in_order(
                {each: to for each, to in answers.items() if to}, self.before.get("answers", {})
            ),
            "values": dict(self.asked.values) if self.asked else {},
            **self._ways("otherwise"),
            **self._kept_numbers("answer_seconds"),
        }


class ReadOutForm(LookupForm):
    """A list that another module answers, read out entry by entry."""

    kind = "list"
    speaks = ("prompts", "first_prompts", "entry_prompts", "between_prompts")

    def build(self) -> None:
        super().build()
        keys = self.before.get("keys", {})
        free = [key for key in KEYS if key not in LIST_KEYS]
        self.initial.update({way_name(f"keys.{key}"): keys.get(key, "") for key in free})
        ways = {way_name(f"keys.{key}"): self._way(_("Key %(key)s") % {"key": key})
                for key in free}  # fmt: skip
        self._group(_("Further keys and where they lead"), **ways)
        self._group(_("After the last entry"), next=self._way())
        self._numbers("", "part", *HEARING)

    def ask_what(self) -> None:
        field = select_field(self.around.lists, label=_("What is read out"))
        field.help_text = self.asked.about if self.asked else ""
        self._group(_("The list"), name=field)
        names = [f"{{{each}}}" for each in self.asked.entry_values] if self.asked else []
        if names:
            hint = _(
                "The texts of an entry say %(names)s; a text is left out where the entry lacks "
                "its value. While it is read # goes on to the next entry, 7 back to the one "
                "before, 1 on to the next part, and * says it again."
            )
            self.fields[
                "name"
            ].help_text = f"{field.help_text} {hint % {'names': ' '.join(names)}}"

    def without_answer(self) -> str:
        return _("Any other answer, none, or wrong keys after all tries")

    def own(self) -> Data:
        data = self.cleaned_data
        found = {
            key: data[way_name(f"keys.{key}")] for key in KEYS if way_name(f"keys.{key}") in data
        }
        before = self.before.get("keys", {})
        strange = {key: to for key, to in before.items() if key not in found}
        return {
            **super().own(),
            "entry_values": dict(self.asked.entry_values) if self.asked else {},
            "keys": _in_order({key: to for key, to in found.items() if to}, before) | strange,
            **self._ways("next"),
            **self._kept_numbers("part", *HEARING),
        }


class LanguageForm(StepForm):
    """The language that is spoken from here on."""

    speaks = ()

    def build(self) -> None:
        spoken = [(each, language_name(each)) for each in self.around.menu.languages]
        self._group(_("Language"), language=select_field(spoken), next=self._way())

    def own(self) -> Data:
        return {"language": self.cleaned_data["language"], **self._ways("next")}


class HoursForm(StepForm):
    """Day and night service by a calendar."""

    speaks = ()

    def build(self) -> None:
        self._group(_("Service hours"), calendar=select_field(self.around.calendars))
        ways = {"open": self._way(), "closed": self._way()}
        self._group(_("Ways on"), **ways)

    def own(self) -> Data:
        return {"calendar": self.cleaned_data["calendar"], **self._ways("open", "closed")}


class QueueForm(StepForm):
    """People: which queue, what is asked of them, and what callers hear while they wait."""

    speaks = ("prompts", "waiting_prompts")

    def build(self) -> None:
        self._group(
            _("Where callers wait"),
            queue=select_field(self.around.queues),
            about=select_field(self.around.matters, empty=_("Nothing certain")),
            is_emergency=forms.BooleanField(),
        )
        held = [tuple(each) for each in self.before.get("skills", ())]
        self.rows = len(held) + 1
        fields: dict[str, forms.Field] = {}
        for row, (skill, level) in enumerate([*held, ("", 1)]):
            label = _("Skill %(n)d") % {"n": row + 1}
            fields[f"skill-{row}"] = select_field(self.around.skills, label=label)
            fields[f"level-{row}"] = forms.IntegerField(
                label=_("Least level"), min_value=1, max_value=5
            )
            self.initial.update({f"skill-{row}": skill, f"level-{row}": level})
        self._group(_("Asked of them beside the skill of the queue"), **fields)
        self._numbers("", "language_level")
        hint = _("Texts say {place} and {minutes}; one whose minutes nobody knows is left out.")
        way = self._way(empty=_("Key 1 does nothing"))
        way.help_text = hint
        self._group(_("While they wait"), callback=way)
        self._numbers("", *WAITING)

    def own(self) -> Data:
        data = self.cleaned_data
        rows = [(data[f"skill-{n}"], data.get(f"level-{n}") or 1) for n in range(self.rows)]
        return {
            "queue": data["queue"],
            "about": data["about"],
            "is_emergency": data["is_emergency"],
            "skills": [[skill, level] for skill, level in rows if skill],
            **self._ways("callback"),
            **self._kept_numbers("language_level", *WAITING),
        }


class MessageForm(StepForm):
    """A message that is recorded, and what follows."""

    def build(self) -> None:
        hint = _("There {number} says its number, {day} and {clock} by when it is answered.")
        way = self._way(empty=ends_here())
        way.help_text = hint
        self._group(_("Way on"), next=way)
        self._numbers("", "most_seconds")

    def own(self) -> Data:
        on = self._ways("next")
        values = KEPT_MESSAGE if on["next"] else {}
        return {**on, "values": dict(values), **self._kept_numbers("most_seconds")}


class CallbackForm(StepForm):
    """A call back: at the number that calls by 1, at another one by 2."""

    speaks = ("prompts", "number_prompts")

    def build(self) -> None:
        on = self._way(_("Promised"), empty=ends_here())
        on.help_text = _("There {day} and {clock} say by when it is.")
        ways = {"next": on, "otherwise": self._way(_("Not promised, or nothing pressed"))}
        self._group(_("Ways on"), **ways)
        self._numbers(_("Digits and time"), *NUMBER)

    def own(self) -> Data:
        on = self._ways("next", "otherwise")
        values = PROMISED if on["next"] else {}
        return {**on, "values": dict(values), **self._kept_numbers(*NUMBER)}


class HangUpForm(StepForm):
    """Last words."""


class MenuForm(StepForm):
    """The menu itself: where calls begin, keys that are heard everywhere, languages."""

    speaks = ("wrong", "silent")

    def build(self) -> None:
        self._group(_("Where calls begin"), start=self._way())
        keys = [(key, key) for key in "123456789*"]
        everywhere = {
            "person": self._way(),
            "emergency_key": select_field(keys, empty=_("None")),
            "emergency": self._way(),
        }
        self._group(_("Keys that are heard everywhere"), **everywhere)
        spoken = [(each, language_name(each)) for each in LANGUAGES]
        self.initial["first"] = next(iter(self.before.get("languages", ())), "")
        languages: dict[str, forms.Field] = {
            "languages": many_field(spoken),
            "first": select_field(spoken),
        }
        self._group(_("Languages"), **languages)

    def own(self) -> Data:
        data = self.cleaned_data
        chosen, first = data["languages"], data["first"]
        before = [each for each in self.before.get("languages", ()) if each in chosen]
        spoken = [*before, *(each for each in chosen if each not in before)]
        if first in spoken:
            spoken = [first, *(each for each in spoken if each != first)]
        return {
            **self._ways("start", "person", "emergency"),
            "emergency_key": data["emergency_key"],
            "languages": spoken,
        }


FORMS: Final[Mapping[str, type[StepForm]]] = {
    "say": SayForm,
    "choose": ChooseForm,
    "digits": DigitsForm,
    "ask_outside": LookupForm,
    "read_out": ReadOutForm,
    "language": LanguageForm,
    "hours": HoursForm,
    "queue": QueueForm,
    "message": MessageForm,
    "callback": CallbackForm,
    "hang_up": HangUpForm,
}


def form_of(kind: str, *args: Any, **more: Any) -> StepForm:
    """The form of a kind of step; the empty kind is the menu itself."""
    return FORMS.get(kind, MenuForm)(*args, **more)
