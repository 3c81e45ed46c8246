"""No case is open without a clock that runs or is paused.

Cases that are open without one since before get one when the packs are installed, right after the
migrations; so what stands in the table is not looked at here.
"""

from django.db import migrations, models

ADD = """
ALTER TABLE cases_case ADD CONSTRAINT cases_case_open_clocked
CHECK (closed_at IS NOT NULL OR due_at IS NOT NULL OR is_paused) NOT VALID
"""
DROP = "ALTER TABLE cases_case DROP CONSTRAINT cases_case_open_clocked"
CLOCKED = models.CheckConstraint(
    condition=models.Q(
        ("closed_at__isnull", False),
        ("due_at__isnull", False),
        ("is_paused", True),
        _connector="OR",
    ),
    name="cases_case_open_clocked",
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_told_kept_apart")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[migrations.AddConstraint(model_name="case", constraint=CLOCKED)],
        )
    ]
