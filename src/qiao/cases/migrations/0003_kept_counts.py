"""Kept counts: every write of cases, by whatever way, also writes what it changes in the counts.

They are told apart by the pack of the case's type, and kept by month as well. Cases that another one
is worked on for are on no list of work and in none of its counts.
"""

from django.db import migrations

WORK = "c.closed_at IS NULL AND c.merged_into_id IS NULL AND c.parent_id IS NULL"
# One row of `cases_case` (aliased c) gives one line per view that it belongs to.
VIEWS = f"""
CROSS JOIN LATERAL (VALUES
    (date '0001-01-01', 'open', '', {WORK}),
    (date '0001-01-01', 'team', c.team_id::text, {WORK}),
    (date '0001-01-01', 'assignee', c.assignee_id::text, {WORK} AND c.assignee_id IS NOT NULL),
    (date '0001-01-01', 'responsible', c.responsible_id::text, {WORK}),
    (date '0001-01-01', 'unassigned', '', {WORK} AND c.assignee_id IS NULL),
    (date '0001-01-01', 'phase', c.phase, {WORK}),
    (date '0001-01-01', 'level', c.level, {WORK}),
    (date '0001-01-01', 'urgent', '', {WORK} AND c.priority = 'urgent'),
    (date '0001-01-01', 'paused', '', {WORK} AND c.is_paused),
    (date '0001-01-01', 'escalated', '', {WORK} AND c.escalated),
    (date '0001-01-01', 'late:team', c.team_id::text, {WORK} AND c.level = 'late'),
    (date '0001-01-01', 'late:assignee', c.assignee_id::text,
        {WORK} AND c.level = 'late' AND c.assignee_id IS NOT NULL),
    (date '0001-01-01', 'late:responsible', c.responsible_id::text, {WORK} AND c.level = 'late'),
    (c.opened_date, 'opened', '', true),
    (c.opened_date, 'opened:type', c.case_type_id::text, true),
    (c.opened_date, 'opened:area', c.area, true),
    (c.opened_date, 'opened:channel', c.channel, true),
    (c.opened_date, 'opened:priority', c.priority, true),
    (c.opened_date, 'opened:phase', c.phase, true),
    (c.opened_date, 'opened:responsible', c.responsible_id::text, true),
    (c.opened_date, 'opened:team', c.team_id::text, true),
    (c.opened_date, 'opened:promise',
        CASE c.promise_kept WHEN true THEN 'kept' WHEN false THEN 'missed' ELSE 'running' END, true),
    (c.closed_date, 'closed', '', c.closed_date IS NOT NULL),
    (c.closed_date, 'closed:responsible', c.responsible_id::text, c.closed_date IS NOT NULL)
) AS v (day, view, holder, holds)
"""
PACK = "JOIN cases_casetype t ON t.id = c.case_type_id"
INTO = "INSERT INTO cases_casecountchange (organisation_id, day, view, holder, pack, n)"

SQL = f"""
CREATE FUNCTION cases_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, count(*)
      FROM new_rows c {PACK} {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;

CREATE FUNCTION cases_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT organisation_id, day, view, holder, pack, sum(n) FROM (
        SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, 1 AS n
          FROM new_rows c {PACK} {VIEWS} WHERE v.holds
        UNION ALL
        SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, -1
          FROM old_rows c {PACK} {VIEWS} WHERE v.holds
    ) AS changes
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION cases_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, -count(*)
      FROM old_rows c {PACK} {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;

CREATE TRIGGER cases_count_insert AFTER INSERT ON cases_case
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_count_insert();
CREATE TRIGGER cases_count_update AFTER UPDATE ON cases_case
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION cases_count_update();
CREATE TRIGGER cases_count_delete AFTER DELETE ON cases_case
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_count_delete();

-- What the counts should be, from the cases themselves.
CREATE FUNCTION cases_recount() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, pack text, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, count(*)
      FROM cases_case c {PACK} {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5
$$;

-- Folds changes into the counts; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION cases_fold_counts() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM cases_casecountchange RETURNING organisation_id, day, view, holder, pack, n
    ), folded AS (
        INSERT INTO cases_casecount AS kept (organisation_id, day, view, holder, pack, n)
        SELECT organisation_id, day, view, holder, pack, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (organisation_id, view, day, holder, pack) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    ), months AS (
        INSERT INTO cases_casecountmonth AS kept (organisation_id, month, view, holder, pack, n)
        SELECT organisation_id, date_trunc('month', day)::date, view, holder, pack, sum(n)
          FROM taken WHERE day > date '0001-01-01'
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (organisation_id, view, month, holder, pack)
        DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;

-- Counts everything anew from the cases; for a bulk load that went past the triggers.
CREATE FUNCTION cases_count_again() RETURNS bigint LANGUAGE sql AS $$
    DELETE FROM cases_casecount;
    DELETE FROM cases_casecountmonth;
    DELETE FROM cases_casecountchange;
    INSERT INTO cases_casecountchange (organisation_id, day, view, holder, pack, n)
    SELECT organisation_id, day, view, holder, pack, n FROM cases_recount();
    SELECT cases_fold_counts()
$$;
CREATE INDEX cases_countchange_view ON cases_casecountchange (view, organisation_id);
"""
UNDO = """
DROP FUNCTION cases_count_again();
DROP FUNCTION cases_fold_counts();
DROP FUNCTION cases_recount();
DROP FUNCTION cases_count_insert() CASCADE;
DROP FUNCTION cases_count_update() CASCADE;
DROP FUNCTION cases_count_delete() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0002_counts"),
        ("cases", "0005_counts_by_pack"),
    ]
    dependencies = [("cases", "0002_merging")]
    operations = [migrations.RunSQL(SQL, UNDO)]
