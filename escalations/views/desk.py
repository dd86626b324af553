"""The Desk: the page, the ranked rows it polls for, and one record beside them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View as HttpView
from django.views.decorators.cache import never_cache

from escalations.models import Escalation
from escalations.queries import desk
from escalations.queries.record import record_of
from escalations.views.record import sheet
from escalations.views.rows import Row, rows
from escalations.views.who import Viewer, viewer

COUNTS_S = 10
MOST = 200  # rows that one poll keeps up to date


@method_decorator(never_cache, name="dispatch")
class Page(HttpView):
    """A page or a fragment for whoever is signed in: fragments say 401 or 403, pages send to the login."""

    http_method_names = ["get", "head"]
    fragment = True
    viewer: Viewer
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let nobody in who is not signed in, and show no record to who has no right to see one."""
        if not request.user.is_authenticated:
            if self.fragment:
                return HttpResponse("Sign in again; what you typed is kept.", status=401)
            return redirect(f"/admin/login/?next={request.get_full_path()}")
        self.viewer = viewer(request)
        self.now = datetime.now(UTC)
        if not self.viewer.may_see:
            if self.fragment:
                return HttpResponse("Your role does not see escalations.", status=403)
            return render(request, "escalations/desk/no_rights.html", status=403)
        return super().dispatch(request, *args, **kwargs)


class Rows(Page):
    """`/desk/rows/?view=&q=&after=&n=&e=`: rows as HTML; 304 while nothing on them changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rows, unless the caller has them already."""
        listing = _listing(request, self.viewer, self.now)
        etag = listing["etag"]
        if request.headers.get("If-None-Match") == etag:
            return HttpResponseNotModified(headers={"ETag": etag})
        answer = render(request, "escalations/desk/rows.html", listing)
        answer["ETag"] = etag
        return answer


class Desk(Page):
    """`/`: the home page."""

    fragment = False

    def get(self, request: HttpRequest) -> HttpResponse:
        """Tabs, the first rows of the chosen view, and room for the record."""
        listing = _listing(request, self.viewer, self.now)
        chosen = _number(request.GET.get("e"), most=2**62)
        first = listing["rows"][0].pk if listing["rows"] else None
        context = listing | {
            "tabs": [_tab(view, listing["counts"]) for view in desk.VIEWS if view.tab],
            "late": [_tab(view, listing["counts"]) for view in desk.VIEWS if not view.tab],
            "chosen": chosen or first,
            "asked": bool(chosen),
            "today": self.now.astimezone(self.viewer.zone),
            "viewer": self.viewer,
        }
        return render(request, "escalations/desk/page.html", context)


class OpenRecord(Page):
    """`/desk/<id>/`: a lasting address of one record."""

    fragment = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open it on the Desk."""
        return redirect(f"/?e={pk}")


class Record(Page):
    """`/desk/record/<id>/`: one record as the right pane shows it; `?all=1` with its whole timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pane, or 404 in words."""
        found = record_of(pk, whole=request.GET.get("all") == "1")
        if found is None:
            return HttpResponse(f"There is no ESC-{pk}.", status=404)
        context = sheet(found, viewer=self.viewer, now=self.now)
        return render(request, "escalations/desk/record.html", context)


def _listing(request: HttpRequest, reader: Viewer, now: datetime) -> dict[str, Any]:
    view = desk.BY_KEY.get(request.GET.get("view", ""), desk.VIEWS[0])
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    size = max(desk.PAGE, _number(request.GET.get("n"), most=MOST))
    after = _place(request.GET.get("after", ""))
    found = desk.page(view, person=reader.person, now=now, after=after, text=text, size=size)
    counts = _counts(reader, now)
    chosen = _number(request.GET.get("e"), most=2**62)
    version = _version(chosen, found.rows)
    shown: list[Row] = rows(found.rows, viewer=reader, now=now)
    stamp = [desk.stamps(found.rows), counts.values, counts.cut, version, reader.zone.key, now.date()]
    return {
        "view": view,
        "text": text,
        "rows": shown,
        "more": f"{found.after[0].isoformat()},{found.after[1]}" if found.after else "",
        "looked": found.looked,
        "counts": counts,
        "count_words": {one.key: counts.words(one.key) for one in desk.VIEWS},
        "as_of": now.astimezone(reader.zone),
        "chosen_version": version,
        "etag": f'"{hashlib.sha256(json.dumps(stamp, default=str).encode()).hexdigest()[:24]}"',
    }


def _counts(reader: Viewer, now: datetime) -> desk.Counts:
    """Counts of the tabs, at most ten seconds old: they say how much there is, the rows say what."""
    key = f"desk.counts.{reader.person.pk if reader.person else 0}"
    held: desk.Counts | None = cache.get(key)
    if held is None:
        held = desk.count(person=reader.person, now=now)
        cache.set(key, held, timedelta(seconds=COUNTS_S).total_seconds())
    return held


def forget_counts(reader: Viewer) -> None:
    """After an act its author sees the new counts at once."""
    cache.delete(f"desk.counts.{reader.person.pk if reader.person else 0}")


def _tab(view: desk.View, counts: desk.Counts) -> dict[str, Any]:
    return {"key": view.key, "title": view.title, "words": view.words, "count": counts.words(view.key)}


def _version(chosen: int, found: list[Escalation]) -> int:
    """The version of the record the reader has open, so that its pane knows when it is old; 0 for none."""
    if not chosen:
        return 0
    for record in found:
        if record.pk == chosen:
            return record.version
    return Escalation.objects.filter(pk=chosen).values_list("version", flat=True).first() or 0


def _number(text: str | None, *, most: int) -> int:
    return min(int(text), most) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0


def _place(text: str) -> desk.Key | None:
    """The place a page begins after, as the page before it said; anything else begins at the top."""
    at, _, pk = text.replace(" ", "+").rpartition(",")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, _number(pk, most=2**62)) if moment.tzinfo else None
