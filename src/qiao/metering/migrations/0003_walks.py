"""Rounds on the phone: reasons, visits, where meters hang, blind re-reads."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = """
ALTER TABLE metering_meterplace
    ADD CONSTRAINT metering_meterplace_goes FOREIGN KEY (service_point_id)
    REFERENCES customers_servicepoint (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
UNDO = "ALTER TABLE metering_meterplace DROP CONSTRAINT metering_meterplace_goes;"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_said_without_staff'),
        ('metering', '0002_locks'),
        ('staff', '0006_unit_address'),
    ]

    operations = [
        migrations.CreateModel(
            name='BlindCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader_id', models.BigIntegerField()),
                ('seed', models.BigIntegerField()),
                ('share_percent', models.DecimalField(decimal_places=2, max_digits=5)),
                ('due_date', models.DateField()),
                ('is_open', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='BlindStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reading_id', models.BigIntegerField()),
                ('first_reader_id', models.BigIntegerField(null=True)),
                ('standing', models.TextField(choices=[('waiting', 'Still to be read'), ('agrees', 'Agrees'), ('differs', 'Differs'), ('unread', 'Could not be read')], default='waiting')),
                ('key', models.TextField(db_collation='C', null=True)),
                ('raw', models.TextField(blank=True, default='')),
                ('value', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                ('low', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                ('high', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                ('reason', models.TextField(blank=True, db_collation='C', default='')),
                ('note', models.TextField(blank=True, default='')),
                ('photo_id', models.BigIntegerField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MeterPlace',
            fields=[
                ('service_point', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='customers.servicepoint')),
                ('whereabouts', models.TextField(blank=True, default='')),
                ('seal', models.TextField(blank=True, default='')),
                ('noted_at', models.DateTimeField()),
                ('noted_by_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StopVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader_id', models.BigIntegerField(null=True)),
                ('key', models.TextField(db_collation='C')),
                ('outcome', models.TextField(choices=[('read', 'Read'), ('unread', 'Not read')])),
                ('reading_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('reason', models.TextField(blank=True, db_collation='C', default='')),
                ('note', models.TextField(blank=True, default='')),
                ('photo_id', models.BigIntegerField(null=True)),
                ('is_confirmed', models.BooleanField(default=False)),
                ('latitude', models.FloatField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('accuracy_m', models.IntegerField(null=True)),
                ('distance_m', models.IntegerField(null=True)),
                ('happened_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='UnreadReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField(db_collation='C')),
                ('valid_from', models.DateField()),
                ('names', models.JSONField()),
                ('needs_photo', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('source', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='readinground',
            name='closed_by_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='readinground',
            name='reader_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='readinground',
            name='unread_count',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='readinground',
            name='visited_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='readinground',
            name='visited_count',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(condition=models.Q(('round__isnull', False), ('superseded_by__isnull', False)), fields=['round'], name='metering_reading_round_past'),
        ),
        migrations.AddField(
            model_name='blindcheck',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation'),
        ),
        migrations.AddField(
            model_name='blindcheck',
            name='round',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='blind_checks', to='metering.readinground'),
        ),
        migrations.AddField(
            model_name='blindstop',
            name='check_of',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='metering.blindcheck'),
        ),
        migrations.AddField(
            model_name='blindstop',
            name='service_point',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.servicepoint'),
        ),
        migrations.AddField(
            model_name='stopvisit',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation'),
        ),
        migrations.AddField(
            model_name='stopvisit',
            name='round',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='metering.readinground'),
        ),
        migrations.AddField(
            model_name='stopvisit',
            name='service_point',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.servicepoint'),
        ),
        migrations.AddConstraint(
            model_name='unreadreason',
            constraint=models.UniqueConstraint(fields=('key', 'valid_from'), name='metering_reason_once'),
        ),
        migrations.AddConstraint(
            model_name='unreadreason',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='metering_reason_named'),
        ),
        migrations.AddIndex(
            model_name='blindcheck',
            index=models.Index(fields=['round', '-id'], name='metering_blind_round'),
        ),
        migrations.AddIndex(
            model_name='blindcheck',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['reader_id', 'due_date'], name='metering_blind_open'),
        ),
        migrations.AddConstraint(
            model_name='blindcheck',
            constraint=models.CheckConstraint(condition=models.Q(('share_percent__gt', 0), ('share_percent__lte', 100)), name='metering_blind_share'),
        ),
        migrations.AddIndex(
            model_name='blindstop',
            index=models.Index(fields=['reading_id'], name='metering_blindstop_reading'),
        ),
        migrations.AddConstraint(
            model_name='blindstop',
            constraint=models.UniqueConstraint(fields=('check_of', 'service_point'), name='metering_blindstop_once'),
        ),
        migrations.AddConstraint(
            model_name='blindstop',
            constraint=models.UniqueConstraint(fields=('key',), name='metering_blindstop_message'),
        ),
        migrations.AddConstraint(
            model_name='blindstop',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['waiting', 'agrees', 'differs', 'unread'])), name='metering_blindstop_standing'),
        ),
        migrations.AddIndex(
            model_name='stopvisit',
            index=models.Index(fields=['round', 'service_point', '-id'], name='metering_visit_stop'),
        ),
        migrations.AddIndex(
            model_name='stopvisit',
            index=models.Index(fields=['service_point', '-id'], name='metering_visit_point'),
        ),
        migrations.AddIndex(
            model_name='stopvisit',
            index=models.Index(condition=models.Q(('photo_id__isnull', False)), fields=['photo_id'], name='metering_visit_photo'),
        ),
        migrations.AddConstraint(
            model_name='stopvisit',
            constraint=models.UniqueConstraint(fields=('key',), name='metering_visit_message'),
        ),
        migrations.AddConstraint(
            model_name='stopvisit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'read'), ('reason', '')), models.Q(('outcome', 'unread'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='metering_visit_whole'),
        ),
        migrations.AddConstraint(
            model_name='stopvisit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='metering_visit_located'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
