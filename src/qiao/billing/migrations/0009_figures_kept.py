"""Kept figures of money: every posting and every bill also writes what it changes in them."""

from django.db import migrations, models

# The lines that entries of postings (p, e) give: what was billed, earned, paid, and what is owed
# by the day that it is due. A service is that of the account.
VIEWS = """
  JOIN billing_entry e ON e.posting_id = p.id
  LEFT JOIN billing_bill b ON b.id = e.bill_id
  LEFT JOIN customers_account a ON a.id = e.account_id
 CROSS JOIN LATERAL (VALUES
    (p.booked_date, 'billed', a.service, e.minor,
     p.event = 'bill_issued' AND e.ledger = 'receivable'),
    (p.booked_date, 'earned', e.owner, -e.minor,
     p.event = 'bill_issued' AND e.ledger IN ('revenue', 'owed_to_owner')),
    (p.booked_date, 'paid', a.service, -e.minor,
     p.event = 'payment_received' AND e.ledger IN ('receivable', 'prepaid')),
    (b.due_date, 'owed', a.service, e.minor, e.ledger = 'receivable')
 ) AS v (day, view, holder, n, holds)
"""
OF_BILLS = """
SELECT c.organisation_id, c.issued_date, 'bills', c.currency || ':' || a.service, {sign}count(*)
  FROM {rows} c JOIN customers_account a ON a.id = c.account_id {where}
 GROUP BY 1, 2, 3, 4
"""
INTO = "INSERT INTO billing_moneyfigurechange (organisation_id, day, view, holder, n)"
SUMS = "SELECT p.organisation_id, v.day, v.view, p.currency || ':' || v.holder, sum(v.n)"
GROUPED = "WHERE v.holds GROUP BY 1, 2, 3, 4 HAVING sum(v.n) <> 0"

SQL = f"""
CREATE FUNCTION billing_posting_figured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO} {SUMS} FROM new_rows p {VIEWS} {GROUPED};
    RETURN NULL;
END $$;

CREATE FUNCTION billing_bill_figured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO} {OF_BILLS.format(rows="new_rows", sign="", where="WHERE c.state = 'issued'")};
    RETURN NULL;
END $$;

CREATE FUNCTION billing_bill_figured_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO} {OF_BILLS.format(
        rows="new_rows", sign="-",
        where="JOIN old_rows o ON o.id = c.id AND o.state = 'issued' WHERE c.state = 'reversed'",
    )};
    RETURN NULL;
END $$;

CREATE TRIGGER billing_posting_figured AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION billing_posting_figured();
CREATE TRIGGER billing_bill_figured AFTER INSERT ON billing_bill
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION billing_bill_figured();
CREATE TRIGGER billing_bill_figured_again AFTER UPDATE ON billing_bill
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION billing_bill_figured_again();

-- What the figures should be, from the ledger itself.
CREATE FUNCTION billing_figures_again() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, n numeric)
LANGUAGE sql STABLE AS $$
    {SUMS} FROM billing_posting p {VIEWS} {GROUPED}
    UNION ALL
    {OF_BILLS.format(rows="billing_bill", sign="", where="WHERE c.state = 'issued'")}
$$;

-- Folds changes into the figures; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION billing_fold_figures() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM billing_moneyfigurechange RETURNING organisation_id, day, view, holder, n
    ), folded AS (
        INSERT INTO billing_moneyfigure AS kept (organisation_id, day, view, holder, n)
        SELECT organisation_id, day, view, holder, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, day, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;

INSERT INTO billing_moneyfigure (organisation_id, day, view, holder, n)
SELECT organisation_id, day, view, holder, n FROM billing_figures_again();
"""
UNDO = """
DROP FUNCTION billing_fold_figures();
DROP FUNCTION billing_figures_again();
DROP FUNCTION billing_posting_figured() CASCADE;
DROP FUNCTION billing_bill_figured() CASCADE;
DROP FUNCTION billing_bill_figured_again() CASCADE;
"""
FIELDS = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                               verbose_name="ID")),
    ("organisation_id", models.BigIntegerField()),
    ("day", models.DateField()),
    ("view", models.TextField()),
    ("holder", models.TextField()),
    ("n", models.BigIntegerField()),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_use_a_day_is_reckoned"), ("customers", "__first__")]
    operations = [
        migrations.CreateModel(
            name="MoneyFigure",
            fields=FIELDS,
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organisation_id", "view", "day", "holder"],
                        name="billing_figure_once",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="MoneyFigureChange",
            fields=FIELDS,
            options={
                "indexes": [
                    models.Index(
                        fields=["view", "organisation_id"], name="billing_figurechange_view"
                    )
                ]
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
