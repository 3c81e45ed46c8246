"""The tables of messages to customers, their texts, servers and receipts."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("messaging", "0003_reference"),
        ("messaging", "0004_notice_texts"),
    ]
    dependencies = [
        ("customers", "0001_initial"),
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='ChannelStanding',
                    fields=[
                        ('channel', models.TextField(primary_key=True, serialize=False)),
                        ('failures', models.IntegerField(default=0)),
                        ('down_since', models.DateTimeField(null=True)),
                        ('open_until', models.DateTimeField(null=True)),
                        ('cause', models.TextField(blank=True, default='')),
                        ('words', models.TextField(blank=True, default='')),
                        ('refused_in_a_row', models.IntegerField(default=0)),
                        ('sent_at', models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='MessageCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation_id', 'view', 'day', 'holder'), name='messaging_count_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='MessageCountChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['view', 'organisation_id'], name='messaging_countchange_view'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PrintBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('letter_count', models.IntegerField()),
                        ('made_at', models.DateTimeField()),
                        ('printed_at', models.DateTimeField(null=True)),
                        ('print_count', models.IntegerField(default=0)),
                        ('posted_at', models.DateTimeField(null=True)),
                        ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('posted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('printed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation', '-id'], name='messaging_batch_of'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('letter_count__gt', 0)), name='messaging_batch_has_letters'),
                            models.CheckConstraint(condition=models.Q(('posted_at__isnull', True), ('printed_at__isnull', False), _connector='OR'), name='messaging_batch_printed_first'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='EmailAddress',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('address', models.TextField()),
                        ('is_primary', models.BooleanField(default=False)),
                        ('standing', models.TextField(blank=True, choices=[('', 'Good'), ('doubtful', 'Doubtful')], default='')),
                        ('standing_since', models.DateTimeField(null=True)),
                        ('standing_reason', models.TextField(blank=True, default='')),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='emails', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(django.db.models.functions.text.Lower('address'), name='messaging_email_whose'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(models.F('customer'), django.db.models.functions.text.Lower('address'), name='messaging_email_once'),
                            models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('customer',), name='messaging_email_primary'),
                            models.CheckConstraint(condition=models.Q(('address__regex', '^[^@\\s<>,;]+@[^@\\s<>,;.]+(\\.[^@\\s<>,;.]+)+$')), name='messaging_email_address'),
                            models.CheckConstraint(condition=models.Q(models.Q(('standing', ''), ('standing_since__isnull', True)), models.Q(('standing', 'doubtful'), ('standing_since__isnull', False)), _connector='OR'), name='messaging_email_standing'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='NoticeText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('occasion', models.TextField()),
                        ('pack', models.TextField(blank=True, default='')),
                        ('purpose', models.TextField(default='service')),
                        ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('occasion', 'pack', 'organisation'), name='messaging_notice_once', nulls_distinct=False),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='NoticeVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.IntegerField()),
                        ('texts', models.JSONField()),
                        ('state', models.TextField(choices=[('pending', 'Waits for a second person'), ('published', 'In use'), ('retired', 'Replaced'), ('refused', 'Refused')])),
                        ('reason', models.TextField(blank=True, default='')),
                        ('made_at', models.DateTimeField()),
                        ('made_by_id', models.BigIntegerField(null=True)),
                        ('published_at', models.DateTimeField(null=True)),
                        ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='messaging.noticetext')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('notice', 'number'), name='messaging_noticeversion_once'),
                            models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('notice',), name='messaging_noticeversion_in_use'),
                            models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('notice',), name='messaging_noticeversion_pending'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.TextField(choices=[('email', 'Email'), ('letter', 'Letter')])),
                        ('kind', models.TextField()),
                        ('purpose', models.TextField()),
                        ('is_emergency', models.BooleanField(default=False)),
                        ('is_automatic', models.BooleanField()),
                        ('subject_kind', models.TextField(blank=True, default='')),
                        ('subject_id', models.BigIntegerField(null=True)),
                        ('to_name', models.TextField(blank=True, default='')),
                        ('to_address', models.TextField(blank=True, default='')),
                        ('language', models.TextField()),
                        ('title', models.TextField()),
                        ('body', models.TextField()),
                        ('state', models.TextField(choices=[('held', 'May be taken back'), ('queued', 'Waits to be sent'), ('sending', 'Being sent'), ('printed', 'In a batch for printing'), ('sent', 'Sent'), ('delivered', 'Arrived'), ('bounced', 'Came back'), ('failed', 'Failed'), ('unknown', 'Perhaps sent'), ('cancelled', 'Cancelled'), ('skipped', 'Not sent')])),
                        ('reason', models.TextField(blank=True, default='')),
                        ('held_until', models.DateTimeField(null=True)),
                        ('due_at', models.DateTimeField()),
                        ('attempt_count', models.SmallIntegerField(default=0)),
                        ('message_ref', models.TextField()),
                        ('receipt', models.TextField(blank=True, default='')),
                        ('key', models.TextField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('is_told', models.BooleanField(default=False)),
                        ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='customers.customer')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('staff', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('notice_version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.noticeversion')),
                        ('print_batch', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='messaging.printbatch')),
                        ('reference', models.TextField(blank=True, db_default='', default='')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('state__in', ['held', 'queued'])), fields=['channel', 'due_at', 'id'], name='messaging_message_due'),
                            models.Index(condition=models.Q(('state', 'sending')), fields=['channel'], name='messaging_message_claimed'),
                            models.Index(condition=models.Q(('ended_at__isnull', False), ('is_told', False)), fields=['id'], name='messaging_message_untold'),
                            models.Index(fields=['organisation', 'state', '-id'], name='messaging_message_outbox'),
                            models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', '-created_at'], name='messaging_message_of'),
                            models.Index(fields=['subject_kind', 'subject_id', '-id'], name='messaging_message_about'),
                            models.Index(condition=models.Q(('channel', 'email'), ('is_automatic', True)), fields=['to_address', '-created_at'], name='messaging_message_loops'),
                            models.Index(condition=models.Q(('print_batch__isnull', False)), fields=['print_batch'], name='messaging_message_printed'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'letter'])), name='messaging_message_channel'),
                            models.CheckConstraint(condition=models.Q(('state__in', ['held', 'queued', 'sending', 'printed', 'sent', 'delivered', 'bounced', 'failed', 'unknown', 'cancelled', 'skipped'])), name='messaging_message_state'),
                            models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['held', 'queued', 'sending', 'printed'])), models.Q(('ended_at__isnull', False), ('state__in', ['sent', 'delivered', 'bounced', 'failed', 'unknown', 'cancelled', 'skipped'])), _connector='OR'), name='messaging_message_ends'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), ('held_until__isnull', False), _connector='OR'), name='messaging_message_held_until'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sent', 'delivered']), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='messaging_message_sent_at'),
                            models.UniqueConstraint(fields=('message_ref',), name='messaging_message_ref'),
                            models.UniqueConstraint(fields=('key',), name='messaging_message_key'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Attempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.TextField()),
                        ('what', models.TextField(choices=[('begun', 'Handing over'), ('accepted', 'Taken by the mail server'), ('deferred', 'Not now'), ('refused', 'Refused'), ('unknown', 'No answer: perhaps taken'), ('cancelled', 'Cancelled'), ('again', 'Queued again'), ('printed', 'Put into a batch for printing'), ('posted', 'Posted'), ('returned', 'Came back')])),
                        ('at', models.DateTimeField()),
                        ('code', models.IntegerField(null=True)),
                        ('words', models.TextField(blank=True, default='')),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('message', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='messaging.message')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['message', 'id'], name='messaging_attempt_of'),
                            models.Index(condition=models.Q(('what', 'begun')), fields=['channel', '-at'], name='messaging_attempt_rate'),
                        ],
                    },
                ),
            ]
        ),
    ]
