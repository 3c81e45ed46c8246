"""Every pair that waits for a decision counts where both customers are seen."""

from django.db import migrations

GROUP = "first_organisations, second_organisations, strongest"
SQL = f"""
CREATE FUNCTION customers_duplicate_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO customers_duplicatecountchange ({GROUP}, n)
        SELECT {GROUP}, count(*) FROM new_rows WHERE state = 'proposed' GROUP BY {GROUP};
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO customers_duplicatecountchange ({GROUP}, n)
        SELECT {GROUP}, -count(*) FROM old_rows WHERE state = 'proposed' GROUP BY {GROUP};
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER customers_duplicate_count_insert AFTER INSERT ON customers_duplicate
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION customers_duplicate_count();
CREATE TRIGGER customers_duplicate_count_update AFTER UPDATE ON customers_duplicate
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION customers_duplicate_count();
CREATE TRIGGER customers_duplicate_count_delete AFTER DELETE ON customers_duplicate
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT
    EXECUTE FUNCTION customers_duplicate_count();

-- What the counts should be, from the pairs themselves.
CREATE FUNCTION customers_duplicate_recount() RETURNS TABLE
    (first_organisations bigint[], second_organisations bigint[], strongest text, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT {GROUP}, count(*) FROM customers_duplicate WHERE state = 'proposed' GROUP BY {GROUP}
$$;

-- One statement, so that no reader sees a change twice or not at all.
CREATE FUNCTION customers_duplicate_fold_counts() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM customers_duplicatecountchange RETURNING {GROUP}, n
    ), folded AS (
        INSERT INTO customers_duplicatecount AS kept ({GROUP}, n)
        SELECT {GROUP}, sum(n) FROM taken GROUP BY {GROUP} HAVING sum(n) <> 0 ORDER BY {GROUP}
        ON CONFLICT ({GROUP}) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;
"""
UNDO = """
DROP FUNCTION customers_duplicate_fold_counts();
DROP FUNCTION customers_duplicate_recount();
DROP FUNCTION customers_duplicate_count() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [("customers", "0013_duplicates")]
    dependencies = [("customers", "0006_tags")]
    operations = [migrations.RunSQL(SQL, UNDO)]
