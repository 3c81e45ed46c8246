"""Rungs of the ladder that cases climb."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_macros'),
        ('customers', '0031_primary_contact_from'),
        ('staff', '0007_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseRung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('promise', models.TextField()),
                ('round', models.IntegerField()),
                ('rung', models.TextField()),
                ('reached_at', models.DateTimeField()),
                ('climbed_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='ladder_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', True), ('ladder_at__isnull', False)), fields=['ladder_at'], name='cases_ladder_due'),
        ),
        migrations.AddField(
            model_name='caserung',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rungs', to='cases.case'),
        ),
        migrations.AddConstraint(
            model_name='caserung',
            constraint=models.UniqueConstraint(fields=('case', 'promise', 'round', 'rung'), name='cases_rung_once'),
        ),
    ]
