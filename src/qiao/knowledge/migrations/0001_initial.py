"""The tables of articles and text modules."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='Article',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField()),
                        ('category', models.TextField()),
                        ('emergency_first', models.BooleanField(default=False)),
                        ('case_types', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('valid_from', models.DateField(null=True)),
                        ('valid_until', models.DateField(null=True)),
                        ('is_active', models.BooleanField(default=True)),
                        ('version', models.IntegerField(default=0)),
                        ('titles', models.JSONField(default=dict)),
                        ('bodies', models.JSONField(default=dict)),
                        ('words', models.TextField(default='')),
                        ('pack', models.TextField(default='')),
                        ('edition', models.IntegerField(default=0)),
                        ('is_edited', models.BooleanField(default=False)),
                        ('published_at', models.DateTimeField(null=True)),
                        ('title_search', models.TextField(default='')),
                        ('search_text', models.TextField(default='')),
                        ('spellings', models.TextField(default='')),
                        ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('written_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['grams'], name='knowledge_article_grams'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('key', 'organisation'), name='knowledge_article_key', nulls_distinct=False),
                            models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='knowledge_article_period'),
                            models.CheckConstraint(condition=models.Q(('version', 0), ('published_at__isnull', False), _connector='OR'), name='knowledge_article_published_whole'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='TextModule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField()),
                        ('titles', models.JSONField(default=dict)),
                        ('bodies', models.JSONField(default=dict)),
                        ('scope', models.TextField(choices=[('own', 'Only me'), ('unit', 'A unit'), ('company', 'Official')])),
                        ('case_types', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('valid_from', models.DateField(null=True)),
                        ('valid_until', models.DateField(null=True)),
                        ('is_active', models.BooleanField(default=True)),
                        ('pack', models.TextField(default='')),
                        ('edition', models.IntegerField(default=0)),
                        ('is_edited', models.BooleanField(default=False)),
                        ('title_search', models.TextField(default='')),
                        ('search_text', models.TextField(default='')),
                        ('spellings', models.TextField(default='')),
                        ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('changed_at', models.DateTimeField()),
                        ('changed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['grams'], name='knowledge_text_grams'),
                            models.Index(condition=models.Q(('owner__isnull', False)), fields=['owner'], name='knowledge_text_owner'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', True), ('owner__isnull', False), ('scope', 'own')), models.Q(('organisation__isnull', False), ('owner__isnull', True), ('scope', 'unit')), models.Q(('organisation__isnull', True), ('owner__isnull', True), ('scope', 'company')), _connector='OR'), name='knowledge_text_of_whom'),
                            models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('key', 'owner', 'organisation'), name='knowledge_text_key', nulls_distinct=False),
                            models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='knowledge_text_keyed'),
                            models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='knowledge_text_period'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ArticleKept',
                    fields=[
                        ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='kept', serialize=False, to='knowledge.article')),
                        ('use_count', models.IntegerField(default=0)),
                        ('useful_count', models.IntegerField(default=0)),
                        ('outdated_count', models.IntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='ArticleMark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.IntegerField()),
                        ('kind', models.TextField(choices=[('useful', 'Useful'), ('outdated', 'Outdated')])),
                        ('note', models.TextField(default='')),
                        ('at', models.DateTimeField()),
                        ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='knowledge.article')),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('article', 'version', 'kind', 'staff'), name='knowledge_articlemark_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ArticleVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.IntegerField()),
                        ('titles', models.JSONField(default=dict)),
                        ('bodies', models.JSONField(default=dict)),
                        ('words', models.TextField(default='')),
                        ('facts', models.JSONField(default=dict)),
                        ('note', models.TextField(default='')),
                        ('state', models.TextField(choices=[('pending', 'Waits for approval'), ('published', 'Published'), ('refused', 'Refused')])),
                        ('written_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='knowledge.article')),
                        ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('written_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('article', 'number'), name='knowledge_articleversion_once'),
                            models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('article',), name='knowledge_articleversion_one_pending'),
                            models.CheckConstraint(condition=models.Q(('written_by__isnull', True), ('decided_by__isnull', True), models.Q(('written_by', models.F('decided_by')), _negated=True), _connector='OR'), name='knowledge_articleversion_second_person'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('decided_at__isnull', False), models.Q(('written_by__isnull', True), ('decided_by__isnull', False), _connector='OR')), _connector='OR'), name='knowledge_articleversion_published_by_two'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='TextModuleKept',
                    fields=[
                        ('text_module', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='kept', serialize=False, to='knowledge.textmodule')),
                        ('use_count', models.IntegerField(default=0)),
                        ('used_at', models.DateTimeField(null=True)),
                    ],
                ),
            ]
        ),
    ]
