"""Bills and payments that other systems told have a unit and a day, so that they are listed and
figured like own ones; payments are counted by the way they came.

Rows that were told before get both by a job, some at a time: nobody waits for them here.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

UNIT = models.ForeignKey(
    "staff.Organisation",
    django.db.models.deletion.PROTECT,
    null=True,
    related_name="+",
    db_index=False,
)

# What a row of another system gives to the figures. Whose money it is, it does not tell.
OF_BILLS = """
SELECT g.organisation_id, v.day, v.view, f.currency || ':' || v.holder AS holder, {sign}v.n AS n
  FROM {rows} g
  JOIN billing_feed f ON f.id = g.feed_id
  JOIN customers_account a ON a.id = g.account_id
 CROSS JOIN LATERAL (VALUES
    (g.issued_date, 'billed', a.service, g.minor),
    (g.issued_date, 'earned', 'elsewhere', g.minor),
    (g.issued_date, 'bills', a.service, 1),
    (g.due_date, 'owed', a.service, g.open_minor)
 ) AS v (day, view, holder, n)
 WHERE g.is_current AND NOT g.is_cancelled AND g.organisation_id IS NOT NULL
"""
OF_PAYMENTS = """
SELECT g.organisation_id, g.booked_date, v.view, f.currency || ':' || v.holder AS holder,
       {sign}v.n AS n
  FROM {rows} g
  JOIN billing_feed f ON f.id = g.feed_id
  JOIN customers_account a ON a.id = g.account_id
 CROSS JOIN LATERAL (VALUES
    ('paid', a.service, g.minor, NOT g.is_reversed),
    ('payments', a.service || ':feed-' || f.id, 1, true),
    ('taken', a.service || ':feed-' || f.id, g.minor, NOT g.is_reversed)
 ) AS v (view, holder, n, holds)
 WHERE g.is_current AND g.organisation_id IS NOT NULL AND v.holds
"""
# Own payments by channel, on the day booked: how many came, and what those that hold come to.
OF_OWN = """
SELECT g.organisation_id, g.booked_date, v.view,
       g.currency || ':' || a.service || ':' || g.channel AS holder, {sign}v.n AS n
  FROM {rows} g
  JOIN customers_account a ON a.id = g.account_id
 CROSS JOIN LATERAL (VALUES
    ('payments', 1, true), ('taken', g.minor, g.taken_back_by_id IS NULL)
 ) AS v (view, n, holds)
 WHERE v.holds
"""
TABLES = {
    "billing_fedbill": OF_BILLS,
    "billing_fedpayment": OF_PAYMENTS,
    "billing_payment": OF_OWN,
}
INTO = "INSERT INTO billing_moneyfigurechange (organisation_id, day, view, holder, n)"
GROUPED = (
    f"{INTO} SELECT x.organisation_id, x.{{day}}, x.view, x.holder, sum(x.n)"
    " FROM ({rows}) x GROUP BY 1, 2, 3, 4 HAVING sum(x.n) <> 0"
)


def _trigger(table: str, source: str) -> str:
    day = "day" if table == "billing_fedbill" else "booked_date"
    new = source.format(rows="new_rows", sign="")
    old = source.format(rows="old_rows", sign="-")
    return f"""
CREATE FUNCTION {table}_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {GROUPED.format(day=day, rows=new)};
    ELSIF TG_OP = 'DELETE' THEN
        {GROUPED.format(day=day, rows=old)};
    ELSE
        {GROUPED.format(day=day, rows=f"{new} UNION ALL {old}")};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_counted_in AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_counted();
CREATE TRIGGER {table}_counted_again AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION {table}_counted();
CREATE TRIGGER {table}_counted_out AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_counted();
"""


def _whole() -> str:
    """What the figures should be of these tables, from the rows themselves."""
    return " UNION ALL ".join(
        f"SELECT * FROM ({source.format(rows=table, sign='')}) w" for table, source in TABLES.items()
    )


SQL = f"""
{"".join(_trigger(table, source) for table, source in TABLES.items())}
ALTER FUNCTION billing_figures_again() RENAME TO billing_figures_of_ledger;
CREATE FUNCTION billing_figures_again() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, n numeric)
LANGUAGE sql STABLE AS $$
    SELECT * FROM billing_figures_of_ledger() UNION ALL {_whole()}
$$;
{GROUPED.format(day="booked_date", rows=OF_OWN.format(rows="billing_payment", sign=""))};
"""
UNDO = "".join(
    f"""
DROP TRIGGER {table}_counted_in ON {table};
DROP TRIGGER {table}_counted_again ON {table};
DROP TRIGGER {table}_counted_out ON {table};
DROP FUNCTION {table}_counted();
"""
    for table in TABLES
) + """
DROP FUNCTION billing_figures_again();
ALTER FUNCTION billing_figures_of_ledger() RENAME TO billing_figures_again;
DELETE FROM billing_moneyfigure WHERE view IN ('payments', 'taken') OR holder LIKE '%:elsewhere';
DELETE FROM billing_moneyfigurechange WHERE view IN ('payments', 'taken')
    OR holder LIKE '%:elsewhere';
"""


def _indexes(name: str, day: str) -> list[migrations.AddIndex]:
    return [
        migrations.AddIndex(
            name,
            models.Index(
                fields=["organisation", f"-{day}", "-id"],
                condition=Q(is_current=True),
                name=f"billing_{name}_by_unit",
            ),
        ),
        migrations.AddIndex(
            name,
            models.Index(
                fields=["id"],
                condition=Q(organisation__isnull=True),
                name=f"billing_{name}_unplaced",
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_summaries_told"), ("staff", "0005_absence_words")]

    operations = [
        migrations.AddField("fedbill", "organisation", UNIT),
        migrations.AddField("fedpayment", "organisation", UNIT),
        migrations.AddField("fedpayment", "booked_date", models.DateField(null=True)),
        *_indexes("fedbill", "issued_date"),
        *_indexes("fedpayment", "booked_date"),
        migrations.RunSQL(SQL, UNDO),
    ]
