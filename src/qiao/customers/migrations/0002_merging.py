"""Following `merged_into`: to the row that stands for a customer, and back to all it stands for; today
and on any past day. Merges are a history without cycles, equal to what the customers say.

Whoever changes `merged_into`, by whatever code or console, queues at one lock: the checks then see
every merge before. A merge is made by a person and takes milliseconds.
"""

from django.db import migrations

FOLLOWING = """
-- A chain may be as long as it likes: without cycles it ends.
CREATE FUNCTION customers_survivor(one bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up (id, merged_into_id) AS (
        SELECT c.id, c.merged_into_id FROM customers_customer c WHERE c.id = one
        UNION ALL
        SELECT c.id, c.merged_into_id
          FROM up JOIN customers_customer c ON c.id = up.merged_into_id
    )
    SELECT id FROM up WHERE merged_into_id IS NULL
$$;

CREATE FUNCTION customers_held_as(one bigint) RETURNS bigint[]
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
UNFOLLOW = """
DROP FUNCTION customers_held_as_of(bigint, timestamptz);
DROP FUNCTION customers_survivor_as_of(bigint, timestamptz);
DROP FUNCTION customers_held_as(bigint);
DROP FUNCTION customers_survivor(bigint);
"""

HISTORY = """
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

-- What it says of its people may be taken out of it, also after it was undone.
CREATE FUNCTION customers_merge_is_history() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (OLD.undone_at IS NOT NULL AND to_jsonb(NEW) - '{reason,changes,kept}'::text[]
           IS DISTINCT FROM to_jsonb(OLD) - '{reason,changes,kept}'::text[])
       OR (NEW.survivor_id, NEW.merged_id, NEW.at) <> (OLD.survivor_id, OLD.merged_id, OLD.at) THEN
        RAISE EXCEPTION 'merge % is history', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_merge_is_history';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER customers_merge_is_history BEFORE UPDATE OR DELETE ON customers_merge
FOR EACH ROW EXECUTE FUNCTION customers_merge_is_history();
"""
UNDO = """
DROP TRIGGER customers_merge_is_history ON customers_merge;
DROP FUNCTION customers_merge_is_history();
DROP TRIGGER customers_customer_merge_born ON customers_customer;
DROP TRIGGER customers_customer_merge_told ON customers_customer;
DROP FUNCTION customers_merge_told();
DROP TRIGGER customers_customer_no_cycle ON customers_customer;
DROP FUNCTION customers_merge_without_cycle();
"""


class Migration(migrations.Migration):
    replaces = [
        ("customers", "0002_merged"),
        ("customers", "0008_merges_hold"),
    ]
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.RunSQL(FOLLOWING, UNFOLLOW),
        migrations.RunSQL(HISTORY, UNDO),
    ]
