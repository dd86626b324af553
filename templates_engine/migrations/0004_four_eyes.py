from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('templates_engine', '0003_authors_of_before'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('in_review', 'approved', 'pilot'))), fields=('document',), name='one_live_review'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'pilot', 'active')), _negated=True), models.Q(('activated_at', models.F('created_at')), ('number', 1), ('origin', 'shipped'), ('state', 'active'), ('submitted_at__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('approved_digest', models.F('digest')), ('author__isnull', False), ('submitted_by__isnull', False), models.Q(('approved_by', models.F('author')), _negated=True), models.Q(('approved_by', models.F('submitted_by')), _negated=True)), models.Q(('state', 'active'), ('author__isnull', False), ('based_on__isnull', False), ('emergency', True), ('origin', 'rolled_back'), ('second_due_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='signed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'in_review'), _negated=True), models.Q(('author__isnull', False), ('submitted_at__isnull', False), ('submitted_by__isnull', False), models.Q(('intent', ''), _negated=True)), _connector='OR'), name='in_review_is_pinned'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('second_at__isnull', True), ('second_by__isnull', True)), models.Q(('emergency', True), ('second_at__isnull', False), ('second_by__isnull', False), models.Q(('second_by', models.F('author')), _negated=True), models.Q(('second_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='countersigned_by_another'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'pilot'), _negated=True), ('pilot_mode', '')), models.Q(('pilot_mode', 'shadow'), ('pilot_since__isnull', False), ('state', 'pilot')), models.Q(('pilot_mode', 'team'), ('pilot_since__isnull', False), ('state', 'pilot'), models.Q(('pilot_team', ''), _negated=True)), _connector='OR'), name='pilot_says_how'),
        ),
    ]
