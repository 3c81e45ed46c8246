"""The tables of calls, visits and letters."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [("contact", "0003_collation")]
    dependencies = [
        ("cases", "0001_initial"),
        ("customers", "0001_initial"),
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='InteractionCountChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Interaction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C', unique=True)),
                        ('channel', models.TextField(choices=[('phone', 'Phone'), ('counter', 'Counter'), ('letter', 'Letter'), ('email', 'E-mail'), ('visit', 'Visit'), ('sms', 'Text message'), ('wechat', 'WeChat'), ('web', 'Web'), ('gov_hotline', '12345 hotline')])),
                        ('direction', models.TextField(choices=[('in', 'Incoming'), ('out', 'Outgoing')], default='in')),
                        ('state', models.TextField(choices=[('open', 'In progress'), ('wrap_up', 'Wrap-up'), ('closed', 'Closed'), ('abandoned', 'Begun by mistake')], default='open')),
                        ('caller_name', models.TextField(blank=True, default='')),
                        ('caller_phone', models.TextField(blank=True, db_collation='C', default='')),
                        ('place', models.TextField(blank=True, default='')),
                        ('unknown_reason', models.TextField(blank=True, choices=[('not_found', 'Not found among the customers'), ('passer_by', 'Passer-by'), ('refused', 'Will not say who they are'), ('cut_off', 'Cut off before it was clear'), ('not_customer', 'Not a customer')], default='')),
                        ('started_at', models.DateTimeField()),
                        ('started_date', models.DateField()),
                        ('started_hour', models.SmallIntegerField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('entered_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('subject', models.TextField(blank=True, default='')),
                        ('reason', models.TextField(blank=True, default='')),
                        ('summary', models.TextField(blank=True, default='')),
                        ('outcome', models.TextField(blank=True, default='')),
                        ('resolved', models.BooleanField(default=False)),
                        ('event_count', models.SmallIntegerField(default=0)),
                        ('version', models.IntegerField(default=1)),
                        ('account', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.account')),
                        ('agent', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('cases', models.ManyToManyField(related_name='interactions', through='contact.InteractionCase', to='cases.case')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', 'started_at', 'id'], name='contact_by_customer'),
                            models.Index(fields=['organisation', 'started_at', 'id'], name='contact_by_unit'),
                            models.Index(condition=models.Q(('caller_phone', ''), _negated=True), fields=['caller_phone', 'started_at'], name='contact_by_phone'),
                            models.Index(condition=models.Q(('state__in', ['open', 'wrap_up'])), fields=['agent', 'started_at'], name='contact_at_hand'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('direction__in', ['in', 'out'])), name='contact_interaction_direction'),
                            models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('ended_at__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', True), ('ended_at__isnull', False), ('state', 'wrap_up')), models.Q(('closed_at__isnull', False), ('ended_at__isnull', False), ('state__in', ['closed', 'abandoned'])), _connector='OR'), name='contact_interaction_state'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(models.Q(('subject', ''), _negated=True), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='contact_interaction_told'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('customer__isnull', False), models.Q(('caller_phone', ''), _negated=True), models.Q(('place', ''), _negated=True), models.Q(('unknown_reason', ''), _negated=True), _connector='OR'), name='contact_interaction_traceable'),
                            models.CheckConstraint(condition=models.Q(('caller_phone__regex', '^(\\+[1-9][0-9]{4,16}(;ext=[0-9]{1,8})?)?$')), name='contact_interaction_phone'),
                            models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='contact_interaction_ends'),
                            models.CheckConstraint(condition=models.Q(('started_hour__range', (0, 23))), name='contact_interaction_hour'),
                            models.CheckConstraint(condition=models.Q(('channel', ''), _negated=True), name='contact_interaction_channel'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InteractionCase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('opened', 'Opened'), ('continued', 'Continued')])),
                        ('linked_at', models.DateTimeField()),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interaction_links', to='cases.case')),
                        ('interaction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='contact.interaction')),
                        ('linked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('interaction', 'case'), name='contact_case_once'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['opened', 'continued'])), name='contact_case_kind'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InteractionCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation_id', 'view', 'day', 'holder'), name='contact_count_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InteractionDraft',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('tab', models.TextField()),
                        ('version', models.IntegerField(default=1)),
                        ('note', models.TextField(blank=True, default='')),
                        ('fields', models.JSONField(default=dict)),
                        ('saved_at', models.DateTimeField()),
                        ('interaction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='contact.interaction')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('interaction', 'tab'), name='contact_draft_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InteractionEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.SmallIntegerField()),
                        ('kind', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('data', models.JSONField(default=dict)),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('interaction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='contact.interaction')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('interaction', 'seq'), name='contact_event_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='InteractionCountMonth',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('month', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation_id', 'view', 'month', 'holder'), name='contact_count_month_once'),
                        ],
                    },
                ),
            ]
        ),
    ]
