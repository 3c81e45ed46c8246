"""Reports are kept as lists are, and come by themselves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0030_subtasks"),
        ("staff", "0010_absences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("savedview", "page", models.TextField(default="list")),
        migrations.RemoveConstraint("savedview", "cases_view_once"),
        migrations.AddConstraint(
            "savedview",
            models.UniqueConstraint(
                condition=Q(("dropped_at__isnull", True)),
                fields=("staff", "page", "name"),
                name="cases_view_once",
            ),
        ),
        migrations.AddConstraint(
            "savedview",
            models.CheckConstraint(
                condition=Q(("page__in", ["list", "report"])), name="cases_view_page"
            ),
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("every", models.TextField()),
                ("hour", models.SmallIntegerField(default=8)),
                ("made_day", models.DateField()),
                ("made_at", models.DateTimeField(null=True)),
                ("missed", models.IntegerField(default=0)),
                ("left_out", models.IntegerField(default=0)),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.organisation",
                    ),
                ),
                (
                    "view",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedule",
                        to="cases.savedview",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("every__in", ["day", "week", "month"]), ("hour__range", (0, 23))
                        ),
                        name="cases_report_schedule_when",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportReceiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receivers",
                        to="cases.reportschedule",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("schedule", "staff"), name="cases_report_receiver_once"
                    )
                ],
            },
        ),
    ]
