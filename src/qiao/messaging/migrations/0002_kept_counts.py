"""Kept counts: every write of messages, by whatever way, also writes what it changes in them."""

from django.db import migrations

# One row of `messaging_message` (aliased c) gives one line per view that it belongs to.
VIEWS = """
CROSS JOIN LATERAL (VALUES
    (date '0001-01-01', 'state', c.channel || ':' || c.state, true),
    ((c.created_at AT TIME ZONE 'Asia/Shanghai')::date, 'made', c.channel || ':' || c.kind, c.state <> 'skipped'),
    ((c.ended_at AT TIME ZONE 'Asia/Shanghai')::date, 'ended', c.channel || ':' || c.state, c.ended_at IS NOT NULL)
) AS v (day, view, holder, holds)
"""
INTO = "INSERT INTO messaging_messagecountchange (organisation_id, day, view, holder, n)"

SQL = f"""
CREATE FUNCTION messaging_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, count(*)
      FROM new_rows c {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE FUNCTION messaging_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT organisation_id, day, view, holder, sum(n) FROM (
        SELECT c.organisation_id, v.day, v.view, v.holder, 1 AS n
          FROM new_rows c {VIEWS} WHERE v.holds
        UNION ALL
        SELECT c.organisation_id, v.day, v.view, v.holder, -1
          FROM old_rows c {VIEWS} WHERE v.holds
    ) AS changes
     GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION messaging_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, -count(*)
      FROM old_rows c {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE TRIGGER messaging_count_insert AFTER INSERT ON messaging_message
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION messaging_count_insert();
CREATE TRIGGER messaging_count_update AFTER UPDATE ON messaging_message
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION messaging_count_update();
CREATE TRIGGER messaging_count_delete AFTER DELETE ON messaging_message
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION messaging_count_delete();

-- What the counts should be, from the messages themselves.
CREATE FUNCTION messaging_recount() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.organisation_id, v.day, v.view, v.holder, count(*)
      FROM messaging_message c {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4
$$;

-- Folds changes into the counts; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION messaging_fold_counts() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM messaging_messagecountchange RETURNING organisation_id, day, view, holder, n
    ), folded AS (
        INSERT INTO messaging_messagecount AS kept (organisation_id, day, view, holder, n)
        SELECT organisation_id, day, view, holder, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, day, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;
"""
UNDO = """
DROP FUNCTION messaging_fold_counts();
DROP FUNCTION messaging_recount();
DROP FUNCTION messaging_count_insert() CASCADE;
DROP FUNCTION messaging_count_update() CASCADE;
DROP FUNCTION messaging_count_delete() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [("messaging", "0002_counts")]
    dependencies = [("messaging", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
