"""A version of a calendar holds its special days itself: what was counted with it stays counted."""

from django.db import migrations, models

# Versions so far were read together with the table of days; from now on each keeps its own.
_FILL = """
UPDATE core_businesscalendar c SET days = coalesce(
    (SELECT jsonb_object_agg(d.date::text, jsonb_build_object('kind', d.kind, 'name', d.name))
       FROM core_calendarday d WHERE d.region = c.holidays), '{}'), created_at = effective_at
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_attachment_content")]

    operations = [
        migrations.RemoveConstraint(
            model_name="businesscalendar", name="core_calendar_one_version_a_moment"
        ),
        migrations.AddField("businesscalendar", "days", models.JSONField(default=dict)),
        migrations.AddField("businesscalendar", "own_days", models.JSONField(default=dict)),
        migrations.AddField(
            "businesscalendar",
            "origin",
            models.TextField(choices=[("pack", "Pack"), ("company", "Company")], default="pack"),
        ),
        migrations.AddField("businesscalendar", "source", models.TextField(default="")),
        migrations.AddField("businesscalendar", "changed_by_id", models.BigIntegerField(null=True)),
        migrations.AddField("businesscalendar", "created_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "businesscalendar", models.Index(fields=["key", "id"], name="core_calendar_versions")
        ),
        migrations.AddConstraint(
            "businesscalendar",
            models.CheckConstraint(
                condition=~models.Q(origin="company", source=""), name="core_calendar_says_why"
            ),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
