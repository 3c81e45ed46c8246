"""Logs of cases from outside, and how one that is taken back is forgotten.

Histories are append-only for the plain role. The function of the owner deletes those of cases that
an intake brought that is being taken back right now, and that nobody worked on since.
"""

import django.db.models.deletion
from django.db import migrations, models


FORGET = """
CREATE FUNCTION cases_forget_taken_in(wanted_intake bigint, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(
        SELECT s.case_id FROM cases_casesource s
          JOIN cases_caseintake i ON i.id = s.intake_id AND i.state = 'rolling_back'
          JOIN cases_case c ON c.id = s.case_id AND c.event_count = s.entry_count
         WHERE i.id = wanted_intake AND s.case_id = ANY(ids));
BEGIN
    DELETE FROM cases_casecause WHERE case_id = ANY(mine);
    DELETE FROM cases_caseduty WHERE case_id = ANY(mine);
    DELETE FROM cases_caseclock WHERE case_id = ANY(mine);
    DELETE FROM cases_clockrecord WHERE case_id = ANY(mine);
    DELETE FROM cases_casesearch WHERE case_id = ANY(mine);
    DELETE FROM cases_casesource WHERE case_id = ANY(mine);
    DELETE FROM cases_caseevent WHERE case_id = ANY(mine);
    DELETE FROM cases_case WHERE id = ANY(mine);
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_bulk'),
        ('staff', '0008_sealed_units'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseIntake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField()),
                ('file_name', models.TextField()),
                ('size_bytes', models.BigIntegerField()),
                ('digest', models.TextField(db_collation='C', default='')),
                ('format', models.TextField(default='')),
                ('header', models.JSONField(default=list)),
                ('samples', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('settings', models.JSONField(default=dict)),
                ('choices', models.JSONField(default=dict)),
                ('is_mapping_kept', models.BooleanField(default=False)),
                ('state', models.TextField(choices=[('reading', 'Being read'), ('mapping', 'Columns to be named'), ('checking', 'Being checked'), ('checked', 'Checked'), ('failed', 'Unreadable'), ('discarded', 'Discarded'), ('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('rolling_back', 'Being taken back'), ('rolled_back', 'Rolled back')], default='reading')),
                ('findings', models.JSONField(default=dict)),
                ('checked_rows', models.IntegerField(default=0)),
                ('failure', models.TextField(default='')),
                ('failure_detail', models.TextField(default='')),
                ('is_on_disk', models.BooleanField(default=True)),
                ('read_count', models.IntegerField(default=0)),
                ('created_count', models.IntegerField(default=0)),
                ('known_count', models.IntegerField(default=0)),
                ('updated_count', models.IntegerField(default=0)),
                ('differing_count', models.IntegerField(default=0)),
                ('refused_count', models.IntegerField(default=0)),
                ('undone_count', models.IntegerField(default=0)),
                ('kept_count', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.BigIntegerField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by_id', models.BigIntegerField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='IntakeCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField()),
                ('code', models.TextField()),
                ('case_type', models.TextField(default='')),
                ('cause', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.cause')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='cases.intakecategory')),
            ],
        ),
        migrations.CreateModel(
            name='CaseSource',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='log_source', serialize=False, to='cases.case')),
                ('source', models.TextField()),
                ('number', models.TextField(db_collation='C')),
                ('status', models.TextField(default='')),
                ('area', models.TextField(default='')),
                ('agency', models.TextField(default='')),
                ('outcome', models.TextField(default='')),
                ('due_at', models.DateTimeField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('datum', models.TextField(default='')),
                ('digest', models.TextField(db_collation='C')),
                ('entry_count', models.IntegerField()),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sources', to='cases.caseintake')),
                ('last_intake', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.caseintake')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('category', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.intakecategory')),
            ],
        ),
        migrations.CreateModel(
            name='IntakeMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signature', models.TextField(db_collation='C')),
                ('fields', models.JSONField(default=dict)),
                ('settings', models.JSONField(default=dict)),
                ('choices', models.JSONField(default=dict)),
                ('used_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='IntakeRow',
            fields=[
                ('pk', models.CompositePrimaryKey('intake_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row_number', models.IntegerField()),
                ('outcome', models.TextField(choices=[('created', 'Taken in'), ('known', 'Known already'), ('updated', 'Updated'), ('differs', 'Says otherwise'), ('refused', 'Refused')])),
                ('case_id', models.BigIntegerField(null=True)),
                ('number', models.TextField(default='')),
                ('faults', models.JSONField(default=list)),
                ('differs', models.JSONField(default=list)),
                ('undone', models.TextField(db_default='', default='')),
                ('kept_because', models.TextField(db_default='', default='')),
                ('intake', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='cases.caseintake')),
            ],
        ),
        migrations.AddConstraint(
            model_name='caseintake',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'mapping', 'checking', 'checked', 'failed', 'discarded', 'running', 'done', 'cancelled', 'rolling_back', 'rolled_back'])), name='cases_intake_state'),
        ),
        migrations.AddConstraint(
            model_name='caseintake',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='cases_intake_sourced'),
        ),
        migrations.AddConstraint(
            model_name='caseintake',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'done', 'rolling_back'])), fields=('organisation', 'source', 'digest'), name='cases_intake_once'),
        ),
        migrations.AddConstraint(
            model_name='intakecategory',
            constraint=models.UniqueConstraint(fields=('organisation', 'source', 'parent', 'code'), name='cases_intakecategory_once'),
        ),
        migrations.AddConstraint(
            model_name='intakecategory',
            constraint=models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('organisation', 'source', 'code'), name='cases_intakecategory_top_once'),
        ),
        migrations.AddConstraint(
            model_name='casesource',
            constraint=models.UniqueConstraint(fields=('organisation', 'source', 'number'), name='cases_source_once'),
        ),
        migrations.AddConstraint(
            model_name='casesource',
            constraint=models.CheckConstraint(condition=models.Q(('datum__in', ['', 'wgs84', 'gcj02'])), name='cases_source_datum'),
        ),
        migrations.AddConstraint(
            model_name='intakemapping',
            constraint=models.UniqueConstraint(fields=('organisation', 'signature'), name='cases_intakemapping_once'),
        ),
        migrations.AddIndex(
            model_name='intakerow',
            index=models.Index(fields=['intake', 'outcome', 'row_number'], name='cases_intakerow_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='intakerow',
            index=models.Index(condition=models.Q(('case_id__isnull', False)), fields=['case_id'], name='cases_intakerow_case'),
        ),
        migrations.AddConstraint(
            model_name='intakerow',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['created', 'known', 'updated', 'differs', 'refused'])), name='cases_intakerow_outcome'),
        ),
        migrations.RunSQL(FORGET, "DROP FUNCTION cases_forget_taken_in(bigint, bigint[])"),
    ]
