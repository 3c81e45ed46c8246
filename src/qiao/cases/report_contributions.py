"""What the reports of cases bring: their page, right, parameters and figures."""

from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases.queries.report_figures import (
    ACT_MINUTES,
    BACK_COST,
    CONTACT_MINUTES,
    FIGURES,
    FRONT_COST,
    VISIT_COST,
)
from qiao.cases.queries.reports import RIGHT
from qiao.cases.showing.reports import TARGET_PREFIX
from qiao.core.manifest import Command, NavItem, Parameter, Permission, PointEvents

CASE_FIGURES = FIGURES
PERMISSIONS = (Permission(RIGHT, _("See reports of a whole unit, not only of one's own cases")),)
NAVIGATION = (
    NavItem(
        key="reports",
        label=pgettext_lazy("page", "Reports"),
        icon="report-analytics",
        url_name="cases:reports",
        permission="cases.view",
        order=85,
        group="figures",
    ),
)
COMMANDS = (
    Command(
        key="cases.reports",
        label=pgettext_lazy("page", "Reports"),
        icon="report-analytics",
        url_name="cases:reports",
        permission="cases.view",
    ),
)
# Complaints that blame how a meter was read; which of them were right is for their handlers.
_READ_WRONG: Final = """
SELECT coalesce(c.service_point_id, a.service_point_id) AS point, c.opened_date AS day,
       c.id AS ref
  FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id AND t."group" = 'complaint'
  LEFT JOIN customers_account a ON a.id = c.account_id
 WHERE c.organisation_id = ANY(%(organisation_ids)s::bigint[])
   AND c.opened_date BETWEEN %(since)s::date AND %(until)s::date
   AND c.facts ->> 'fault' IN ('misread', 'estimated', 'missed', 'swapped')
   AND coalesce(c.service_point_id, a.service_point_id) IS NOT NULL
"""
POINT_EVENTS: Final = (
    PointEvents(
        key="complaints",
        label=_("Complaints about readings"),
        about=_("Complaints that a meter was misread, estimated again, left out or mixed up."),
        sql=_READ_WRONG,
        permission="cases.view",
        url_name="cases:detail",
        order=10,
    ),
)
TARGETS: Final = {
    "kept": (_("Promises kept"), 95),
    "first_contact": (_("Resolved at first contact"), 70),
    "reopened": (_("Reopened"), 3),
    "satisfied": (_("Satisfaction"), 90),
}


def _target(key: str) -> Parameter:
    name, default = TARGETS[key]
    return Parameter(
        key=f"{TARGET_PREFIX}{key}",
        label=format_lazy("{}: {}", _("Target of the reports"), name),
        about=_("Drawn as a line in the reports; nothing is decided by it."),
        kind="percentage",
        least=0,
        most=100,
        default=default,
        default_source=_("Company rule, until the company sets its own"),
    )


def _cost(key: str, label: object, default: int, source: object) -> Parameter:
    return Parameter(
        key=key,
        label=label,
        about=_("What the cost of a case in the reports is counted with."),
        kind="money",
        least=0,
        most=10**9,
        default=default,
        default_source=source,
    )


_WAGE: Final = _("Assumption: yearly full cost of a workplace by its paid minutes; set your own")
PARAMETERS = (
    *(_target(key) for key in TARGETS),
    Parameter(
        key=CONTACT_MINUTES,
        label=_("Time of one contact"),
        about=_("A case answered within it by who opened it was resolved at the first contact."),
        kind="minutes",
        unit=_("minutes"),
        least=1,
        most=1_440,
        default=30,
        default_source=_("Company rule: a call, and what is looked up while it lasts"),
    ),
    Parameter(
        key=ACT_MINUTES,
        label=_("Handling time of one act"),
        about=_("What the cost of a case in the reports is counted with."),
        kind="minutes",
        unit=_("minutes"),
        least=1,
        most=480,
        default=6,
        default_source=_("Assumption: mean time on a case between two entries; set your own"),
    ),
    _cost(FRONT_COST, _("Cost of a minute of the first person"), 80, _WAGE),
    _cost(BACK_COST, _("Cost of a minute of others who handle a case"), 110, _WAGE),
    _cost(
        VISIT_COST,
        _("Cost of a visit of a crew"),
        18_000,
        _("Assumption: two people and a vehicle for an hour and a half; set your own"),
    ),
)
