"""Merges are a history without cycles, equal to what the customers say; asked for any past day.

Whoever changes `merged_into`, by whatever code or console, queues at one lock: the checks then see
every merge before. A merge is made by a person and takes milliseconds.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION customers_merge_without_cycle() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('customers_merge'));
    IF EXISTS (
        WITH RECURSIVE up (id) AS (
            SELECT NEW.merged_into_id
            UNION
            SELECT c.merged_into_id FROM up JOIN customers_customer c ON c.id = up.id
             WHERE c.merged_into_id IS NOT NULL
        )
        SELECT 1 FROM up WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'customer % would stand for itself', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_customer_no_cycle';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER customers_customer_no_cycle BEFORE UPDATE OF merged_into_id ON customers_customer
FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL
                   AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
EXECUTE FUNCTION customers_merge_without_cycle();

CREATE FUNCTION customers_merge_told() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT c.merged_into_id FROM customers_customer c WHERE c.id = NEW.id) IS DISTINCT FROM
       (SELECT m.survivor_id FROM customers_merge m
         WHERE m.merged_id = NEW.id AND m.undone_at IS NULL) THEN
        RAISE EXCEPTION 'the merge of customer % is not in the history', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_customer_merge_told';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER customers_customer_merge_told
AFTER UPDATE OF merged_into_id ON customers_customer DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
EXECUTE FUNCTION customers_merge_told();

CREATE CONSTRAINT TRIGGER customers_customer_merge_born
AFTER INSERT ON customers_customer DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL)
EXECUTE FUNCTION customers_merge_told();

CREATE FUNCTION customers_merge_is_history() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
       OR (NEW.survivor_id, NEW.merged_id, NEW.at) <> (OLD.survivor_id, OLD.merged_id, OLD.at) THEN
        RAISE EXCEPTION 'merge % is history', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_merge_is_history';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER customers_merge_is_history BEFORE UPDATE OR DELETE ON customers_merge
FOR EACH ROW EXECUTE FUNCTION customers_merge_is_history();

-- A chain may be as long as it likes: without cycles it ends.
CREATE OR REPLACE FUNCTION customers_survivor(one bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up (id, merged_into_id) AS (
        SELECT c.id, c.merged_into_id FROM customers_customer c WHERE c.id = one
        UNION ALL
        SELECT c.id, c.merged_into_id
          FROM up JOIN customers_customer c ON c.id = up.merged_into_id
    )
    SELECT id FROM up WHERE merged_into_id IS NULL
$$;

CREATE OR REPLACE FUNCTION customers_held_as(one bigint) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE down (id, depth) AS (
        SELECT one, 0
        UNION ALL
        SELECT c.id, down.depth + 1
          FROM down JOIN customers_customer c ON c.merged_into_id = down.id
    )
    SELECT array_agg(id ORDER BY depth, id) FROM down
$$;

CREATE FUNCTION customers_survivor_as_of(one bigint, moment timestamptz) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up (id, depth) AS (
        SELECT one, 0
        UNION ALL
        SELECT m.survivor_id, up.depth + 1
          FROM up JOIN customers_merge m ON m.merged_id = up.id
         WHERE m.at <= moment AND (m.undone_at IS NULL OR m.undone_at > moment)
    )
    SELECT id FROM up ORDER BY depth DESC LIMIT 1
$$;

CREATE FUNCTION customers_held_as_of(one bigint, moment timestamptz) RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE down (id, depth) AS (
        SELECT one, 0
        UNION ALL
        SELECT m.merged_id, down.depth + 1
          FROM down JOIN customers_merge m ON m.survivor_id = down.id
         WHERE m.at <= moment AND (m.undone_at IS NULL OR m.undone_at > moment)
    )
    SELECT array_agg(id ORDER BY depth, id) FROM down
$$;
"""

UNDO = """
DROP FUNCTION customers_held_as_of(bigint, timestamptz);
DROP FUNCTION customers_survivor_as_of(bigint, timestamptz);
DROP TRIGGER customers_merge_is_history ON customers_merge;
DROP FUNCTION customers_merge_is_history();
DROP TRIGGER customers_customer_merge_born ON customers_customer;
DROP TRIGGER customers_customer_merge_told ON customers_customer;
DROP FUNCTION customers_merge_told();
DROP TRIGGER customers_customer_no_cycle ON customers_customer;
DROP FUNCTION customers_merge_without_cycle();
"""

# Merges from before the history: when it happened says the event, else the row itself.
KNOWN = """
INSERT INTO customers_merge (survivor_id, merged_id, at, reason, changes, kept)
SELECT c.merged_into_id, c.id,
       coalesce((SELECT max(e.occurred_at) FROM core_event e
                  WHERE e.name = 'customers.customers_merged'
                    AND (e.payload ->> 'merged_id')::bigint = c.id), c.created_at),
       '', '[]', '[]'
  FROM customers_customer c WHERE c.merged_into_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables"), ("customers", "0007_merges")]
    operations = [
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(SQL, UNDO),
    ]
