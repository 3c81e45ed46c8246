"""Customers as tabs of the desk, and their places inside them."""

from qiao.core.manifest import TabKind

_SEEN = """EXISTS (SELECT 1 FROM customers_customerorganisation l
           WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(organisation_ids)s))"""
TABS = (
    TabKind(
        key="customer",
        icon="user",
        url_name="customers:page",
        argument="customer_id",
        permission="customers.view",
        is_holder=True,
        sql=f"""
SELECT c.id AS holder, c.name AS holder_name, c.name AS label, c.name AS title,
       false AS has_draft
  FROM customers_customer c
 WHERE c.id = customers_survivor(t.subject_id) AND {_SEEN}
""",  # noqa: S608 - put together from this file's own pieces
    ),
    TabKind(
        key="place",
        icon="map-pin",
        url_name="customers:place",
        argument="premises_id",
        permission="customers.view",
        sql=f"""
SELECT o.holder AS holder, o.holder_name AS holder_name, o.number AS label, o.number AS title,
       false AS has_draft
  FROM (SELECT c.id AS holder, c.name AS holder_name, a.number
          FROM customers_servicepoint p
          JOIN customers_account a ON a.service_point_id = p.id
           AND a.organisation_id = ANY(%(organisation_ids)s)
          JOIN customers_accountparty ap ON ap.account_id = a.id AND ap.role = 'owner'
           AND upper_inf(ap.period)
          JOIN customers_customer c ON c.id = customers_survivor(ap.customer_id) AND {_SEEN}
         WHERE p.premises_id = t.subject_id
         ORDER BY a.id LIMIT 1) o
""",  # noqa: S608 - put together from this file's own pieces
    ),
)
