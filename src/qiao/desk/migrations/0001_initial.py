"""The tables of problems told or seen, of backups, and of tabs kept open."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("desk", "0001_problems"),
        ("desk", "0002_backups"),
        ("desk", "0003_tabs"),
    ]
    dependencies = [
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='Problem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.TextField(choices=[('person', 'Person'), ('page', 'Page'), ('job', 'Job')])),
                        ('fingerprint', models.TextField(null=True, unique=True)),
                        ('title', models.TextField()),
                        ('body', models.TextField(default='')),
                        ('path', models.TextField(default='')),
                        ('roles', models.TextField(default='')),
                        ('browser', models.TextField(default='')),
                        ('app_version', models.TextField()),
                        ('request_id', models.TextField(default='')),
                        ('count', models.BigIntegerField(default=1)),
                        ('first_seen_at', models.DateTimeField()),
                        ('last_seen_at', models.DateTimeField()),
                        ('state', models.TextField(choices=[('new', 'New'), ('accepted', 'Accepted'), ('fixed', 'Fixed'), ('no_fault', 'No Fault'), ('duplicate', 'Duplicate')], default='new')),
                        ('severity', models.SmallIntegerField(default=3)),
                        ('fixed_in', models.TextField(default='')),
                        ('answer', models.TextField(default='')),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('answer_seen_at', models.DateTimeField(null=True)),
                        ('duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='desk.problem')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reported_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['-last_seen_at', '-id'], name='desk_problem_latest'),
                            models.Index(condition=models.Q(('reported_by__isnull', False)), fields=['reported_by', '-id'], name='desk_problem_of_person'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('fingerprint__isnull', True), ('reported_by__isnull', False), ('source', 'person')), models.Q(models.Q(('source', 'person'), _negated=True), ('fingerprint__isnull', False), ('reported_by__isnull', True)), _connector='OR'), name='desk_problem_told_or_seen'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'fixed'), _negated=True), models.Q(('fixed_in', ''), _negated=True), _connector='OR'), name='desk_problem_fixed_in'),
                            models.CheckConstraint(condition=models.Q(models.Q(('duplicate_of__isnull', False), ('state', 'duplicate')), models.Q(models.Q(('state', 'duplicate'), _negated=True), ('duplicate_of__isnull', True)), _connector='OR'), name='desk_problem_duplicate_of'),
                            models.CheckConstraint(condition=models.Q(('severity__range', (1, 4))), name='desk_problem_severity'),
                            models.CheckConstraint(condition=models.Q(('count__gte', 1), ('last_seen_at__gte', models.F('first_seen_at'))), name='desk_problem_seen_in_order'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='BackupRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('backup', 'Backup'), ('test', 'Test')])),
                        ('origin', models.TextField(choices=[('person', 'Person'), ('schedule', 'Schedule'), ('command', 'Command')])),
                        ('state', models.TextField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('removed', 'Removed')], default='waiting')),
                        ('requested_at', models.DateTimeField()),
                        ('started_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('step', models.TextField(default='')),
                        ('reason', models.TextField(choices=[('disk_full', 'Disk Full'), ('broken_off', 'Broken Off'), ('database', 'Database'), ('file', 'File'), ('missing', 'Missing'), ('damaged', 'Damaged'), ('differs', 'Differs'), ('other_key', 'Other Key'), ('not_allowed', 'Not Allowed')], default='')),
                        ('needed_bytes', models.BigIntegerField(null=True)),
                        ('free_bytes', models.BigIntegerField(null=True)),
                        ('differing', models.JSONField(default=list)),
                        ('release', models.TextField(default='')),
                        ('place', models.TextField(default='')),
                        ('is_ours', models.BooleanField(default=False)),
                        ('size_bytes', models.BigIntegerField(null=True)),
                        ('table_count', models.BigIntegerField(null=True)),
                        ('row_count', models.BigIntegerField(null=True)),
                        ('file_count', models.BigIntegerField(null=True)),
                        ('backup', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tests', to='desk.backuprun')),
                        ('requested_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['kind', '-id'], name='desk_backuprun_latest'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='desk_backuprun_one_runs'),
                            models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('state',), name='desk_backuprun_one_waits'),
                            models.CheckConstraint(condition=models.Q(models.Q(('backup__isnull', False), ('kind', 'test')), models.Q(('backup__isnull', True), ('kind', 'backup')), _connector='OR'), name='desk_backuprun_test_of'),
                            models.CheckConstraint(condition=models.Q(models.Q(('origin', 'person'), ('requested_by__isnull', False)), models.Q(models.Q(('origin', 'person'), _negated=True), ('requested_by__isnull', True)), _connector='OR'), name='desk_backuprun_asked_by'),
                            models.CheckConstraint(condition=models.Q(models.Q(('reason__gt', ''), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('reason', '')), _connector='OR'), name='desk_backuprun_reason'),
                            models.CheckConstraint(condition=models.Q(models.Q(('started_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('started_at__isnull', False)), _connector='OR'), name='desk_backuprun_started'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['waiting', 'running'])), models.Q(models.Q(('state__in', ['waiting', 'running']), _negated=True), ('finished_at__gte', models.F('started_at'))), _connector='OR'), name='desk_backuprun_finished'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('file_count__isnull', False), ('row_count__isnull', False), ('table_count__isnull', False)), _connector='OR'), name='desk_backuprun_counted'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Tab',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('subject_id', models.BigIntegerField()),
                        ('opened_at', models.DateTimeField()),
                        ('seen_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='desk_tab_closed'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('staff', 'kind', 'subject_id'), name='desk_tab_once'),
                        ],
                    },
                ),
            ]
        ),
    ]
