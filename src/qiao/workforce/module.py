"""What planning people contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module
from qiao.workforce import contributions, demo, tasks  # noqa: F401 - tasks register on import
from qiao.workforce.parameters import PARAMETERS
from qiao.workforce.queries.expected import expected_calls, shift_hours

manifest = Module(
    key="workforce",
    label=_("Workforce"),
    navigation=contributions.NAVIGATION,
    permissions=contributions.PERMISSIONS,
    person_menu=contributions.PERSON_MENU,
    commands=contributions.COMMANDS,
    notices=contributions.NOTICES,
    parameters=PARAMETERS,
    expected_calls=expected_calls,
    shift_hours=shift_hours,
    audited=contributions.AUDITED,
    audit_words=contributions.AUDIT_WORDS,
    demo=(DemoStage("workforce", 98, demo.build, demo.audit),),
)
