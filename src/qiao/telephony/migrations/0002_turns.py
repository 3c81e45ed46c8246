"""Turns of calls and the figures that are kept of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact', '0003_agents'),
        ('customers', '0010_defaults'),
        ('staff', '0005_absence_words'),
        ('telephony', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation_id', models.BigIntegerField()),
                ('line_id', models.BigIntegerField()),
                ('queue', models.TextField()),
                ('staff_id', models.BigIntegerField()),
                ('slot_at', models.DateTimeField()),
                ('offered', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
                ('in_time', models.IntegerField(default=0)),
                ('abandoned', models.IntegerField(default=0)),
                ('abandoned_short', models.IntegerField(default=0)),
                ('lost', models.IntegerField(default=0)),
                ('left_early', models.IntegerField(default=0)),
                ('handled', models.IntegerField(default=0)),
                ('transfers', models.IntegerField(default=0)),
                ('answer_wait_seconds', models.BigIntegerField(default=0)),
                ('abandon_wait_seconds', models.BigIntegerField(default=0)),
                ('longest_wait_seconds', models.IntegerField(default=0)),
                ('ring_seconds', models.BigIntegerField(default=0)),
                ('talk_seconds', models.BigIntegerField(default=0)),
                ('hold_seconds', models.BigIntegerField(default=0)),
                ('wrap_seconds', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='CallFigureChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation_id', models.BigIntegerField()),
                ('line_id', models.BigIntegerField()),
                ('queue', models.TextField()),
                ('staff_id', models.BigIntegerField()),
                ('slot_at', models.DateTimeField()),
                ('offered', models.IntegerField(default=0)),
                ('answered', models.IntegerField(default=0)),
                ('in_time', models.IntegerField(default=0)),
                ('abandoned', models.IntegerField(default=0)),
                ('abandoned_short', models.IntegerField(default=0)),
                ('lost', models.IntegerField(default=0)),
                ('left_early', models.IntegerField(default=0)),
                ('handled', models.IntegerField(default=0)),
                ('transfers', models.IntegerField(default=0)),
                ('answer_wait_seconds', models.BigIntegerField(default=0)),
                ('abandon_wait_seconds', models.BigIntegerField(default=0)),
                ('longest_wait_seconds', models.IntegerField(default=0)),
                ('ring_seconds', models.BigIntegerField(default=0)),
                ('talk_seconds', models.BigIntegerField(default=0)),
                ('hold_seconds', models.BigIntegerField(default=0)),
                ('wrap_seconds', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='CallTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.SmallIntegerField()),
                ('kind', models.TextField(choices=[('answered', 'Answered'), ('abandoned', 'Abandoned'), ('lost', 'Lost'), ('left', 'Hung up before a queue'), ('moved', 'Went to another queue'), ('passed', 'Passed on')])),
                ('queue', models.TextField(blank=True, default='')),
                ('offered_at', models.DateTimeField()),
                ('slot_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('wait_seconds', models.IntegerField(default=0)),
                ('ring_seconds', models.IntegerField(default=0)),
                ('talk_seconds', models.IntegerField(default=0)),
                ('hold_seconds', models.IntegerField(default=0)),
                ('wrap_seconds', models.IntegerField(null=True)),
                ('offers', models.SmallIntegerField(default=0)),
                ('is_in_time', models.BooleanField(default=False)),
                ('is_short', models.BooleanField(default=False)),
                ('is_transferred', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('staff__isnull', False)), fields=['staff', 'arrived_at', 'id'], name='telephony_by_staff'),
        ),
        migrations.AddConstraint(
            model_name='callfigure',
            constraint=models.UniqueConstraint(fields=('organisation_id', 'slot_at', 'queue', 'staff_id', 'line_id'), name='telephony_figure_once'),
        ),
        migrations.AddIndex(
            model_name='callfigurechange',
            index=models.Index(fields=['organisation_id', 'slot_at'], name='telephony_figure_changes'),
        ),
        migrations.AddField(
            model_name='callturn',
            name='call',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='telephony.call'),
        ),
        migrations.AddField(
            model_name='callturn',
            name='line',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='telephony.line'),
        ),
        migrations.AddField(
            model_name='callturn',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation'),
        ),
        migrations.AddField(
            model_name='callturn',
            name='staff',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='callturn',
            index=models.Index(fields=['organisation', 'offered_at', 'call', 'seq'], name='telephony_turns_by_unit'),
        ),
        migrations.AddIndex(
            model_name='callturn',
            index=models.Index(condition=models.Q(('staff__isnull', False)), fields=['staff', 'offered_at'], name='telephony_turns_by_staff'),
        ),
        migrations.AddIndex(
            model_name='callturn',
            index=models.Index(condition=models.Q(('staff__isnull', False), ('wrap_seconds__isnull', True)), fields=['ended_at'], name='telephony_turns_unwrapped'),
        ),
        migrations.AddConstraint(
            model_name='callturn',
            constraint=models.UniqueConstraint(fields=('call', 'seq'), name='telephony_turn_once'),
        ),
        migrations.AddConstraint(
            model_name='callturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['answered', 'passed']), ('staff__isnull', False)), models.Q(('kind__in', ['abandoned', 'lost', 'left', 'moved']), ('staff__isnull', True)), _connector='OR'), name='telephony_turn_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='callturn',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__gte', models.F('offered_at')), ('slot_at__lte', models.F('offered_at'))), name='telephony_turn_times'),
        ),
        migrations.AddConstraint(
            model_name='callturn',
            constraint=models.CheckConstraint(condition=models.Q(('hold_seconds__gte', 0), ('ring_seconds__gte', 0), ('talk_seconds__gte', 0), ('wait_seconds__gte', 0)), name='telephony_turn_seconds'),
        ),
    ]
