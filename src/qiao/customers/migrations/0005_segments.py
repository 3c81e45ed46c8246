"""A change marks the customers it touches, in its own transaction, for whoever looks again."""

from django.db import migrations

# The first argument of the trigger is a SELECT of customers' ids over `{rows}`; each mark says which
# table was changed. A statement that changes very many rows, as a bulk load does, marks everybody once
# instead.
SQL = """
CREATE FUNCTION customers_segment_touch() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ask text;
    many bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM customers_segment WHERE state <> 'archived') THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        SELECT count(*) INTO many FROM (SELECT 1 FROM old_rows LIMIT 5001) AS x;
        ask := replace(TG_ARGV[0], '{rows}', 'old_rows');
    ELSIF TG_OP = 'INSERT' THEN
        SELECT count(*) INTO many FROM (SELECT 1 FROM new_rows LIMIT 5001) AS x;
        ask := replace(TG_ARGV[0], '{rows}', 'new_rows');
    ELSE
        SELECT count(*) INTO many FROM (SELECT 1 FROM new_rows LIMIT 5001) AS x;
        ask := replace(TG_ARGV[0], '{rows}', 'new_rows') || ' UNION ALL '
            || replace(TG_ARGV[0], '{rows}', 'old_rows');
    END IF;
    IF many = 0 THEN
        RETURN NULL;
    ELSIF many > 5000 THEN
        INSERT INTO customers_segmentdirty (customer_id, source) VALUES (NULL, TG_TABLE_NAME);
    ELSE
        EXECUTE 'INSERT INTO customers_segmentdirty (customer_id, source)'
            || ' SELECT DISTINCT x.id, ' || quote_literal(TG_TABLE_NAME) || ' FROM (' || ask
            || ') AS x (id) WHERE x.id IS NOT NULL';
    END IF;
    RETURN NULL;
END $$;

-- Whoever adds or takes members, the count follows.
CREATE FUNCTION customers_segment_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE customers_segmentkept k SET member_count = k.member_count + x.n
          FROM (SELECT segment_id, count(*) AS n FROM new_rows GROUP BY 1) AS x
         WHERE k.segment_id = x.segment_id;
    ELSE
        UPDATE customers_segmentkept k SET member_count = k.member_count - x.n
          FROM (SELECT segment_id, count(*) AS n FROM old_rows GROUP BY 1) AS x
         WHERE k.segment_id = x.segment_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_segment_joined AFTER INSERT ON customers_segmentmember
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_segment_count();
CREATE TRIGGER customers_segment_left AFTER DELETE ON customers_segmentmember
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_segment_count();
"""
UNDO = """
DROP FUNCTION customers_segment_touch() CASCADE;
DROP FUNCTION customers_segment_count() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [("customers", "0020_segments_touched")]
    dependencies = [("customers", "0004_groups")]
    operations = [migrations.RunSQL(SQL, UNDO)]
