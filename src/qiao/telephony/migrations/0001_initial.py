import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contact', '0003_agents'),
        ('customers', '0010_defaults'),
        ('staff', '0004_duty_patterns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField(db_collation='C', unique=True)),
                ('name', models.TextField()),
                ('queue', models.TextField()),
                ('greeting', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('is_recorded', models.BooleanField(default=True)),
                ('is_emergency', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.TextField(choices=[('in', 'Incoming'), ('out', 'Outgoing')], default='in')),
                ('channel', models.TextField(db_collation='C')),
                ('caller', models.TextField(blank=True, default='')),
                ('phone', models.TextField(blank=True, db_collation='C', default='')),
                ('dialled', models.TextField(blank=True, default='')),
                ('phase', models.TextField(choices=[('new', 'New'), ('arrived', 'Arrived'), ('greeted', 'Is greeted'), ('waiting', 'Waits'), ('talking', 'Talks'), ('held', 'Is held'), ('consulting', 'A third is consulted'), ('ended', 'Ended')], default='new')),
                ('queue', models.TextField(blank=True, default='')),
                ('end', models.TextField(blank=True, default='')),
                ('arrived_at', models.DateTimeField()),
                ('queued_at', models.DateTimeField(null=True)),
                ('connected_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('entry_count', models.IntegerField(default=0)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('interaction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='contact.interaction')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('staff', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='telephony.line')),
            ],
        ),
        migrations.CreateModel(
            name='CallAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('data', models.JSONField(default=dict)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='asks', to='telephony.call')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['id'], name='telephony_asks')],
            },
        ),
        migrations.CreateModel(
            name='CallEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.IntegerField()),
                ('kind', models.TextField()),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('data', models.JSONField(default=dict)),
                ('call', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='telephony.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'seq'), name='telephony_entry_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('queue', ''), _negated=True)), name='telephony_line_whole'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('phase', 'ended'), _negated=True), fields=['arrived_at'], name='telephony_calls_alive'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['organisation', 'arrived_at', 'id'], name='telephony_by_unit'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone', 'arrived_at'], name='telephony_by_phone'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('channel',), name='telephony_call_of_channel'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('phase', 'ended')), models.Q(models.Q(('phase', 'ended'), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='telephony_call_ends'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('arrived_at')), _connector='OR'), name='telephony_call_ends_after'),
        ),
    ]
