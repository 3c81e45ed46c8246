"""Kept counts of follow-ups are kept by month as well."""

from django.db import migrations, models

SQL = """
CREATE OR REPLACE FUNCTION feedback_fold_counts() RETURNS bigint LANGUAGE sql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0003_defaults")]
    operations = [
        migrations.CreateModel(
            name="FollowUpCountMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("view", models.TextField()),
                ("holder", models.TextField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organisation_id", "view", "month", "holder"],
                        name="feedback_count_month_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL),
        migrations.RunSQL("SELECT feedback_count_again()"),
    ]
