"""A group is whole or refused.

Whoever writes to a group, by whatever code or console, queues at the row of the group, so that the
checks before the commit see every change before. A group has a handful of members.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION customers_group_queue() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.group_id <> OLD.group_id THEN
        RAISE EXCEPTION 'a stay belongs to one group'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_member_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM 1 FROM customers_customergroup g WHERE g.id = OLD.group_id FOR NO KEY UPDATE;
        RETURN OLD;
    END IF;
    PERFORM 1 FROM customers_customergroup g WHERE g.id = NEW.group_id FOR NO KEY UPDATE;
    RETURN NEW;
END $$;

CREATE TRIGGER customers_member_queue BEFORE INSERT OR UPDATE OR DELETE ON customers_groupmember
FOR EACH ROW EXECUTE FUNCTION customers_group_queue();

CREATE FUNCTION customers_group_fault(one bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE whole AS (
        SELECT g.kind, g.period FROM customers_customergroup g WHERE g.id = one
    ), stays AS (
        SELECT m.customer_id, range_agg(m.period) AS days
          FROM customers_groupmember m WHERE m.group_id = one GROUP BY m.customer_id
    ), up (start_id, at_id, period) AS (
        SELECT m.customer_id, m.under_id, m.period FROM customers_groupmember m
         WHERE m.group_id = one AND m.under_id IS NOT NULL
        UNION
        SELECT up.start_id, m.under_id, up.period * m.period
          FROM up JOIN customers_groupmember m
            ON m.group_id = one AND m.customer_id = up.at_id AND m.period && up.period
         WHERE m.under_id IS NOT NULL AND up.at_id <> up.start_id
    )
    SELECT CASE
        WHEN (SELECT range_agg(m.period) FROM customers_groupmember m
               WHERE m.group_id = one AND m.role = 'head')
             IS DISTINCT FROM datemultirange(whole.period) THEN 'customers_group_headed'
        WHEN EXISTS (SELECT 1 FROM customers_groupmember m
                      WHERE m.group_id = one AND NOT m.period <@ whole.period)
            THEN 'customers_group_days'
        WHEN EXISTS (SELECT 1 FROM customers_groupmember m
                      WHERE m.group_id = one AND m.role = 'member'
                        AND (m.under_id IS NULL) <> (whole.kind = 'household'))
            THEN 'customers_group_tree'
        WHEN EXISTS (SELECT 1 FROM customers_groupmember m
                       LEFT JOIN stays ON stays.customer_id = m.under_id
                      WHERE m.group_id = one AND m.under_id IS NOT NULL
                        AND (m.period <@ stays.days) IS NOT TRUE)
            THEN 'customers_group_tree'
        WHEN EXISTS (SELECT 1 FROM up WHERE up.at_id = up.start_id)
            THEN 'customers_group_no_circle'
        END FROM whole
$$;

CREATE FUNCTION customers_group_whole() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
    fault text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        one := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
    ELSE
        one := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    END IF;
    fault := customers_group_fault(one);
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'group % is not whole: %', one, fault
            USING ERRCODE = 'check_violation', CONSTRAINT = fault;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER customers_member_whole
AFTER INSERT OR UPDATE OR DELETE ON customers_groupmember DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION customers_group_whole('group_id');

CREATE CONSTRAINT TRIGGER customers_group_whole
AFTER INSERT OR UPDATE OF period, kind ON customers_customergroup DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION customers_group_whole('id');
"""
UNDO = """
DROP TRIGGER customers_group_whole ON customers_customergroup;
DROP TRIGGER customers_member_whole ON customers_groupmember;
DROP FUNCTION customers_group_whole();
DROP FUNCTION customers_group_fault(bigint);
DROP TRIGGER customers_member_queue ON customers_groupmember;
DROP FUNCTION customers_group_queue();
"""


class Migration(migrations.Migration):
    replaces = [("customers", "0022_relations")]
    dependencies = [("customers", "0003_protections")]
    operations = [migrations.RunSQL(SQL, UNDO)]
