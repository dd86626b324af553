import django.db.models.deletion
import escalations.models.rotas
import opsportal.audit.history
import simple_history.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0005_cases_that_ask_the_same'),
        ('templates_engine', '0004_four_eyes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('moved_at', models.DateTimeField(editable=False, help_text='When the open work was moved.', null=True)),
                ('returned_at', models.DateTimeField(editable=False, help_text='When what nobody took up came back.', null=True)),
            ],
            options={
                'ordering': ('-starts_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='HistoricalAbsence',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_actor', models.CharField(default=opsportal.audit.history._act_name, max_length=150)),
                ('history_door', models.CharField(default=opsportal.audit.history._act_door, max_length=20)),
                ('history_act', models.CharField(default=opsportal.audit.history._act_id, max_length=32)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('moved_at', models.DateTimeField(editable=False, help_text='When the open work was moved.', null=True)),
                ('returned_at', models.DateTimeField(editable=False, help_text='When what nobody took up came back.', null=True)),
                ('history_user_id', models.BigIntegerField(default=opsportal.audit.history._act_login, null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical absence',
                'verbose_name_plural': 'historical absences',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRota',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_actor', models.CharField(default=opsportal.audit.history._act_name, max_length=150)),
                ('history_door', models.CharField(default=opsportal.audit.history._act_door, max_length=20)),
                ('history_act', models.CharField(default=opsportal.audit.history._act_id, max_length=32)),
                ('key', models.SlugField(db_index=False, help_text='How documents name this rota.', max_length=80)),
                ('name', models.CharField(max_length=120)),
                ('time_zone', models.CharField(default='UTC', help_text='Hand-overs and hours are told in this zone.', max_length=64)),
                ('feed_key', models.CharField(default=escalations.models.rotas.feed_key, editable=False, max_length=64)),
                ('history_user_id', models.BigIntegerField(default=opsportal.audit.history._act_login, null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical rota',
                'verbose_name_plural': 'historical rotas',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRotaLayer',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_actor', models.CharField(default=opsportal.audit.history._act_name, max_length=150)),
                ('history_door', models.CharField(default=opsportal.audit.history._act_door, max_length=20)),
                ('history_act', models.CharField(default=opsportal.audit.history._act_id, max_length=32)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('name', models.CharField(max_length=80)),
                ('starts_on', models.DateField(help_text='The day of the first hand-over.')),
                ('hand_over_at', models.TimeField(help_text='Local time of every hand-over.')),
                ('turn_hours', models.PositiveIntegerField(default=168, help_text='Length of a turn in hours; 168 is a week.')),
                ('people', models.JSONField(default=list, help_text='Ids of the people in their order; null is a turn nobody holds.')),
                ('windows', models.JSONField(blank=True, default=list, help_text='Hours it covers: [{"days": [0, 1], "from": "09:00", "until": "17:00"}], 0 is Monday; empty: all.')),
                ('history_user_id', models.BigIntegerField(default=opsportal.audit.history._act_login, null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical rota layer',
                'verbose_name_plural': 'historical rota layers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRotaOverride',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_actor', models.CharField(default=opsportal.audit.history._act_name, max_length=150)),
                ('history_door', models.CharField(default=opsportal.audit.history._act_door, max_length=20)),
                ('history_act', models.CharField(default=opsportal.audit.history._act_id, max_length=32)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('origin', models.CharField(choices=[('form', 'by hand'), ('swap', 'Swap'), ('calendar', 'from a calendar')], default='form', max_length=10)),
                ('cancelled_at', models.DateTimeField(editable=False, null=True)),
                ('history_user_id', models.BigIntegerField(default=opsportal.audit.history._act_login, null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical rota override',
                'verbose_name_plural': 'historical rota overrides',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Rota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='How documents name this rota.', max_length=80, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('time_zone', models.CharField(default='UTC', help_text='Hand-overs and hours are told in this zone.', max_length=64)),
                ('feed_key', models.CharField(default=escalations.models.rotas.feed_key, editable=False, max_length=64, unique=True)),
            ],
            options={
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='RotaLayer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('name', models.CharField(max_length=80)),
                ('starts_on', models.DateField(help_text='The day of the first hand-over.')),
                ('hand_over_at', models.TimeField(help_text='Local time of every hand-over.')),
                ('turn_hours', models.PositiveIntegerField(default=168, help_text='Length of a turn in hours; 168 is a week.')),
                ('people', models.JSONField(default=list, help_text='Ids of the people in their order; null is a turn nobody holds.')),
                ('windows', models.JSONField(blank=True, default=list, help_text='Hours it covers: [{"days": [0, 1], "from": "09:00", "until": "17:00"}], 0 is Monday; empty: all.')),
            ],
            options={
                'ordering': ('rota_id', 'position', 'id'),
            },
        ),
        migrations.CreateModel(
            name='RotaOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('origin', models.CharField(choices=[('form', 'by hand'), ('swap', 'Swap'), ('calendar', 'from a calendar')], default='form', max_length=10)),
                ('cancelled_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'ordering': ('starts_at', 'id'),
            },
        ),
        migrations.AddField(
            model_name='absence',
            name='deputy',
            field=models.ForeignKey(blank=True, help_text='Who takes the open work, if present.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.person'),
        ),
        migrations.AddField(
            model_name='absence',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='escalations.person'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='absence',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handoffs', to='escalations.absence'),
        ),
        migrations.AddField(
            model_name='historicalabsence',
            name='deputy',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Who takes the open work, if present.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='escalations.person'),
        ),
        migrations.AddField(
            model_name='historicalabsence',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='escalations.person'),
        ),
        migrations.AddIndex(
            model_name='historicalrota',
            index=models.Index(fields=['history_date', 'id'], name='escalations_history_89cd1c_idx'),
        ),
        migrations.AddField(
            model_name='historicalrotaoverride',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='escalations.person'),
        ),
        migrations.AddField(
            model_name='historicalrotaoverride',
            name='rota',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='escalations.rota'),
        ),
        migrations.AddField(
            model_name='historicalrotalayer',
            name='rota',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='escalations.rota'),
        ),
        migrations.AddField(
            model_name='rotalayer',
            name='rota',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='layers', to='escalations.rota'),
        ),
        migrations.AddField(
            model_name='rotaoverride',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.person'),
        ),
        migrations.AddField(
            model_name='rotaoverride',
            name='rota',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='escalations.rota'),
        ),
        migrations.AddIndex(
            model_name='absence',
            index=models.Index(fields=['ends_at'], name='absence_by_end'),
        ),
        migrations.AddIndex(
            model_name='absence',
            index=models.Index(condition=models.Q(('moved_at', None)), fields=['starts_at'], name='absence_to_begin'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('starts_at'))), name='absence_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('deputy', models.F('person')), _negated=True), name='deputy_is_another'),
        ),
        migrations.AddIndex(
            model_name='historicalabsence',
            index=models.Index(fields=['history_date', 'id'], name='escalations_history_4d2028_idx'),
        ),
        migrations.AddIndex(
            model_name='historicalrotaoverride',
            index=models.Index(fields=['history_date', 'id'], name='escalations_history_227e28_idx'),
        ),
        migrations.AddIndex(
            model_name='historicalrotalayer',
            index=models.Index(fields=['history_date', 'id'], name='escalations_history_2cf3a1_idx'),
        ),
        migrations.AddConstraint(
            model_name='rotalayer',
            constraint=models.UniqueConstraint(fields=('rota', 'position'), name='layer_position_once'),
        ),
        migrations.AddConstraint(
            model_name='rotalayer',
            constraint=models.CheckConstraint(condition=models.Q(('turn_hours__gte', 1)), name='turn_of_an_hour_or_more'),
        ),
        migrations.AddIndex(
            model_name='rotaoverride',
            index=models.Index(condition=models.Q(('cancelled_at', None)), fields=['rota', 'ends_at'], name='override_by_end'),
        ),
        migrations.AddConstraint(
            model_name='rotaoverride',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='override_has_a_length'),
        ),
        migrations.RemoveField(
            model_name='historicalperson',
            name='absent_until',
        ),
        migrations.RemoveField(
            model_name='person',
            name='absent_until',
        ),
    ]
