"""What logs of cases hold of a person: where their cases came from, and what rows said."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qiao.cases.models import CaseIntake
from qiao.cases.operations.intake_files import LOGS
from qiao.cases.personal import own_cases
from qiao.core.personal import Erasing, Held, Person, PersonalData, select

_SOURCES = """
SELECT s.source AS log, s.number, s.status, s.area, s.agency, s.outcome, s.due_at, s.latitude,
       s.longitude, c.number AS case_number
  FROM cases_casesource s JOIN cases_case c ON c.id = s.case_id
 WHERE s.case_id = ANY(%(cases)s) ORDER BY s.case_id
"""


def collect(person: Person) -> Sequence[Held]:
    """Which log each case came from, and how the log told it."""
    return [Held(_("Cases out of logs"), select(_SOURCES, {"cases": own_cases(person)}))]


def erase(person: Person, erasing: Erasing) -> None:
    """Log, number and status stay; the place, differences and values out of rows go, and files
    that are still here."""
    values = {"cases": own_cases(person)}
    erasing.run(
        "cases.logs",
        "UPDATE cases_casesource SET latitude = NULL, longitude = NULL, datum = '', outcome = ''"
        " WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.logs",
        "UPDATE cases_intakerow SET faults = '[]', differs = '[]' WHERE case_id = ANY(%(cases)s)",
        values,
    )
    files = select(
        "UPDATE cases_caseintake SET samples = '[]', findings = '{}', is_on_disk = false"
        " WHERE id IN (SELECT intake_id FROM cases_intakerow WHERE case_id = ANY(%(cases)s))"
        "   AND state NOT IN ('running', 'rolling_back') RETURNING id",
        values,
    )
    waiting = CaseIntake.objects.filter(
        pk__in=[row["id"] for row in files], is_on_disk=False
    ).values_list("pk", flat=True)
    erasing.files += [f"{LOGS.folder.name}/{LOGS.path_of(pk).name}" for pk in waiting]


PERSONAL = (
    PersonalData(
        key="cases.logs",
        order=39,
        collect=collect,
        erase=erase,
        counted={"cases.logs": _("Rows of logs without values and places")},
    ),
)
