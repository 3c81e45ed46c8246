import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contact', '0002_kept_counts'),
        ('customers', '0010_defaults'),
        ('staff', '0004_duty_patterns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue', models.TextField()),
                ('channel', models.TextField()),
                ('subject_kind', models.TextField()),
                ('subject_id', models.BigIntegerField()),
                ('state', models.TextField(choices=[('waiting', 'Waits'), ('offered', 'Is offered'), ('taken', 'Taken'), ('gone', 'Gone')], default='waiting')),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('takes', models.SmallIntegerField(default=100)),
                ('skills', models.JSONField(default=dict)),
                ('tier', models.TextField(blank=True, default='')),
                ('is_emergency', models.BooleanField(default=False)),
                ('why', models.TextField(blank=True, default='')),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('last_agent', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.TextField(choices=[('open', 'Open'), ('taken', 'Taken'), ('refused', 'Not taken')], default='open')),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('why', models.TextField(blank=True, default='')),
                ('reason', models.JSONField(default=dict)),
                ('takes', models.SmallIntegerField(default=100)),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('waiting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='contact.waiting')),
            ],
        ),
        migrations.CreateModel(
            name='AgentState',
            fields=[
                ('staff', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='agent_state', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('state', models.TextField(choices=[('off', 'Signed off'), ('ready', 'Ready'), ('reserved', 'Is rung'), ('busy', 'With a customer'), ('wrap_up', 'Wrap-up'), ('break', 'On a break'), ('not_ready', 'Did not answer')], default='off')),
                ('reason', models.TextField(blank=True, default='')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('idle_since', models.DateTimeField()),
                ('signed_on_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('endpoint', models.TextField(blank=True, db_collation='C', default='')),
                ('queues', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('busy_seconds', models.IntegerField(default=0)),
                ('wanted', models.TextField(blank=True, choices=[('off', 'Signed off'), ('ready', 'Ready'), ('reserved', 'Is rung'), ('busy', 'With a customer'), ('wrap_up', 'Wrap-up'), ('break', 'On a break'), ('not_ready', 'Did not answer')], default='')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'off'), _negated=True), fields=['state'], name='contact_agents_on')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'off'), models.Q(('lease_until__isnull', False), ('signed_on_at__isnull', False)), _connector='OR'), name='contact_agent_signed_on'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'break'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='contact_agent_break_reason'), models.CheckConstraint(condition=models.Q(('busy_seconds__gte', 0)), name='contact_agent_busy')],
            },
        ),
        migrations.CreateModel(
            name='AgentStateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('state', models.TextField(choices=[('off', 'Signed off'), ('ready', 'Ready'), ('reserved', 'Is rung'), ('busy', 'With a customer'), ('wrap_up', 'Wrap-up'), ('break', 'On a break'), ('not_ready', 'Did not answer')])),
                ('reason', models.TextField(blank=True, default='')),
                ('offer', models.BigIntegerField(null=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['staff', 'at', 'id'], name='contact_agent_changes')],
            },
        ),
        migrations.AddIndex(
            model_name='waiting',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'offered'])), fields=['since', 'id'], name='contact_waiting_now'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'offered'])), fields=('subject_kind', 'subject_id'), name='contact_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.CheckConstraint(condition=models.Q(('takes__range', (1, 100))), name='contact_waiting_takes'),
        ),
        migrations.AddConstraint(
            model_name='waiting',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ['waiting', 'offered'])), models.Q(('ended_at__isnull', False), ('state__in', ['taken', 'gone'])), _connector='OR'), name='contact_waiting_ends'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('state', 'open'), models.Q(('released_at__isnull', True), ('state', 'taken')), _connector='OR'), fields=['staff'], name='contact_offers_at_hand'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'open')), models.Q(('answered_at__isnull', False), ('state__in', ['taken', 'refused'])), _connector='OR'), name='contact_offer_answered'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='contact_offer_expires'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open'), ('takes', 100)), fields=('staff',), name='contact_offer_of_whole_person'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('waiting',), name='contact_offer_once'),
        ),
    ]
