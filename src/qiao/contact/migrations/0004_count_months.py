"""Kept counts of contacts are kept by month as well."""

from django.db import migrations, models

SQL = """
CREATE OR REPLACE FUNCTION contact_fold_counts() RETURNS bigint LANGUAGE sql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0003_collation")]
    operations = [
        migrations.CreateModel(
            name="InteractionCountMonth",
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
                        name="contact_count_month_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL),
        migrations.RunSQL("SELECT contact_count_again()"),
    ]
