"""The authors' addresses, in the order they are tried: the names of kinds can not swallow a page of their own."""

from django.urls import path, re_path

from escalations.views.templates.checking import Check, Try
from escalations.views.templates.document import OneDocument
from escalations.views.templates.editor import Editor
from escalations.views.templates.library import Library
from escalations.views.templates.starting import FirstPath, NewDocument
from templates_engine.models import Document

_KINDS = "|".join(Document.Kind.values)

urlpatterns = [
    path("templates/", Library.as_view(), name="templates"),
    path("templates/new/", NewDocument.as_view(), name="template-new"),
    path("templates/start/", FirstPath.as_view(), name="template-start"),
    path("templates/check/", Check.as_view(), name="template-check"),
    path("templates/try/", Try.as_view(), name="template-try"),
    path("templates/versions/<int:pk>/edit/", Editor.as_view(), name="version-edit"),
    re_path(rf"^templates/(?P<kind>{_KINDS})/(?P<key>[\w-]+)/$", OneDocument.as_view(), name="document"),
]
