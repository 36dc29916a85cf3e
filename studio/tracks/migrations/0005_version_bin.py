from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracks", "0004_versions")]

    operations = [
        migrations.AddField("trackversion", "binned_at", models.DateTimeField(blank=True, null=True)),
    ]
