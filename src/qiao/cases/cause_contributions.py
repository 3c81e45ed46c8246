"""What causes bring to other pages: the panel beside a case, the words of their trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, Command, Panel

OF_CASE = """
SELECT jsonb_build_object('case', c.id,
    'main', (SELECT k.names FROM cases_cause k WHERE k.id = c.main_cause_id),
    'others', (SELECT coalesce(jsonb_agg(k.names ORDER BY x.id), '[]') FROM cases_casecause x
                 JOIN cases_cause k ON k.id = x.cause_id
                WHERE x.case_id = c.id AND x.role = 'other'),
    'suspected', (SELECT k.names FROM cases_casecause x JOIN cases_cause k ON k.id = x.cause_id
                   WHERE x.case_id = c.id AND x.role = 'suspected'))
  FROM cases_case c
 WHERE c.id = %(case_id)s AND c.organisation_id = ANY(%(organisation_ids)s)
   AND EXISTS (SELECT 1 FROM cases_cause)
"""
CAUSE_PANELS = (
    Panel(
        key="cases.causes",
        title=_("Cause"),
        template="cases/panels/causes.html",
        sql=OF_CASE,
        permission="cases.work",
        places=frozenset({"case", "case_side"}),
        order=10,
    ),
)
AUDIT_WORDS = (
    AuditTable(
        "cases_cause",
        _("Causes"),
        {
            "key": pgettext_lazy("code table", "Code"),
            "names": pgettext_lazy("code table", "Name"),
            "words": _("Search words"),
            "valid_from": _("In use from"),
            "valid_until": _("In use until before"),
        },
    ),
)
CAUSE_COMMANDS = (
    Command("cases.causes", _("Why cases arise"), "target", "cases:causes", "cases.view"),
)
