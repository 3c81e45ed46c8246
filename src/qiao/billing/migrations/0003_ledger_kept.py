"""What the ledger holds whatever code writes: balance, immutability, closed days, what stands.

Lines are written before their bill and entries before their posting, all in one transaction, so
that one look at the end, a statement and not a row at a time, finds each of them whole.
"""

from django.db import migrations

KEY = (
    "s.account_id = d.account_id AND s.ledger = d.ledger AND s.bill_id = d.bill_id"
    " AND s.owner = d.owner AND s.kind = d.kind"
)
KEPT = "('receivable', 'prepaid', 'deposit')"
NEVER = ("billing_posting", "billing_entry", "billing_billline", "billing_closedday")

SQL = f"""
CREATE FUNCTION billing_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: post what takes them back',
        TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION billing_day_lock(organisation bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('billing day ' || organisation, 0)
$$;

CREATE FUNCTION billing_line_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE written bigint;
BEGIN
    SELECT n.bill_id INTO written FROM (SELECT DISTINCT bill_id FROM new_rows) n
      JOIN billing_bill b ON b.id = n.bill_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill %: it is written already, lines cannot be added', written
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION billing_bill_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT n.number, n.total_minor, coalesce(x.minor, 0) AS lines INTO wrong
      FROM new_rows n
      LEFT JOIN (SELECT l.bill_id, sum(l.minor) FILTER (WHERE l.adds) AS minor
                   FROM billing_billline l WHERE l.bill_id IN (SELECT id FROM new_rows)
                  GROUP BY 1) x ON x.bill_id = n.id
     WHERE n.total_minor <> coalesce(x.minor, 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill %: its lines come to %, not to %', wrong.number, wrong.lines,
            wrong.total_minor USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION billing_bill_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['state', 'reversed_date', 'reversal_reason'];
BEGIN
    IF OLD.state <> 'issued' OR NEW.state <> 'reversed'
       OR to_jsonb(OLD) - free <> to_jsonb(NEW) - free THEN
        RAISE EXCEPTION 'bill %: an issued bill is never changed, only taken back', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION billing_entry_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE written bigint;
BEGIN
    SELECT n.posting_id INTO written FROM (SELECT DISTINCT posting_id FROM new_rows) n
      JOIN billing_posting p ON p.id = n.posting_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: it is written already, entries cannot be added', written
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION billing_posting_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    -- Whoever closes a day waits for those who are booking into it, and they for whoever closes.
    PERFORM pg_advisory_xact_lock_shared(billing_day_lock(n.organisation_id))
       FROM (SELECT DISTINCT organisation_id FROM new_rows ORDER BY 1) n;
    SELECT n.id, n.booked_date INTO wrong FROM new_rows n
     WHERE EXISTS (SELECT 1 FROM billing_closedday c
                    WHERE c.organisation_id = n.organisation_id AND c.day >= n.booked_date)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: % is closed', wrong.id, wrong.booked_date
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'billing_closed_day';
    END IF;

    SELECT n.id, n.entry_count, coalesce(x.n, 0) AS n, coalesce(x.minor, 0) AS minor INTO wrong
      FROM new_rows n
      LEFT JOIN (SELECT e.posting_id, count(*) AS n, sum(e.minor) AS minor FROM billing_entry e
                  WHERE e.posting_id IN (SELECT id FROM new_rows) GROUP BY 1) x
        ON x.posting_id = n.id
     WHERE x.n IS DISTINCT FROM n.entry_count OR x.minor <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: % entries of % that come to %, not to 0', wrong.id, wrong.n,
            wrong.entry_count, wrong.minor USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT e.posting_id, e.account_id, e.bill_id INTO wrong
      FROM new_rows n JOIN billing_entry e ON e.posting_id = n.id
      LEFT JOIN billing_billingaccount a ON a.account_id = e.account_id
      LEFT JOIN billing_bill b ON b.id = e.bill_id
     WHERE (e.account_id IS NOT NULL AND a.currency IS DISTINCT FROM n.currency)
        OR (e.bill_id IS NOT NULL AND b.account_id IS DISTINCT FROM e.account_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: account % is not billed in its currency, or bill % is not its',
            wrong.posting_id, wrong.account_id, wrong.bill_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT b.number, b.total_minor, x.minor INTO wrong
      FROM (SELECT e.bill_id, sum(e.minor) AS minor
              FROM new_rows n JOIN billing_entry e ON e.posting_id = n.id
             WHERE n.event = 'bill_issued' AND n.reverses_id IS NULL
               AND e.ledger = 'receivable' GROUP BY 1) x
      JOIN billing_bill b ON b.id = x.bill_id WHERE b.total_minor <> x.minor LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill %: it is % and % is owed for it', wrong.number, wrong.total_minor,
            wrong.minor USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT n.id, n.reverses_id INTO wrong FROM new_rows n
      JOIN billing_posting p ON p.id = n.reverses_id
     WHERE p.reverses_id IS NOT NULL OR p.event <> n.event OR p.currency <> n.currency
        OR p.organisation_id <> n.organisation_id OR p.entry_count <> n.entry_count
        OR EXISTS (
            SELECT 1 FROM billing_entry o
              LEFT JOIN billing_entry e ON e.posting_id = n.id AND e.place = o.place
             WHERE o.posting_id = p.id
               AND (o.ledger, -o.minor, o.account_id, o.bill_id, o.owner, o.kind, o.charge)
                   IS DISTINCT FROM
                   (e.ledger, e.minor, e.account_id, e.bill_id, e.owner, e.kind, e.charge))
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting %: it does not take back posting % entry by entry', wrong.id,
            wrong.reverses_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    PERFORM 1 FROM billing_billingaccount a
      WHERE a.account_id IN (SELECT e.account_id FROM new_rows n
                               JOIN billing_entry e ON e.posting_id = n.id
                              WHERE e.ledger IN {KEPT})
      ORDER BY a.account_id FOR NO KEY UPDATE;
    WITH d AS MATERIALIZED (
        SELECT e.account_id, e.ledger, coalesce(e.bill_id, 0) AS bill_id, e.owner, e.kind,
               sum(e.minor)::bigint AS minor
          FROM new_rows n JOIN billing_entry e ON e.posting_id = n.id
         WHERE e.ledger IN {KEPT}
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(e.minor) <> 0
    ), gone AS (
        DELETE FROM billing_standing s USING d WHERE {KEY} AND s.minor + d.minor = 0
    ), moved AS (
        UPDATE billing_standing s SET minor = s.minor + d.minor FROM d
         WHERE {KEY} AND s.minor + d.minor <> 0
    )
    INSERT INTO billing_standing (account_id, ledger, bill_id, owner, kind, minor)
    SELECT d.account_id, d.ledger, d.bill_id, d.owner, d.kind, d.minor FROM d
     WHERE NOT EXISTS (SELECT 1 FROM billing_standing s WHERE {KEY});
    RETURN NULL;
END $$;

CREATE FUNCTION billing_day_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(billing_day_lock(NEW.organisation_id));
    RETURN NEW;
END $$;

-- Everything that the rules above should have made impossible; no row, no finding.
CREATE FUNCTION billing_audit() RETURNS TABLE (finding text, subject text, expected bigint,
                                               found bigint) LANGUAGE sql STABLE AS $$
    SELECT 'posting_balance', p.id::text, 0, sum(e.minor)::bigint
      FROM billing_posting p LEFT JOIN billing_entry e ON e.posting_id = p.id
     GROUP BY p.id HAVING coalesce(sum(e.minor), 1) <> 0
    UNION ALL
    SELECT 'posting_entries', p.id::text, p.entry_count, count(e.id)
      FROM billing_posting p LEFT JOIN billing_entry e ON e.posting_id = p.id
     GROUP BY p.id, p.entry_count HAVING count(e.id) <> p.entry_count
    UNION ALL
    SELECT 'standing', concat_ws(' ', account_id, ledger, bill_id, owner, kind), sum(should)::bigint,
           sum(minor)::bigint
      FROM (SELECT account_id, ledger, bill_id, owner, kind, 0 AS should, minor
              FROM billing_standing
            UNION ALL
            SELECT account_id, ledger, coalesce(bill_id, 0), owner, kind, minor, 0
              FROM billing_entry WHERE ledger IN {KEPT}) x
     GROUP BY account_id, ledger, bill_id, owner, kind HAVING sum(should) <> sum(minor)
    UNION ALL
    SELECT 'bill_lines', b.number, b.total_minor, coalesce(sum(l.minor) FILTER (WHERE l.adds), 0)::bigint
      FROM billing_bill b LEFT JOIN billing_billline l ON l.bill_id = b.id
     GROUP BY b.id, b.number, b.total_minor
    HAVING b.total_minor <> coalesce(sum(l.minor) FILTER (WHERE l.adds), 0)
    UNION ALL
    SELECT 'bill_owed', b.number, CASE b.state WHEN 'issued' THEN b.total_minor ELSE 0 END,
           coalesce(x.minor, 0)
      FROM billing_bill b
      LEFT JOIN (SELECT e.bill_id, sum(e.minor)::bigint AS minor
                   FROM billing_posting p JOIN billing_entry e ON e.posting_id = p.id
                  WHERE p.event = 'bill_issued' AND e.ledger = 'receivable' GROUP BY 1) x
        ON x.bill_id = b.id
     WHERE coalesce(x.minor, 0) <> CASE b.state WHEN 'issued' THEN b.total_minor ELSE 0 END
    UNION ALL
    SELECT 'reversed_bill_open', b.number, 0, sum(s.minor)::bigint
      FROM billing_bill b JOIN billing_standing s
        ON s.account_id = b.account_id AND s.ledger = 'receivable' AND s.bill_id = b.id
     WHERE b.state = 'reversed' GROUP BY b.number
$$;

CREATE TRIGGER billing_line_written AFTER INSERT ON billing_billline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_line_written();
CREATE TRIGGER billing_bill_written AFTER INSERT ON billing_bill
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_bill_written();
CREATE TRIGGER billing_bill_kept BEFORE UPDATE ON billing_bill
    FOR EACH ROW EXECUTE FUNCTION billing_bill_kept();
CREATE TRIGGER billing_bill_stays BEFORE DELETE OR TRUNCATE ON billing_bill
    FOR EACH STATEMENT EXECUTE FUNCTION billing_never_changed();
CREATE TRIGGER billing_entry_written AFTER INSERT ON billing_entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_entry_written();
CREATE TRIGGER billing_posting_written AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION billing_posting_written();
CREATE TRIGGER billing_day_closing BEFORE INSERT ON billing_closedday
    FOR EACH ROW EXECUTE FUNCTION billing_day_closing();
""" + "".join(
    f"""
CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION billing_never_changed();
"""
    for table in NEVER
)
UNDO = (
    "".join(f"DROP TRIGGER {table}_stays ON {table};" for table in NEVER)
    + """
DROP TRIGGER billing_line_written ON billing_billline;
DROP TRIGGER billing_bill_written ON billing_bill;
DROP TRIGGER billing_bill_kept ON billing_bill;
DROP TRIGGER billing_bill_stays ON billing_bill;
DROP TRIGGER billing_entry_written ON billing_entry;
DROP TRIGGER billing_posting_written ON billing_posting;
DROP TRIGGER billing_day_closing ON billing_closedday;
DROP FUNCTION billing_never_changed(), billing_line_written(), billing_bill_written(),
    billing_bill_kept(), billing_entry_written(), billing_posting_written(),
    billing_day_closing(), billing_audit(), billing_day_lock(bigint);
"""
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_bills_and_ledger")]
    operations = [migrations.RunSQL(SQL, UNDO)]
