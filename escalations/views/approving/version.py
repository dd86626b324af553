"""`/templates/versions/<id>/`: one version as it is judged: words, backtest, diff, checks; then the decision."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from escalations.models import Escalation, Team
from escalations.queries import backtests, pilots
from escalations.queries.library import name_of
from escalations.services import governing
from escalations.views.approving import changes, sides, tested
from escalations.views.approving.footer import Button, Footer, footer
from escalations.views.screens import word
from escalations.views.templates.common import KIND_WORDS, DocumentScreen, shelf_of
from templates_engine.models import Version
from templates_engine.services import can_decide, hands

State = Version.State
TESTS = "escalations.add_backtest"
# Nobody waits longer for a signature; afterwards the time is shown as late.
DECIDE_WITHIN = timedelta(days=2)
PEOPLE = ("document", "author__person", "submitted_by__person", "approved_by__person", "second_by__person", "based_on")


class VersionScreen(DocumentScreen):
    """The page, and how an act shows it again with what was typed."""

    @property
    def may_test(self) -> bool:
        """Whether the reader may start and stop backtests."""
        return self.request.user.has_perm(TESTS)

    def page(
        self,
        version: Version,
        *,
        asked: str = "",
        typed: Mapping[str, str] | None = None,
        refused: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """The whole page; `asked` is the panel that stands open."""
        findings = governing.readiness(version, now=self.now) if version.state != State.RETIRED else []
        acts = footer(version, self.reader, earlier=_earlier(version), findings=findings)
        panel = acts.open(asked)
        context: dict[str, Any] = {
            "version": version,
            "document": version.document,
            "kind_words": KIND_WORDS.get(version.document.kind, version.document.kind),
            "shelf": shelf_of(version.document.kind),
            "findings": findings,
            "passes": sum(one.level == "pass" for one in findings),
            "reads": sum(one.level == "read" for one in findings),
            "blocks": sum(one.level == "blocks" for one in findings),
            "footer": acts,
            "typed": typed or {},
            "refused": refused,
            "until": self.now,
            "may_test": self.may_test,
            "as_of": self.now,
            **_head(version),
            **self._texts(version),
            **self._tests(version),
            **self._deciding(version, acts, panel),
        }
        return render(self.request, "escalations/approving/page.html", context, status=status)

    def _texts(self, version: Version) -> dict[str, Any]:
        before = compared_with(version)
        whole = word(self.request.GET.get("whole"), ["1"])
        rows = sides.rows(before.text if before else "", version.text, whole=bool(whole))
        found = changes.comments(version, hands(version))
        changes.anchored(rows, found)
        return {
            "before": before,
            "said": changes.said(before, version),
            "rows": rows,
            "places": sides.count(rows),
            "whole": whole,
            "comments": found,
        }

    def _tests(self, version: Version) -> dict[str, Any]:
        pilot = pilots.pilot_of(version)
        found = backtests.latest(version)
        return {
            "tested": tested.of(found),
            "outdated": found is not None and found.version_digest != version.digest,
            "pilot": tested.of(pilot, pilots.pilot_report(version)) if pilot else None,
        }

    def _deciding(self, version: Version, acts: Footer, panel: Button | None) -> dict[str, Any]:
        """What the panels ask; the list of running records only where somebody may decide about them."""
        asks = version.state in (State.IN_REVIEW, State.APPROVED, State.PILOT)
        moved = governing.affected(version, now=self.now) if asks else []
        running = Escalation.objects.unfinished().filter(template__document=version.document_id).order_by()
        here = running.filter(template=version).count()
        return {
            "panel": panel,
            "panels": [one for one in acts.buttons if not one.why_not],
            "moved": moved,
            "moved_stamp": governing.fingerprint(moved) if moved else "",
            "running_here": here,
            "running_other": running.count() - here,
            "zones": zones(),
            "teams": Team.objects.order_by("name") if asks else [],
        }


class VersionPage(VersionScreen):
    """Read one version; `?act=` opens a panel."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; nothing is decided by opening it."""
        return self.page(found(pk), asked=request.GET.get("act", ""))


def found(pk: int) -> Version:
    """A version with those who had it in hand; 404 where there is none."""
    version = Version.objects.select_related(*PEOPLE).filter(pk=pk).first()
    if version is None:
        raise Http404("There is no such version.")
    return version


def compared_with(version: Version) -> Version | None:
    """What it is held against: what is active now, or for one that was at work what was there before it."""
    others = version.document.versions.select_related("approved_by__person")
    if version.activated_at is None:
        return others.filter(state=State.ACTIVE).first() or version.based_on
    return others.filter(activated_at__lt=version.activated_at).order_by("-activated_at").first()


def _earlier(version: Version) -> Version | None:
    """What was at work before an active version, to go back to."""
    if version.state != State.ACTIVE:
        return None
    retired = version.document.versions.filter(state=State.RETIRED, activated_at__isnull=False)
    return retired.exclude(digest=version.digest).order_by("-activated_at").first()


def zones() -> list[str]:
    """Zones a moment may be typed in: the reader's, the company's, UTC."""
    return list(dict.fromkeys([timezone.get_current_timezone_name(), settings.TIME_ZONE, "UTC"]))


def zone(name: str) -> ZoneInfo:
    """One of those; the reader's for anything else."""
    return ZoneInfo(name if name in zones() else timezone.get_current_timezone_name())


def _head(version: Version) -> dict[str, Any]:
    state = version.get_state_display().lower()
    known: dict[str, Any] = {
        "state": _trial(version) if version.state == State.PILOT else state,
        "authors": _authors(version),
        "author_ids": hands(version),
        "approver": name_of(version.approved_by),
        "second": name_of(version.second_by),
    }
    if version.state == State.IN_REVIEW and version.submitted_at:
        known |= {
            "decide_by": version.submitted_at + DECIDE_WITHIN,
            "signers": [name_of(one) for one in can_decide(version)],
        }
    return known


def _trial(version: Version) -> str:
    return f"in pilot with {version.pilot_team}" if version.pilot_team else "in pilot, in shadow"


def _authors(version: Version) -> list[str]:
    rows = version.contributions.select_related("user__person").order_by("at", "pk")
    names = [name_of(one.user) for one in rows] or [name_of(version.author)]
    return [name for name in dict.fromkeys(names) if name]
