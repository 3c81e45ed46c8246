import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_tellings"), ("staff", "0006_notices")]

    operations = [
        migrations.AddField(
            model_name="case", name="word_due_at", field=models.DateTimeField(null=True)
        ),
        migrations.CreateModel(
            name="CaseWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("source", models.TextField(blank=True, default="")),
                ("due_at", models.DateTimeField()),
                ("given_at", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("kept", "Kept"),
                            ("broken", "Broken"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="words",
                        to="cases.case",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.staff",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.staff",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "id"], name="cases_caseword_of"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["due_at", "id"],
                        name="cases_caseword_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["keeper", "due_at"],
                        name="cases_caseword_keeper",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="cases_caseword_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("given_at"))),
                        name="cases_caseword_ahead",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__lte", models.F("due_at")), ("state", "kept")),
                            models.Q(("done_at", None), ("state", "broken")),
                            models.Q(("done_at__gt", models.F("due_at")), ("state", "broken")),
                            models.Q(("done_at", None), ("state__in", ["open", "withdrawn"])),
                            _connector="OR",
                        ),
                        name="cases_caseword_decided",
                    ),
                ],
            },
        ),
    ]
