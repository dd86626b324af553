"""What gunicorn serves; with settings that would stop a command it does not start either."""

import os

from django.core.wsgi import get_wsgi_application

from opsportal.checks import refuse_a_bad_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")
application = get_wsgi_application()
refuse_a_bad_start()
