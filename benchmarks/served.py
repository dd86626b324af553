"""The portal as a web server takes it, with static files under their plain names: collecting them takes a minute."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

from opsportal.wsgi import application as portal  # noqa: E402  it reads the settings as they are at this moment

application: WSGIHandler = portal
