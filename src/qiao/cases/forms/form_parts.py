"""The parts that only the form of a case type has: the form itself, and its rules."""

from django.utils.translation import gettext as _

from qiao.cases.forms.process_parts import PartForm, key_field
from qiao.cases.rules.draft_parts import Data
from qiao.cases.showing import names
from qiao.core.lenient import select_field


class FormForm(PartForm):
    """The form of a case type itself: its name."""

    def own(self) -> Data:
        return {key: self.before[key] for key in ("key", "version") if key in self.before}


class RuleForm(PartForm):
    """A rule: the answers that make a case more urgent, and how urgent."""

    def build(self) -> None:
        self._group(
            _("How urgent"),
            priority=select_field(list(names.PRIORITIES.items())),
        )
        self._add_condition("when")
        self._group(_("Key"), key=key_field(self.before.get("key")))

    def own(self) -> Data:
        data = self.cleaned_data
        return {
            "key": data["key"].strip(),
            "priority": data["priority"],
            "when": self._condition("when"),
        }
