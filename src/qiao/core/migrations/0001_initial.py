"""The tables of the toolbox. Events and the trail are partitioned and made in SQL, see 0002."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("core", "0002_tables"),
        ("core", "0007_attachment_content"),
        ("core", "0008_calendar_versions"),
        ("core", "0009_features"),
        ("core", "0011_exports"),
    ]
    dependencies = []
    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        CreateTables(
            [
                migrations.CreateModel(
                    name='AuditEntry',
                    fields=[
                        ('pk', models.CompositePrimaryKey('at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.BigIntegerField()),
                        ('at', models.DateTimeField()),
                        ('table_name', models.TextField()),
                        ('row_id', models.BigIntegerField()),
                        ('operation', models.CharField(max_length=1)),
                        ('before', models.JSONField(null=True)),
                        ('after', models.JSONField(null=True)),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('correlation_id', models.TextField(null=True)),
                    ],
                    options={
                        'db_table': 'core_auditentry',
                        'managed': False,
                    },
                ),
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('pk', models.CompositePrimaryKey('recorded_at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.BigIntegerField()),
                        ('name', models.TextField()),
                        ('version', models.SmallIntegerField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('correlation_id', models.TextField()),
                        ('payload', models.JSONField()),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'core_event',
                        'managed': False,
                    },
                ),
                migrations.CreateModel(
                    name='IdempotencyKey',
                    fields=[
                        ('pk', models.CompositePrimaryKey('scope', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('scope', models.TextField()),
                        ('key', models.TextField()),
                        ('result', models.JSONField(null=True)),
                        ('created_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Approval',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('subject_id', models.BigIntegerField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('payload', models.JSONField(default=dict)),
                        ('reason', models.TextField()),
                        ('state', models.TextField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='pending')),
                        ('requested_by_id', models.BigIntegerField()),
                        ('requested_at', models.DateTimeField()),
                        ('decided_by_id', models.BigIntegerField(null=True)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decision_note', models.TextField(default='')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation_id', 'state'], name='core_approval_open'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('decided_by_id__isnull', True), models.Q(('decided_by_id', models.F('requested_by_id')), _negated=True), ('state', 'withdrawn'), _connector='OR'), name='core_approval_second_person'),
                            models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('decided_at__isnull', False), ('decided_by_id__isnull', False)), _connector='OR'), name='core_approval_decided_whole'),
                            models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('kind', 'subject_id'), name='core_approval_one_pending'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Attachment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner_kind', models.TextField()),
                        ('owner_id', models.BigIntegerField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('label', models.TextField(default='')),
                        ('file_name', models.TextField()),
                        ('content_type', models.TextField()),
                        ('size_bytes', models.BigIntegerField()),
                        ('sha256', models.CharField(max_length=64)),
                        ('created_by_id', models.BigIntegerField(null=True)),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['sha256'], name='core_attachment_content'),
                            models.Index(fields=['owner_kind', 'owner_id', '-id'], name='core_attachment_owner'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='BusinessCalendar',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField()),
                        ('organisation_id', models.BigIntegerField(null=True)),
                        ('effective_at', models.DateTimeField()),
                        ('timezone', models.TextField()),
                        ('round_the_clock', models.BooleanField(default=False)),
                        ('spans', models.JSONField(default=list)),
                        ('holidays', models.TextField(default='')),
                        ('days', models.JSONField(default=dict)),
                        ('own_days', models.JSONField(default=dict)),
                        ('origin', models.TextField(choices=[('pack', 'Pack'), ('company', 'Company')], default='pack')),
                        ('source', models.TextField(default='')),
                        ('changed_by_id', models.BigIntegerField(null=True)),
                        ('created_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('origin', 'company'), ('source', ''), _negated=True), name='core_calendar_says_why'),
                        ],
                        'indexes': [
                            models.Index(fields=['key', 'id'], name='core_calendar_versions'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('region', models.TextField()),
                        ('date', models.DateField()),
                        ('kind', models.TextField(choices=[('holiday', 'Holiday'), ('workday', 'Workday')])),
                        ('name', models.TextField(default='')),
                        ('source', models.TextField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('region', 'date'), name='core_calendarday_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Disclosure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('subject', models.TextField()),
                        ('subject_id', models.BigIntegerField(null=True)),
                        ('fields', models.JSONField(default=list)),
                        ('row_count', models.IntegerField(default=1)),
                        ('reason', models.TextField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('actor_id', models.BigIntegerField()),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['subject', 'subject_id', 'at'], name='core_disclosure_subject'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Setting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField()),
                        ('organisation_id', models.BigIntegerField(null=True)),
                        ('region', models.TextField(default='')),
                        ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('value', models.JSONField()),
                        ('source', models.TextField()),
                        ('changed_by_id', models.BigIntegerField(null=True)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('key', '='), (django.db.models.functions.comparison.Coalesce(models.F('organisation_id'), models.Value(0)), '='), ('region', '='), ('valid', '&&')], name='core_setting_one_value_a_day'),
                            models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='core_setting_has_source'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='RetentionRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rule', models.TextField()),
                        ('started_at', models.DateTimeField()),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('before', models.DateTimeField()),
                        ('removed', models.BigIntegerField(default=0)),
                        ('held', models.BigIntegerField(default=0)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['rule', '-id'], name='core_retentionrun_latest'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='FeatureSwitch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('feature', models.TextField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('is_on', models.BooleanField(null=True)),
                        ('reason', models.TextField()),
                        ('decided_by_id', models.BigIntegerField(null=True)),
                        ('decided_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation_id', 'feature'], name='core_feature_of_unit'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='core_feature_says_why'),
                            models.CheckConstraint(condition=models.Q(('valid__isempty', False), ('valid__startswith__isnull', False)), name='core_feature_has_days'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AttachmentTally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owner_kind', models.TextField()),
                        ('owner_id', models.BigIntegerField()),
                        ('files', models.IntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('owner_kind', 'owner_id'), name='core_attachment_tally_once'),
                            models.CheckConstraint(condition=models.Q(('files__gte', 0)), name='core_attachment_tally_sum'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Export',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('terms', models.JSONField(default=dict)),
                        ('form', models.TextField(choices=[('csv', 'CSV'), ('xlsx', 'Excel')])),
                        ('reason', models.TextField()),
                        ('language', models.TextField()),
                        ('state', models.TextField(choices=[('waiting', 'Waiting'), ('running', 'Being written'), ('done', 'Ready'), ('cancelled', 'Cancelled'), ('refused', 'Refused'), ('removed', 'Removed')], default='waiting')),
                        ('once', models.TextField(default='')),
                        ('expected_rows', models.IntegerField(null=True)),
                        ('row_count', models.IntegerField(default=0)),
                        ('size_bytes', models.BigIntegerField(default=0)),
                        ('taken_count', models.IntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField()),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('expires_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['created_by_id', 'id'], name='core_export_mine'),
                            models.Index(condition=models.Q(('state', 'done')), fields=['expires_at'], name='core_export_expiring'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'cancelled', 'refused', 'removed'])), name='core_export_state'),
                            models.CheckConstraint(condition=models.Q(('form__in', ['csv', 'xlsx'])), name='core_export_form'),
                            models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='core_export_reason'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('expires_at__isnull', False), ('finished_at__isnull', False)), _connector='OR'), name='core_export_done_whole'),
                            models.UniqueConstraint(condition=models.Q(('once', ''), _negated=True), fields=('created_by_id', 'once'), name='core_export_once'),
                        ],
                    },
                ),
            ]
        ),
    ]
