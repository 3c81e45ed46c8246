"""Cases as tabs of the desk, inside the customer that they are about."""

from qiao.core.manifest import TabKind

TABS = (
    TabKind(
        key="case",
        icon="ticket",
        url_name="cases:detail",
        argument="case_id",
        permission="cases.view",
        sql="""
SELECT customers_survivor(c.customer_id) AS holder, cu.name AS holder_name, c.number AS label,
       c.title AS title,
       EXISTS (SELECT 1 FROM cases_casedraft d WHERE d.case_id = c.id AND d.staff_id = %(me)s)
         AS has_draft
  FROM cases_case c
  LEFT JOIN customers_customer cu ON cu.id = customers_survivor(c.customer_id)
 WHERE c.id = t.subject_id AND c.organisation_id = ANY(%(organisation_ids)s)
""",
    ),
)
