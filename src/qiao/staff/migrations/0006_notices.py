"""Notices: what people are told inside the product."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0005_closed_units'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('once', models.TextField()),
                ('subject_id', models.BigIntegerField()),
                ('facts', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['staff', '-id'], name='staff_notice_list'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['staff', '-id'], name='staff_notice_unread'), models.Index(fields=['created_at'], name='staff_notice_age')],
                'constraints': [models.UniqueConstraint(fields=('staff', 'kind', 'once'), name='staff_notice_once'), models.CheckConstraint(condition=models.Q(('once', ''), _negated=True), name='staff_notice_names_itself')],
            },
        ),
    ]
