"""Who was told what came of a complaint has the message that told it; the newest of several counts."""

from django.db import migrations, models

SQL = """
UPDATE feedback_improvementtold t SET message_id = m.id
  FROM messaging_message m
 WHERE t.channel = 'message' AND m.subject_kind = 'case' AND m.subject_id = t.case_id
   AND m.kind = 'improvement' AND m.key LIKE 'improvement:' || t.improvement_id || ':%'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_told_kept_apart'),
        ('feedback', '0004_suggestions'),
        ("messaging", "0002_kept_counts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='improvementtold',
            name='feedback_told_once',
        ),
        migrations.AddField(
            model_name='improvementtold',
            name='message_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='improvementtold',
            constraint=models.UniqueConstraint(fields=('improvement', 'case', 'channel'), name='feedback_told_once'),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
