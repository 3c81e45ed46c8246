"""What logs of cases from outside bring to the module's manifest."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases import intake_personal, intake_tasks
from qiao.cases.demo import intake as demo
from qiao.cases.operations.intake_letting_go import let_findings_go, let_uploads_go
from qiao.core.manifest import AuditTable, Command, DemoStage, Panel, Permission, Retention

INTAKE = "cases.intake"
PERMISSIONS = (Permission(INTAKE, _("Take logs of cases in from other systems")),)
COMMANDS = (
    Command("cases.intakes", _("Logs of cases"), "database-import", "cases:intakes", INTAKE),
    Command("cases.intake_new", _("Take a log in"), "database-import", "cases:intake_new", INTAKE),
)
_OF_CASE = """
SELECT jsonb_build_object('log', s.source, 'number', s.number, 'status', s.status,
           'agency', s.agency, 'due', s.due_at, 'latitude', s.latitude, 'longitude', s.longitude,
           'datum', s.datum,
           'category', concat_ws(' › ', p.code, g.code))
  FROM cases_casesource s
  JOIN cases_case c ON c.id = s.case_id AND c.organisation_id = ANY(%(organisation_ids)s)
  LEFT JOIN cases_intakecategory g ON g.id = s.category_id
  LEFT JOIN cases_intakecategory p ON p.id = g.parent_id
 WHERE s.case_id = %(case_id)s
"""
PANELS = (
    Panel(
        key="cases.log",
        title=_("From a log"),
        template="cases/panels/log.html",
        sql=_OF_CASE,
        permission="cases.view",
        places=frozenset({"case", "case_side"}),
        order=60,
    ),
)
AUDITED = ("cases_intakecategory",)
AUDIT_WORDS = (
    AuditTable(
        "cases_intakecategory",
        _("Codes of the log"),
        {
            "source": pgettext_lazy("log of cases", "Log"),
            "code": pgettext_lazy("code table", "Code"),
            "case_type": _("Our case type"),
        },
    ),
)
RETENTION = (
    Retention(
        key="cases.log_uploads",
        label=_("Uploaded logs of cases that nobody started"),
        about=_("The file and the values read out of it are removed"),
        table="cases_caseintake",
        due=(
            "r.state IN ('reading', 'mapping', 'checking', 'checked', 'failed')"
            " AND r.created_at < %(before)s"
        ),
        keep=7,
        most=90,
        because=_("One week: an import is prepared and started within days"),
        clear=let_uploads_go,
        batch=100,
        hourly=True,
    ),
    Retention(
        key="cases.log_findings",
        label=_("Refused and differing rows of logs of cases"),
        about=_("What stood in the rows is forgotten; how many there were stays"),
        table="cases_caseintake",
        due=(
            "r.finished_at < %(before)s AND EXISTS (SELECT 1 FROM cases_intakerow w"
            " WHERE w.intake_id = r.id AND (w.faults <> '[]' OR w.differs <> '[]'))"
        ),
        keep=365,
        least=30,
        because=_("One year: the source is corrected and taken in again long before"),
        clear=let_findings_go,
        batch=5,
    ),
)
PERIODIC = intake_tasks.PERIODIC
PERSONAL = intake_personal.PERSONAL
DEMO = (DemoStage("cases.intake", 67, demo.build, demo.audit),)
