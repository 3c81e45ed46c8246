"""Kept counts: every write of follow-ups also writes what it changes in the counts; by day and by month."""

from django.db import migrations

# One row of `feedback_followup` (aliased f) gives one line per view that it belongs to.
VIEWS = """
CROSS JOIN LATERAL (VALUES
    (date '0001-01-01', 'open', f.assigned_to_id::text, f.finished_at IS NULL),
    (f.finished_date, 'rating', f.rating, f.state = 'reached'),
    (f.finished_date, 'resolved', CASE WHEN f.resolved THEN 'yes' ELSE 'no' END, f.state = 'reached'),
    (f.finished_date, 'unreached', '', f.state = 'unreached')
) AS v (day, view, holder, holds)
"""
INTO = "INSERT INTO feedback_followupcountchange (organisation_id, day, view, holder, n)"

SQL = f"""
CREATE FUNCTION feedback_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT f.organisation_id, v.day, v.view, v.holder, count(*)
      FROM new_rows f {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE FUNCTION feedback_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT organisation_id, day, view, holder, sum(n) FROM (
        SELECT f.organisation_id, v.day, v.view, v.holder, 1 AS n
          FROM new_rows f {VIEWS} WHERE v.holds
        UNION ALL
        SELECT f.organisation_id, v.day, v.view, v.holder, -1
          FROM old_rows f {VIEWS} WHERE v.holds
    ) AS changes
     GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION feedback_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT f.organisation_id, v.day, v.view, v.holder, -count(*)
      FROM old_rows f {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE TRIGGER feedback_count_insert AFTER INSERT ON feedback_followup
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION feedback_count_insert();
CREATE TRIGGER feedback_count_update AFTER UPDATE ON feedback_followup
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_count_update();
CREATE TRIGGER feedback_count_delete AFTER DELETE ON feedback_followup
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION feedback_count_delete();

-- What the counts should be, from the follow-ups themselves.
CREATE FUNCTION feedback_recount() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT f.organisation_id, v.day, v.view, v.holder, count(*)
      FROM feedback_followup f {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4
$$;

-- Folds changes into the counts; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION feedback_fold_counts() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM feedback_followupcountchange RETURNING organisation_id, day, view, holder, n
    ), folded AS (
        INSERT INTO feedback_followupcount AS kept (organisation_id, day, view, holder, n)
        SELECT organisation_id, day, view, holder, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, day, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    ), months AS (
        INSERT INTO feedback_followupcountmonth AS kept (organisation_id, month, view, holder, n)
        SELECT organisation_id, date_trunc('month', day)::date, view, holder, sum(n)
          FROM taken WHERE day > date '0001-01-01'
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, month, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;

-- Counts everything anew from the follow-ups; for a bulk load that went past the triggers.
CREATE FUNCTION feedback_count_again() RETURNS bigint LANGUAGE sql AS $$
    DELETE FROM feedback_followupcount;
    DELETE FROM feedback_followupcountmonth;
    DELETE FROM feedback_followupcountchange;
    INSERT INTO feedback_followupcountchange (organisation_id, day, view, holder, n)
    SELECT organisation_id, day, view, holder, n FROM feedback_recount();
    SELECT feedback_fold_counts()
$$;
CREATE INDEX feedback_countchange_view ON feedback_followupcountchange (view, organisation_id);
"""
UNDO = """
DROP FUNCTION feedback_count_again();
DROP FUNCTION feedback_fold_counts();
DROP FUNCTION feedback_recount();
DROP FUNCTION feedback_count_insert() CASCADE;
DROP FUNCTION feedback_count_update() CASCADE;
DROP FUNCTION feedback_count_delete() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [
        ("feedback", "0002_counts"),
        ("feedback", "0004_count_months"),
    ]
    dependencies = [("feedback", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
