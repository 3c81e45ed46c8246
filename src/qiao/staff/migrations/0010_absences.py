import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Who stands in for an absent person at a moment, by the day of that person's place: the deputy, or
# the deputy's deputy. NULL for whoever is here, and where nobody is left who is.
STANDS_IN = """
CREATE FUNCTION staff_stands_in(person bigint, moment timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain (staff_id, step, path) AS (
        SELECT person, 0, ARRAY[person]
        UNION ALL
        SELECT a.deputy_id, c.step + 1, c.path || a.deputy_id
          FROM chain c
          JOIN staff_staff s ON s.id = c.staff_id
          JOIN staff_organisation o ON o.id = s.organisation_id
          JOIN staff_absence a ON a.staff_id = c.staff_id AND a.ended_at IS NULL
           AND a.days @> (moment AT TIME ZONE o.timezone)::date
         WHERE a.deputy_id IS NOT NULL AND NOT a.deputy_id = ANY(c.path))
    SELECT s.id
      FROM (SELECT staff_id, step FROM chain ORDER BY step DESC LIMIT 1) last
      JOIN staff_staff s ON s.id = last.staff_id AND s.is_active
      JOIN staff_organisation o ON o.id = s.organisation_id
     WHERE last.step > 0
       AND NOT EXISTS (SELECT 1 FROM staff_absence a
                        WHERE a.staff_id = s.id AND a.ended_at IS NULL
                          AND a.days @> (moment AT TIME ZONE o.timezone)::date)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0009_features")]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("leave", "Leave"),
                            ("sick", "Sick Leave"),
                            ("training", "Training"),
                            ("off_duty", "Off Duty"),
                        ]
                    ),
                ),
                ("entered_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "deputy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("deputy__isnull", True))
                        | ~models.Q(("deputy", models.F("staff"))),
                        name="staff_absence_other_deputy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days__isempty", False),
                            ("days__lower_inf", False),
                            ("days__upper_inf", False),
                        ),
                        name="staff_absence_has_days",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        expressions=[("staff", "="), ("days", "&&")],
                        name="staff_absence_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(STANDS_IN, "DROP FUNCTION staff_stands_in"),
    ]
