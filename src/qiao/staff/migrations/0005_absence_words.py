from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0004_duty_patterns'),
    ]

    operations = [
        migrations.AlterField(
            model_name='absence',
            name='kind',
            field=models.TextField(choices=[('leave', 'Leave'), ('sick', 'Sick leave'), ('training', 'Training'), ('off_duty', 'Off duty')]),
        ),
    ]
