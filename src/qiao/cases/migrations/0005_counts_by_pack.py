"""Kept counts are told apart by the pack of the case's type, and kept by month as well."""

from importlib import import_module

from django.db import migrations, models

VIEWS = import_module("qiao.cases.migrations.0002_counts").VIEWS
PACK = "JOIN cases_casetype t ON t.id = c.case_type_id"
INTO = "INSERT INTO cases_casecountchange (organisation_id, day, view, holder, pack, n)"

TRIGGERS = f"""
CREATE OR REPLACE FUNCTION cases_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, count(*)
      FROM new_rows c {PACK} {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION cases_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION cases_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, -count(*)
      FROM old_rows c {PACK} {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;

DROP FUNCTION cases_recount();
CREATE FUNCTION cases_recount() RETURNS TABLE
    (organisation_id bigint, day date, view text, holder text, pack text, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.organisation_id, v.day, v.view, v.holder, t.pack, count(*)
      FROM cases_case c {PACK} {VIEWS} WHERE v.holds
     GROUP BY 1, 2, 3, 4, 5
$$;

CREATE OR REPLACE FUNCTION cases_fold_counts() RETURNS bigint LANGUAGE sql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_promise_sets")]
    operations = [
        migrations.AddField("casecount", "pack", models.TextField(default="")),
        migrations.AddField("casecountchange", "pack", models.TextField(default="")),
        migrations.RemoveConstraint("casecount", "cases_count_once"),
        migrations.AddConstraint(
            "casecount",
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder", "pack"],
                name="cases_count_once",
            ),
        ),
        migrations.CreateModel(
            name="CaseCountMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("view", models.TextField()),
                ("holder", models.TextField()),
                ("pack", models.TextField(default="")),
                ("n", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organisation_id", "view", "month", "holder", "pack"],
                        name="cases_count_month_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS),
        migrations.RunSQL("SELECT cases_count_again()"),
    ]
