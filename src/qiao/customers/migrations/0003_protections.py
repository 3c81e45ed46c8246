"""The customers' `flags` follow their protections, and those of whom they stand for."""

from django.db import migrations

SQL = """
-- Volatile: under READ COMMITTED it sees what others committed while a row lock was waited for.
CREATE FUNCTION customers_protected_as(one bigint) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN coalesce((
        SELECT array_agg(k.kind ORDER BY array_position(ARRAY[
                   'hospital', 'life_support', 'elderly_alone', 'infant', 'disabled', 'welfare',
                   'school', 'public_safety', 'important'], k.kind))
          FROM (SELECT DISTINCT p.kind FROM customers_protection p
                 WHERE p.customer_id = ANY (customers_held_as(one)) AND p.ended_at IS NULL) AS k),
        '{}');
END $$;

CREATE FUNCTION customers_keep_flags(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    WITH RECURSIVE up (id) AS (
        SELECT unnest(touched)
        UNION
        SELECT c.merged_into_id FROM up JOIN customers_customer c ON c.id = up.id
    )
    SELECT array_agg(id) INTO ids FROM up WHERE id IS NOT NULL;
    PERFORM 1 FROM customers_customer WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE customers_customer c SET flags = customers_protected_as(c.id)
     WHERE c.id = ANY (ids) AND c.flags IS DISTINCT FROM customers_protected_as(c.id);
END $$;

CREATE FUNCTION customers_protection_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT n.customer_id) INTO ids FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT o.customer_id) INTO ids FROM old_rows o;
    ELSE
        SELECT array_agg(DISTINCT x.id) INTO ids
          FROM new_rows n JOIN old_rows o ON o.id = n.id,
               LATERAL (VALUES (n.customer_id), (o.customer_id)) AS x (id)
         WHERE (n.customer_id, n.kind, n.ended_at IS NULL)
               IS DISTINCT FROM (o.customer_id, o.kind, o.ended_at IS NULL);
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM customers_keep_flags(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_protection_insert AFTER INSERT ON customers_protection
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION customers_protection_changed();
CREATE TRIGGER customers_protection_update AFTER UPDATE ON customers_protection
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION customers_protection_changed();
CREATE TRIGGER customers_protection_delete AFTER DELETE ON customers_protection
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION customers_protection_changed();

CREATE FUNCTION customers_flags_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.flags := customers_protected_as(NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER customers_customer_flags_follow BEFORE UPDATE OF flags ON customers_customer
FOR EACH ROW WHEN (NEW.flags IS DISTINCT FROM OLD.flags)
EXECUTE FUNCTION customers_flags_follow();

CREATE FUNCTION customers_flags_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM customers_keep_flags(ARRAY[OLD.merged_into_id, NEW.merged_into_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER customers_customer_flags_merge AFTER UPDATE OF merged_into_id ON customers_customer
FOR EACH ROW WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
EXECUTE FUNCTION customers_flags_merge();
"""
UNDO = """
DROP TRIGGER customers_customer_flags_merge ON customers_customer;
DROP TRIGGER customers_customer_flags_follow ON customers_customer;
DROP FUNCTION customers_protection_changed() CASCADE;
DROP FUNCTION customers_flags_merge();
DROP FUNCTION customers_flags_follow();
DROP FUNCTION customers_keep_flags(bigint[]);
DROP FUNCTION customers_protected_as(bigint);
"""


class Migration(migrations.Migration):
    replaces = [("customers", "0028_protections")]
    dependencies = [("customers", "0002_merging")]
    operations = [migrations.RunSQL(SQL, UNDO)]
