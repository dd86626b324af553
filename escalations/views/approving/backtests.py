"""`/templates/backtests/<id>/`: how far a backtest is, as the part of the page that shows it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from escalations.models import Backtest
from escalations.queries import backtests as reads
from escalations.views.approving import tested
from escalations.views.approving.version import TESTS
from escalations.views.screens import from_script
from escalations.views.templates.common import DocumentScreen


class Progress(DocumentScreen):
    """The part for the page's own script; anybody else is led to the version."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is known now; a newer run of the same version takes its place."""
        found = Backtest.objects.select_related("version__document", "baseline").filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such backtest.")
        if not from_script(request):
            return redirect("version", found.version_id)
        newest = reads.latest(found.version_id) or found
        context = {
            "version": found.version,
            "tested": tested.of(newest),
            "until": self.now,
            "may_test": request.user.has_perm(TESTS),
        }
        return render(request, "escalations/approving/tested.html", context)
