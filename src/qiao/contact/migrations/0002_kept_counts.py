"""Kept counts: every write of contacts also writes what it changes in them; by day and by month."""

from django.db import migrations

# One row of `contact_interaction` (aliased i) gives one line per view that it belongs to.
VIEWS = """
CROSS JOIN LATERAL (VALUES
    ('taken', '', true),
    ('channel', i.channel, true),
    ('hour', lpad(i.started_hour::text, 2, '0'), true),
    ('agent', i.agent_id::text, i.agent_id IS NOT NULL),
    ('outcome', i.outcome, i.state = 'closed'),
    ('resolved', '', i.resolved),
    ('unknown', '', i.customer_id IS NULL)
) AS v (view, holder, holds)
"""
INTO = "INSERT INTO contact_interactioncountchange (organisation_id, day, view, holder, n)"
HOLDS = "WHERE v.holds AND i.state <> 'abandoned'"

SQL = f"""
CREATE FUNCTION contact_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT i.organisation_id, i.started_date, v.view, v.holder, count(*)
      FROM new_rows i {VIEWS} {HOLDS}
     GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE FUNCTION contact_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT organisation_id, day, view, holder, sum(n) FROM (
        SELECT i.organisation_id, i.started_date AS day, v.view, v.holder, 1 AS n
          FROM new_rows i {VIEWS} {HOLDS}
        UNION ALL
        SELECT i.organisation_id, i.started_date, v.view, v.holder, -1
          FROM old_rows i {VIEWS} {HOLDS}
    ) AS changes
     GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION contact_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT i.organisation_id, i.started_date, v.view, v.holder, -count(*)
      FROM old_rows i {VIEWS} {HOLDS}
     GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE TRIGGER contact_count_insert AFTER INSERT ON contact_interaction
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION contact_count_insert();
CREATE TRIGGER contact_count_update AFTER UPDATE ON contact_interaction
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION contact_count_update();
CREATE TRIGGER contact_count_delete AFTER DELETE ON contact_interaction
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION contact_count_delete();

-- What the counts should be, from the contacts themselves.
CREATE FUNCTION contact_recount() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT i.organisation_id, i.started_date, v.view, v.holder, count(*)
      FROM contact_interaction i {VIEWS} {HOLDS}
     GROUP BY 1, 2, 3, 4
$$;

-- Folds changes into the counts; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION contact_fold_counts() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM contact_interactioncountchange
        RETURNING organisation_id, day, view, holder, n
    ), folded AS (
        INSERT INTO contact_interactioncount AS kept (organisation_id, day, view, holder, n)
        SELECT organisation_id, day, view, holder, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, day, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    ), months AS (
        INSERT INTO contact_interactioncountmonth AS kept (organisation_id, month, view, holder, n)
        SELECT organisation_id, date_trunc('month', day)::date, view, holder, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, month, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;

-- Counts everything anew from the contacts; for a bulk load that went past the triggers.
CREATE FUNCTION contact_count_again() RETURNS bigint LANGUAGE sql AS $$
    DELETE FROM contact_interactioncount;
    DELETE FROM contact_interactioncountmonth;
    DELETE FROM contact_interactioncountchange;
    INSERT INTO contact_interactioncountchange (organisation_id, day, view, holder, n)
    SELECT organisation_id, day, view, holder, n FROM contact_recount();
    SELECT contact_fold_counts()
$$;
CREATE INDEX contact_countchange_view ON contact_interactioncountchange (view, organisation_id);
"""
UNDO = """
DROP FUNCTION contact_count_again();
DROP FUNCTION contact_fold_counts();
DROP FUNCTION contact_recount();
DROP FUNCTION contact_count_insert() CASCADE;
DROP FUNCTION contact_count_update() CASCADE;
DROP FUNCTION contact_count_delete() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [
        ("contact", "0002_counts"),
        ("contact", "0004_count_months"),
    ]
    dependencies = [("contact", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
