"""An update writes into the kept counts only for cases that stand otherwise in one of them.

Most writes of a case touch nothing that is counted (a due moment, a place in its history): what stands
the same before and after goes out before it is spread over the views. Without a join of the rows before
and after, whose plan would be kept from the first write of a connection, of one row or of thousands.
"""

from importlib import import_module

from django.db import migrations

_kept = import_module("qiao.cases.migrations.0003_kept_counts")
COUNTED = (
    "organisation_id, case_type_id, team_id, assignee_id, responsible_id, merged_into_id, parent_id,"
    " phase, level, priority, is_paused, escalated, area, channel, promise_kept, opened_date,"
    " closed_at, closed_date"
)
SQL = f"""
CREATE OR REPLACE FUNCTION cases_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_kept.INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, sum(c.n) FROM (
        SELECT {COUNTED}, sum(n) AS n FROM (
            SELECT {COUNTED}, 1 AS n FROM new_rows
            UNION ALL
            SELECT {COUNTED}, -1 FROM old_rows
        ) AS before_and_after
         GROUP BY {COUNTED} HAVING sum(n) <> 0
    ) AS c {_kept.PACK} {_kept.VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(c.n) <> 0;
    RETURN NULL;
END $$;
"""
BEFORE = f"""
CREATE OR REPLACE FUNCTION cases_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_kept.INTO}
    SELECT organisation_id, day, view, holder, pack, sum(n) FROM (
        SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, 1 AS n
          FROM new_rows c {_kept.PACK} {_kept.VIEWS} WHERE v.holds
        UNION ALL
        SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, -1
          FROM old_rows c {_kept.PACK} {_kept.VIEWS} WHERE v.holds
    ) AS changes
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_words_planned_once")]
    operations = [migrations.RunSQL(SQL, BEFORE)]
