from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_reference")]

    operations = [
        migrations.RenameModel(old_name="Notice", new_name="NoticeText"),
        migrations.AlterField(
            model_name="noticetext", name="occasion", field=models.TextField()
        ),
    ]
