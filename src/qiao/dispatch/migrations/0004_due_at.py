"""The case's due time beside every order: lists and counts need no join for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_answers"), ("cases", "0008_few_among_open")]

    operations = [
        migrations.AddField(
            model_name="workorder", name="due_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(
            "UPDATE dispatch_workorder o SET due_at = c.due_at FROM cases_case c"
            " WHERE c.id = o.case_id AND o.finished_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
