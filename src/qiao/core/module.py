"""What the toolbox itself contributes."""

from django.utils.translation import gettext_lazy as _

from qiao.core import demo, retention_demo, stray_files
from qiao.core.calendar_codes import CALENDAR
from qiao.core.manifest import DemoStage, Module, Parameter, Permission
from qiao.core.personal import PersonalData, collect_looks, erase_said
from qiao.core.retention import HOURLY, NIGHTLY, retain_hourly, retain_nightly
from qiao.core.retention_rules import RETENTION
from qiao.core.tasks import KEEP_FINISHED_JOBS, PeriodicJob

manifest = Module(
    key="core",
    label=_("Foundation"),
    retention=RETENTION,
    demo=(DemoStage("core.retention", 96, retention_demo.build, retention_demo.audit),),
    periodic=(
        PeriodicJob(HOURLY, "23 * * * *", retain_hourly),
        # The clock of the jobs is UTC: a quarter to three at night in China.
        PeriodicJob(NIGHTLY, "47 18 * * *", retain_nightly),
        PeriodicJob("core.sweep_contents", "37 19 * * *", stray_files.sweep),
        PeriodicJob("demo_tick", "* * * * * */12", demo.tick, demo_only=True),
    ),
    personal=(
        PersonalData(
            key="core",
            order=90,
            collect=collect_looks,
            erase=erase_said,
            counted={
                "core.core_idempotencykey": _("Kept answers to other programs"),
                "core.core_export": _("Reasons and filters of files taken away"),
                "core.core_approval": _("Requests to a second person without words"),
                "core.core_disclosure": _("Reasons of disclosures"),
            },
        ),
    ),
    permissions=(
        Permission("core.configure", _("Change dated configuration")),
        Permission("core.features", _("Switch features on and off in units")),
        Permission("core.approve", _("Decide on approvals")),
        Permission("core.audit", _("Read the audit trail")),
    ),
    parameters=(
        Parameter(
            key=KEEP_FINISHED_JOBS,
            label=_("Finished jobs are kept"),
            about=_("Longer helps to look into yesterday's work; shorter keeps the table small."),
            kind="number",
            unit=_("hours"),
            least=1,
            most=720,
            default=72,
            default_source=_("Three days: a weekend can be looked into on Monday"),
            everywhere=True,
        ),
    ),
    code_tables=(CALENDAR,),
    audited=("core_setting", "core_calendarday"),
    append_only=("core_businesscalendar", "core_featureswitch"),
)
