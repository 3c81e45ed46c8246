"""The tables of keys, their use, and of what is delivered to other systems."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [("api", "0002_given_up")]
    dependencies = [
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='ApiKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.TextField(db_collation='C')),
                        ('name', models.TextField()),
                        ('purpose', models.TextField(blank=True, default='')),
                        ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ('ranges', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('calls_a_minute', models.IntegerField()),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField(null=True)),
                        ('revoked_at', models.DateTimeField(null=True)),
                        ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('steward', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('public_id',), name='api_key_public_id'),
                            models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='api_key_named'),
                            models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='api_key_may_something'),
                            models.CheckConstraint(condition=models.Q(('calls_a_minute__range', (1, 1000000))), name='api_key_limited'),
                            models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='api_key_lives'),
                            models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', False), _connector='OR'), name='api_key_revoked_by_somebody'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='KeyBucket',
                    fields=[
                        ('key', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='api.apikey')),
                        ('left', models.FloatField()),
                        ('filled_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Endpoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('url', models.TextField()),
                        ('event_types', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                        ('secret', models.BinaryField()),
                        ('former_secret', models.BinaryField(null=True)),
                        ('former_until', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('failing_since', models.DateTimeField(null=True)),
                        ('disabled_at', models.DateTimeField(null=True)),
                        ('disabled_because', models.TextField(blank=True, choices=[('by_hand', 'Switched off by hand'), ('gone', 'The receiver answered: gone'), ('failing', 'Nothing arrived for three days')], default='')),
                        ('deleted_at', models.DateTimeField(null=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('url', ''), _negated=True), models.Q(('event_types', []), _negated=True)), name='api_endpoint_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('disabled_at__isnull', True), ('disabled_because', '')), models.Q(('disabled_at__isnull', False), models.Q(('disabled_because', ''), _negated=True)), _connector='OR'), name='api_endpoint_disabled_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('former_secret__isnull', True), ('former_until__isnull', True)), models.Q(('former_secret__isnull', False), ('former_until__isnull', False)), _connector='OR'), name='api_endpoint_former_whole'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('message_id', models.TextField(db_collation='C', unique=True)),
                        ('event_id', models.BigIntegerField(null=True)),
                        ('event_name', models.TextField()),
                        ('body', models.TextField()),
                        ('state', models.TextField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='waiting')),
                        ('attempts', models.SmallIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('next_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('last_status', models.SmallIntegerField(null=True)),
                        ('last_ms', models.IntegerField(null=True)),
                        ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='api.endpoint')),
                        ('ended_because', models.TextField(blank=True, choices=[('', 'By its attempts'), ('given_up', 'Given up on the page of jobs')], db_default='', default='')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['endpoint', '-id'], name='api_delivery_by_endpoint'),
                            models.Index(fields=['endpoint', 'state', '-id'], name='api_delivery_by_state'),
                            models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='api_delivery_due'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('event_id__isnull', False)), fields=('endpoint', 'event_id'), name='api_delivery_once'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('next_at__isnull', False), ('state', 'waiting')), models.Q(('finished_at__isnull', False), ('next_at__isnull', True), ('state__in', ['delivered', 'failed'])), _connector='OR'), name='api_delivery_state'),
                            models.CheckConstraint(condition=models.Q(('ended_because', ''), ('state', 'failed'), _connector='OR'), name='api_delivery_ended_because'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Attempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.SmallIntegerField()),
                        ('at', models.DateTimeField()),
                        ('ms', models.IntegerField()),
                        ('status', models.SmallIntegerField(null=True)),
                        ('fault', models.TextField(blank=True, choices=[('', 'None'), ('no_such_host', 'The name is not known'), ('forbidden', 'The address is not on the internet'), ('refused', 'No connection'), ('tls', 'The certificate does not hold'), ('slow', 'No answer in time'), ('broken', 'The answer could not be read')], default='')),
                        ('answer', models.TextField(blank=True, default='')),
                        ('delivery', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='api.delivery')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('delivery', 'number'), name='api_attempt_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='KeySecret',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.BinaryField()),
                        ('created_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField(null=True)),
                        ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='api.apikey')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('key',), name='api_keysecret_one_lasting'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Usage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('operation', models.TextField()),
                        ('calls', models.BigIntegerField()),
                        ('refused', models.BigIntegerField()),
                        ('failed', models.BigIntegerField()),
                        ('times', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('last_at', models.DateTimeField()),
                        ('key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='usage', to='api.apikey')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['day', 'operation'], name='api_usage_by_day'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('key', 'day', 'operation'), name='api_usage_once'),
                        ],
                    },
                ),
            ]
        ),
        # Allowances of the moment: written by every call, worth nothing after a crash.
        migrations.RunSQL(
            "ALTER TABLE api_keybucket SET UNLOGGED",
            migrations.RunSQL.noop,
        ),
        # Rows that every call rewrites stay on their page.
        migrations.RunSQL(
            "ALTER TABLE api_keybucket SET (fillfactor = 50);"
            "ALTER TABLE api_usage SET (fillfactor = 50)",
            migrations.RunSQL.noop,
        ),
    ]
