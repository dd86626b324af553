"""The part of the lab that knows the portal: one run on the database that the environment names."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsportal.settings")
django.setup()
