"""Interval data: loads, files of the lake, and what days came to, in partitions by month."""

import django.db.models.deletion
from django.db import migrations, models

DAYS = """
CREATE TABLE metering_dayuse (
    register_id bigint NOT NULL,
    day date NOT NULL,
    organisation_id bigint NOT NULL,
    minutes smallint NOT NULL,
    slots bit varying NOT NULL,
    used numeric(18, 4) NOT NULL CHECK (used >= 0),
    peak numeric(18, 4) NOT NULL CHECK (peak >= 0),
    peak_at timestamptz NOT NULL,
    estimated_count smallint NOT NULL CHECK (estimated_count >= 0),
    PRIMARY KEY (register_id, day)
) PARTITION BY RANGE (day);

-- Months are made when data of them comes, by the owner: the plain role may not make tables.
CREATE FUNCTION metering_ensure_months(first date, last date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first)::date;
    child text;
BEGIN
    IF first < date '1990-01-01' OR last > now()::date + 40 OR last < first THEN
        RAISE EXCEPTION 'months from % to % cannot be those of readings', first, last;
    END IF;
    WHILE month <= last LOOP
        child := 'metering_dayuse_' || to_char(month, 'YYYYMM');
        IF to_regclass(child) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('metering_ensure_months'));
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS %I PARTITION OF metering_dayuse FOR VALUES FROM (%L) TO (%L)',
                child, month, (month + interval '1 month')::date);
        END IF;
        month := (month + interval '1 month')::date;
    END LOOP;
END $$;
"""
NO_DAYS = """
DROP FUNCTION metering_ensure_months(date, date);
DROP TABLE metering_dayuse;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0003_walks'),
        ('staff', '0006_unit_address'),
    ]

    operations = [
        migrations.RunSQL(DAYS, NO_DAYS),
        migrations.CreateModel(
            name='DayUse',
            fields=[
                ('pk', models.CompositePrimaryKey('register_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('register_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('organisation_id', models.BigIntegerField()),
                ('minutes', models.SmallIntegerField()),
                ('slots', models.TextField()),
                ('used', models.DecimalField(decimal_places=4, max_digits=18)),
                ('peak', models.DecimalField(decimal_places=4, max_digits=18)),
                ('peak_at', models.DateTimeField()),
                ('estimated_count', models.SmallIntegerField()),
            ],
            options={
                'db_table': 'metering_dayuse',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='IntervalLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField(db_collation='C')),
                ('key', models.TextField(db_collation='C')),
                ('file_name', models.TextField(default='')),
                ('size_bytes', models.BigIntegerField(default=0)),
                ('minutes', models.SmallIntegerField()),
                ('state', models.TextField(choices=[('running', 'Being taken in'), ('done', 'Taken in'), ('failed', 'Stopped')], default='running')),
                ('read_count', models.BigIntegerField(default=0)),
                ('taken_count', models.BigIntegerField(default=0)),
                ('refused_count', models.IntegerField(default=0)),
                ('faults', models.JSONField(default=list)),
                ('failure', models.TextField(db_collation='C', default='')),
                ('failure_detail', models.TextField(default='')),
                ('is_on_disk', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.BigIntegerField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='LakeFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('name', models.TextField(db_collation='C', unique=True)),
                ('rank', models.BigIntegerField()),
                ('row_count', models.BigIntegerField()),
                ('size_bytes', models.BigIntegerField()),
                ('first_register_id', models.BigIntegerField()),
                ('last_register_id', models.BigIntegerField()),
                ('written_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('load', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='metering.intervalload')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='RefusedInterval',
            fields=[
                ('pk', models.CompositePrimaryKey('load_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('row_number', models.BigIntegerField()),
                ('field', models.TextField(db_collation='C')),
                ('code', models.TextField(db_collation='C')),
                ('meter', models.TextField(default='')),
                ('at', models.TextField(default='')),
                ('value', models.TextField(default='')),
                ('load', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refused', to='metering.intervalload')),
            ],
        ),
        migrations.AddIndex(
            model_name='intervalload',
            index=models.Index(fields=['organisation', '-id'], name='metering_intervalload_list'),
        ),
        migrations.AddConstraint(
            model_name='intervalload',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'failed'), _negated=True), fields=('organisation', 'source', 'key'), name='metering_intervalload_once'),
        ),
        migrations.AddConstraint(
            model_name='intervalload',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done', 'failed']), ('minutes__in', [5, 10, 15, 20, 30, 60])), name='metering_intervalload_keys'),
        ),
        migrations.AddIndex(
            model_name='lakefile',
            index=models.Index(condition=models.Q(('replaced_at__isnull', True)), fields=['organisation', 'month', 'rank'], name='metering_lakefile_now'),
        ),
        migrations.AddIndex(
            model_name='lakefile',
            index=models.Index(condition=models.Q(('replaced_at__isnull', False)), fields=['replaced_at'], name='metering_lakefile_gone'),
        ),
        migrations.AddConstraint(
            model_name='lakefile',
            constraint=models.CheckConstraint(condition=models.Q(('first_register_id__lte', models.F('last_register_id')), ('row_count__gt', 0)), name='metering_lakefile_whole'),
        ),
    ]
