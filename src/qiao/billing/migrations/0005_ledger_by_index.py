"""The ledger looks up by index what was written, whatever a connection's planner thinks.

A connection plans the statements of a trigger once, perhaps while the tables are empty, and keeps
the plans: each posting would read all entries from then on. So every statement goes from the rows
that were written to what belongs to each (LATERAL with OFFSET 0 or LIMIT, scalar subqueries, and
arrays of ids), which leaves the planner nothing to choose.
"""

from django.db import migrations

KEPT = "('receivable', 'prepaid', 'deposit')"
ENTRIES = """new_rows n CROSS JOIN LATERAL (
        SELECT * FROM billing_entry w WHERE w.posting_id = n.id OFFSET 0) e"""
FUNCTIONS = ("line", "bill", "entry", "posting")

SQL = f"""
CREATE OR REPLACE FUNCTION billing_bill_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT n.number, n.total_minor, x.minor AS lines INTO wrong
      FROM new_rows n CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.minor) FILTER (WHERE l.adds), 0) AS minor
          FROM billing_billline l WHERE l.bill_id = n.id) x
     WHERE n.total_minor <> x.minor LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill %: its lines come to %, not to %', wrong.number, wrong.lines,
            wrong.total_minor USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION billing_posting_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
    accounts bigint[];
    gone bigint[];
    moved bigint[];
    by_minor bigint[];
BEGIN
    -- Whoever closes a day waits for those who are booking into it, and they for whoever closes.
    PERFORM pg_advisory_xact_lock_shared(billing_day_lock(n.organisation_id))
       FROM (SELECT DISTINCT organisation_id FROM new_rows ORDER BY 1) n;
    SELECT n.id, n.booked_date INTO wrong FROM new_rows n
     WHERE n.booked_date <= (SELECT max(c.day) FROM billing_closedday c
                              WHERE c.organisation_id = n.organisation_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: % is closed', wrong.id, wrong.booked_date
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'billing_closed_day';
    END IF;

    SELECT n.id, n.entry_count, x.n, coalesce(x.minor, 0) AS minor INTO wrong
      FROM new_rows n CROSS JOIN LATERAL (
        SELECT count(*) AS n, sum(e.minor) AS minor
          FROM billing_entry e WHERE e.posting_id = n.id) x
     WHERE x.n <> n.entry_count OR x.minor <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: % entries of % that come to %, not to 0', wrong.id, wrong.n,
            wrong.entry_count, wrong.minor USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT e.posting_id, e.account_id, e.bill_id INTO wrong FROM {ENTRIES}
     WHERE (e.account_id IS NOT NULL
            AND (SELECT a.currency FROM billing_billingaccount a
                  WHERE a.account_id = e.account_id) IS DISTINCT FROM n.currency)
        OR (e.bill_id IS NOT NULL
            AND (SELECT b.account_id FROM billing_bill b
                  WHERE b.id = e.bill_id) IS DISTINCT FROM e.account_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: account % is not billed in its currency, or bill % is not its',
            wrong.posting_id, wrong.account_id, wrong.bill_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT x.bill_id, x.total, x.minor INTO wrong FROM (
        SELECT e.bill_id, sum(e.minor) AS minor,
               (SELECT b.total_minor FROM billing_bill b WHERE b.id = e.bill_id) AS total
          FROM {ENTRIES}
         WHERE n.event = 'bill_issued' AND n.reverses_id IS NULL AND e.ledger = 'receivable'
         GROUP BY e.bill_id) x
     WHERE x.total <> x.minor LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill %: it is % and % is owed for it', wrong.bill_id, wrong.total,
            wrong.minor USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT n.id, n.reverses_id INTO wrong FROM new_rows n
     CROSS JOIN LATERAL (SELECT * FROM billing_posting o WHERE o.id = n.reverses_id LIMIT 1) p
     WHERE p.reverses_id IS NOT NULL OR p.event <> n.event OR p.currency <> n.currency
        OR p.organisation_id <> n.organisation_id OR p.entry_count <> n.entry_count
        OR EXISTS (
            SELECT 1 FROM billing_entry o
              LEFT JOIN LATERAL (SELECT * FROM billing_entry w
                                  WHERE w.posting_id = n.id AND w.place = o.place LIMIT 1) e ON true
             WHERE o.posting_id = p.id
               AND (o.ledger, -o.minor, o.account_id, o.bill_id, o.owner, o.kind, o.charge)
                   IS DISTINCT FROM
                   (e.ledger, e.minor, e.account_id, e.bill_id, e.owner, e.kind, e.charge))
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: it does not take back posting % entry by entry', wrong.id,
            wrong.reverses_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT array_agg(DISTINCT e.account_id) INTO accounts FROM {ENTRIES} WHERE e.ledger IN {KEPT};
    PERFORM 1 FROM billing_billingaccount a WHERE a.account_id = ANY(accounts)
      ORDER BY a.account_id FOR NO KEY UPDATE;
    WITH d AS MATERIALIZED (
        SELECT e.account_id, e.ledger, coalesce(e.bill_id, 0) AS bill_id, e.owner, e.kind,
               sum(e.minor)::bigint AS minor
          FROM {ENTRIES} WHERE e.ledger IN {KEPT}
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(e.minor) <> 0
    ), known AS MATERIALIZED (
        SELECT d.*, s.id, s.minor AS before FROM d
          LEFT JOIN LATERAL (
            SELECT w.id, w.minor FROM billing_standing w
             WHERE w.account_id = d.account_id AND w.ledger = d.ledger AND w.bill_id = d.bill_id
               AND w.owner = d.owner AND w.kind = d.kind LIMIT 1) s ON true
    ), new AS (
        INSERT INTO billing_standing (account_id, ledger, bill_id, owner, kind, minor)
        SELECT account_id, ledger, bill_id, owner, kind, minor FROM known WHERE id IS NULL
    )
    SELECT array_agg(id) FILTER (WHERE before + minor = 0),
           array_agg(id ORDER BY id) FILTER (WHERE before + minor <> 0),
           array_agg(minor ORDER BY id) FILTER (WHERE before + minor <> 0)
      INTO gone, moved, by_minor FROM known WHERE id IS NOT NULL;
    DELETE FROM billing_standing WHERE id = ANY(gone);
    UPDATE billing_standing s SET minor = s.minor + by_minor[array_position(moved, s.id)]
     WHERE s.id = ANY(moved);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_counter")]
    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                f"ALTER FUNCTION billing_{each}_written() SET enable_seqscan = off",
                f"ALTER FUNCTION billing_{each}_written() RESET enable_seqscan",
            )
            for each in FUNCTIONS
        ),
    ]
