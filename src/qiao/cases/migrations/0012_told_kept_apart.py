"""What became of each telling of a main case is kept by case: on its way, sent, failed, never sent.

Before, a report was told when its message was queued. Of the latest telling of each report it is
looked up what became of the message; one that shared the message of another counts as sent.
"""

import django.db.models.deletion
from django.db import migrations, models

SQL = """
INSERT INTO cases_aliketold (notice_id, report_id, case_id, told, message_id)
SELECT n.id, r.id, r.case_id,
       CASE WHEN r.told <> 'queued' THEN r.told
            WHEN m.state IN ('held', 'queued', 'sending', 'printed') THEN 'queued'
            WHEN m.state IN ('bounced', 'failed') THEN 'failed'
            WHEN m.state IN ('unknown', 'cancelled') THEN m.state
            WHEN m.state = 'skipped' THEN coalesce(nullif(m.reason, ''), 'failed')
            ELSE 'sent' END,
       m.id
  FROM cases_alikereport r
 CROSS JOIN LATERAL (SELECT max(k.id) AS id FROM cases_alikenotice k
                      WHERE k.parent_id = r.parent_id AND k.told_up_to >= r.id) n
  LEFT JOIN LATERAL (SELECT x.id, x.state, x.reason FROM messaging_message x
                      WHERE x.subject_kind = 'case' AND x.subject_id = r.case_id
                        AND x.kind = 'broadcast' AND r.told = 'queued'
                      ORDER BY x.id DESC LIMIT 1) m ON true
 WHERE r.told <> '' AND n.id IS NOT NULL;

UPDATE cases_alikereport r SET told = t.told
  FROM cases_aliketold t WHERE t.report_id = r.id AND t.told <> r.told;

UPDATE cases_alikenotice n
   SET waiting_count = c.waiting, failed_count = c.failed, missed_count = n.missed_count + c.missed,
       told_count = greatest(0, n.told_count - c.waiting - c.failed - c.missed)
  FROM (SELECT t.notice_id, count(*) FILTER (WHERE t.told = 'queued') AS waiting,
               count(*) FILTER (WHERE t.told IN ('failed', 'unknown', 'cancelled')) AS failed,
               count(*) FILTER (WHERE t.message_id IS NOT NULL AND t.told NOT IN
                   ('queued', 'sent', 'failed', 'unknown', 'cancelled')) AS missed
          FROM cases_aliketold t GROUP BY 1) c
 WHERE c.notice_id = n.id;
"""
UNDO = """
UPDATE cases_alikenotice SET told_count = told_count + waiting_count + failed_count;
UPDATE cases_alikereport SET told = 'queued'
 WHERE told IN ('sent', 'failed', 'unknown', 'cancelled');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_counts_folded_at_times"),
        ("messaging", "0002_kept_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name='alikenotice',
            name='failed_count',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='alikenotice',
            name='waiting_count',
            field=models.IntegerField(default=0),
        ),
        migrations.CreateModel(
            name='AlikeTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told', models.TextField()),
                ('message_id', models.BigIntegerField(null=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='told', to='cases.alikenotice')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='cases.alikereport')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('message_id__isnull', False)), fields=['message_id'], name='cases_aliketold_message')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'case'), name='cases_aliketold_once')],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
