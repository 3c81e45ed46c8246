"""Files that people take away have one table for all modules."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("core", "0010_attachment_tally")]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("organisation_id", models.BigIntegerField()),
                ("terms", models.JSONField(default=dict)),
                ("form", models.TextField(choices=[("csv", "CSV"), ("xlsx", "Excel")])),
                ("reason", models.TextField()),
                ("language", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Being written"),
                            ("done", "Ready"),
                            ("cancelled", "Cancelled"),
                            ("refused", "Refused"),
                            ("removed", "Removed"),
                        ],
                        default="waiting",
                    ),
                ),
                ("once", models.TextField(default="")),
                ("expected_rows", models.IntegerField(null=True)),
                ("row_count", models.IntegerField(default=0)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("taken_count", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["created_by_id", "id"], name="core_export_mine"),
                    models.Index(
                        condition=Q(("state", "done")),
                        fields=["expires_at"],
                        name="core_export_expiring",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "state__in",
                                ["waiting", "running", "done", "cancelled", "refused", "removed"],
                            )
                        ),
                        name="core_export_state",
                    ),
                    models.CheckConstraint(
                        condition=Q(("form__in", ["csv", "xlsx"])), name="core_export_form"
                    ),
                    models.CheckConstraint(
                        condition=Q(("reason", ""), _negated=True), name="core_export_reason"
                    ),
                    models.CheckConstraint(
                        condition=Q(("state", "done"), _negated=True)
                        | Q(finished_at__isnull=False, expires_at__isnull=False),
                        name="core_export_done_whole",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("once", ""), _negated=True),
                        fields=("created_by_id", "once"),
                        name="core_export_once",
                    ),
                ],
            },
        ),
    ]
