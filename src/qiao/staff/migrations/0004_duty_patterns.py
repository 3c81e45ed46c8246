"""Patterns of a duty roster from a day on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_people")]

    operations = [
        migrations.CreateModel(
            name="DutyPattern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField()),
                ("weeks", models.SmallIntegerField()),
                ("planned_at", models.DateTimeField()),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="patterns",
                        to="staff.dutyroster",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("roster", "since"), name="staff_pattern_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weeks__range", (1, 12))), name="staff_pattern_weeks"
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="dutyneed",
            name="pattern",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="needs",
                to="staff.dutypattern",
            ),
        ),
        migrations.AddField(
            model_name="dutyshift",
            name="pattern",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shifts",
                to="staff.dutypattern",
            ),
        ),
        migrations.RemoveConstraint(model_name="dutyshift", name="staff_shift_once"),
        migrations.AddConstraint(
            model_name="dutyshift",
            constraint=models.UniqueConstraint(
                fields=("roster", "pattern", "week", "weekday", "start"),
                name="staff_shift_once",
                nulls_distinct=False,
            ),
        ),
    ]
