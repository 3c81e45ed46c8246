"""Remote heads of meters that send by a broker, and messages of theirs that were put aside."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0004_intervals'),
        ('staff', '0006_unit_address'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HeadEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('topic', models.TextField(db_collation='C', unique=True)),
                ('form', models.TextField(choices=[('json', 'JSON, as programs send it'), ('dlms', 'DLMS/COSEM frames')])),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('created_by_id', models.BigIntegerField(null=True)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='HeadEndFigures',
            fields=[
                ('head_end', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='figures', serialize=False, to='metering.headend')),
                ('last_message_at', models.DateTimeField(null=True)),
                ('message_count', models.BigIntegerField(default=0)),
                ('taken_count', models.BigIntegerField(default=0)),
                ('known_count', models.BigIntegerField(default=0)),
                ('refused_count', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='AsideMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.TextField()),
                ('payload', models.BinaryField()),
                ('size_bytes', models.IntegerField()),
                ('digest', models.TextField(db_collation='C', unique=True)),
                ('is_cut', models.BooleanField(default=False)),
                ('reason', models.TextField(db_collation='C')),
                ('faults', models.JSONField(default=list)),
                ('left', models.JSONField(null=True)),
                ('state', models.TextField(choices=[('waiting', 'Put aside'), ('taken', 'Taken in after all'), ('dropped', 'Let go')], default='waiting')),
                ('told_count', models.IntegerField(default=1)),
                ('tried_count', models.IntegerField(default=0)),
                ('received_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by_id', models.BigIntegerField(null=True)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('head_end', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='aside', to='metering.headend')),
            ],
        ),
        migrations.CreateModel(
            name='ListenerState',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('broker', models.TextField(default='')),
                ('seen_at', models.DateTimeField()),
                ('connected_at', models.DateTimeField(null=True)),
                ('last_message_at', models.DateTimeField(null=True)),
                ('waiting_count', models.IntegerField(default=0)),
                ('error', models.TextField(default='')),
                ('error_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='metering_listener_one')],
            },
        ),
        migrations.AddConstraint(
            model_name='headend',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['json', 'dlms']), models.Q(('topic', ''), _negated=True)), name='metering_headend_keys'),
        ),
        migrations.AddIndex(
            model_name='asidemessage',
            index=models.Index(fields=['organisation', 'state', '-id'], name='metering_aside_list'),
        ),
        migrations.AddIndex(
            model_name='asidemessage',
            index=models.Index(condition=models.Q(('done_at__isnull', False)), fields=['done_at'], name='metering_aside_done'),
        ),
        migrations.AddConstraint(
            model_name='asidemessage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'taken', 'dropped'])), name='metering_aside_state'),
        ),
    ]
