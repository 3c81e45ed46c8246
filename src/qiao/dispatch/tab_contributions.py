"""Work orders as tabs of the desk, inside the customer of their case."""

from qiao.core.manifest import TabKind

TABS = (
    TabKind(
        key="work_order",
        icon="tool",
        url_name="dispatch:assign",
        argument="work_order_id",
        permission="jobs.assign",
        sql="""
SELECT customers_survivor(c.customer_id) AS holder, cu.name AS holder_name, o.number AS label,
       c.title AS title, false AS has_draft
  FROM dispatch_workorder o JOIN cases_case c ON c.id = o.case_id
  LEFT JOIN customers_customer cu ON cu.id = customers_survivor(c.customer_id)
 WHERE o.id = t.subject_id AND o.organisation_id = ANY(%(organisation_ids)s)
""",
    ),
)
