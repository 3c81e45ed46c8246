from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0005_absence_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='address',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
