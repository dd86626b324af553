"""`/rotas/`: who is on call now and for two weeks, who is away, where nobody is, and the forms that change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from escalations.domain import calendars
from escalations.domain import rotas as rules
from escalations.models import OPEN, Absence, Person, Rota, RotaOverride
from escalations.queries import rotas as reads
from escalations.services import absences, rotas
from escalations.services.errors import Refused
from escalations.views.duty import strips
from escalations.views.duty.forms import Given
from escalations.views.screens import Screen
from escalations.views.who import span

# What changes a rota for good is for fewer people than what changes a day of it.
SHAPING = frozenset({"new", "layer", "calendar"})
SHAPERS = "You can cover, swap and say absences. Rotas and their layers are changed by a lead or an admin."


@dataclass(frozen=True, slots=True)
class Line:
    """A rota on the page: who holds it, who is next, its picture, its gaps."""

    rota: Rota
    holder: str
    until: str
    then: str
    strips: list[strips.Strip]
    gaps: list[str]
    uncovered: str
    shifts: list[tuple[str, str]]
    overrides: list[RotaOverride]


class Rotas(Screen):
    """The page, and every act on it as a plain form."""

    permission_required = "escalations.view_rota"
    act_permission = "escalations.add_absence"
    read_only = "You can read rotas but not change them. An operator, a lead or an admin can."

    def get(self, request: HttpRequest, act: str = "") -> HttpResponse:
        """The page; an act is no place to be."""
        return redirect("rotas") if act else self._page(request)

    def post(self, request: HttpRequest, act: str) -> HttpResponse:
        """Do one thing; what does not do stays in its form, with the reason beside it."""
        if act not in ACTS:
            raise Http404(act)
        why_not = self.why_not or ("" if act not in SHAPING or self._may_shape() else SHAPERS)
        if why_not:
            return self._page(request, act=act, problems={"act": why_not}, status=403)
        given = Given(request.POST, ZoneInfo(timezone.get_current_timezone_name()), request.FILES)
        try:
            said = ACTS[act](given, self.now)
        except Refused as refused:
            return self._page(request, act=act, problems=refused.problems, status=422)
        messages.success(request, said)
        return redirect("rotas")

    def _may_shape(self) -> bool:
        return self.request.user.has_perm("escalations.change_rota")

    def _page(
        self, request: HttpRequest, *, act: str = "", problems: Mapping[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        zone = ZoneInfo(timezone.get_current_timezone_name())
        within = strips.scale(self.now, zone)
        people = list(Person.objects.filter(is_active=True).with_absence(self.now))
        names = dict(Person.objects.values_list("pk", "name"))
        known = reads.read(since=within.since, until=within.until)
        overrides = list(
            RotaOverride.objects.filter(cancelled_at=None, ends_at__gt=self.now).select_related("person", "rota")
        )
        context: dict[str, Any] = {
            "lines": [self._line(rota, known[rota.key], within, names, overrides) for rota in Rota.objects.all()],
            "days": strips.days(within),
            "now_at": within.place(self.now),
            "now": self.now,
            "zone": zone.key,
            "away": self._away(within.until),
            "people": people,
            "why_not": self.why_not,
            "may_shape": not self.why_not and self._may_shape(),
            "act": act,
            "problems": dict(problems or {}),
            "form": request.POST if act else {},
        }
        return render(request, "escalations/duty/page.html", context, status=status)

    def _line(
        self,
        rota: Rota,
        known: rules.Rota,
        within: strips.Scale,
        names: Mapping[int, str],
        overrides: list[RotaOverride],
    ) -> Line:
        listed = rules.shifts(known, self.now, within.until)
        here, after = listed[0], next((one for one in listed[1:] if one.person != listed[0].person), None)
        gaps = rules.gaps(known, self.now, within.until)
        empty = sum((gap.end - gap.start for gap in gaps), start=self.now - self.now)
        return Line(
            rota=rota,
            holder=names.get(here.person or 0, ""),
            until=strips.moment(after.span.start.astimezone(within.zone)) if after else "",
            then=(names.get(after.person or 0, "nobody") if after else ""),
            strips=strips.strips(known, within, names),
            gaps=[within.words(gap) for gap in gaps],
            uncovered=span(empty) if gaps else "",
            shifts=[
                (
                    f"{one.span.start.isoformat()}/{one.span.end.isoformat()}",
                    f"{names[one.person]}, {within.words(one.span)}",
                )
                for one in listed
                if one.person is not None
            ],
            overrides=[one for one in overrides if one.rota_id == rota.pk],
        )

    def _away(self, until: datetime) -> list[Absence]:
        held = Count("person__owned", filter=Q(person__owned__state__in=OPEN))
        rows = Absence.objects.filter(ends_at__gt=self.now, starts_at__lt=until)
        return list(rows.select_related("person", "deputy").annotate(holds=held).order_by("starts_at"))


class RotaFeed(View):
    """`/rotas/<key>/<feed key>.ics`: the rota for programs that subscribe; who has the address may read it."""

    def get(self, request: HttpRequest, key: str, feed_key: str) -> HttpResponse:
        """Two weeks back and eight ahead."""
        now = timezone.now()
        rota = Rota.objects.filter(key=key, feed_key=feed_key).first()
        if rota is None:
            raise Http404
        since, until = now - reads.HORIZON, now + 4 * reads.HORIZON
        known = reads.read([key], since=since, until=until)[key]
        names = dict(Person.objects.values_list("pk", "name"))
        body = calendars.feed(key, rota.name, rules.shifts(known, since, until), names, now)
        return HttpResponse(body, content_type="text/calendar; charset=utf-8")


def _cover(given: Given, now: datetime) -> str:
    rota, person = given.rota(), given.person("person")
    starts, ends = given.moment("starts_at"), given.moment("ends_at")
    given.check()
    rotas.override(rota=rota, person=person, starts_at=starts, ends_at=ends, reason=given.text("reason"), now=now)
    return f"{person.name} covers {rota.name}."


def _calendar(given: Given, now: datetime) -> str:
    rota = given.rota()
    count = rotas.read_calendar(rota=rota, body=given.file("calendar"), now=now)
    return f"{rota.name} took {count} shifts from the calendar."


def _uncover(given: Given, now: datetime) -> str:
    override = given.number("override")
    given.check()
    row = rotas.cancel_override(override_id=override, reason="taken back", now=now)
    return f"{row.person.name} no longer covers {row.rota.name}."


def _swap(given: Given, now: datetime) -> str:
    rota = given.rota()
    first, second = given.span("first"), given.span("second")
    given.check()
    one, two = rotas.swap(rota=rota, first=first, second=second, reason=given.text("reason"), now=now)
    return f"{one.person.name} and {two.person.name} change shifts."


def _away(given: Given, now: datetime) -> str:
    person, deputy = given.person("person"), given.person("deputy", needed=False)
    starts, ends = given.moment("starts_at"), given.moment("ends_at")
    given.check()
    absences.say(
        person=person,
        starts_at=starts,
        ends_at=ends,
        deputy=deputy if deputy.pk else None,
        reason=given.text("reason"),
        now=now,
    )
    return f"{person.name} is away; their open work moves when it begins."


def _back(given: Given, now: datetime) -> str:
    absence = given.number("absence")
    given.check()
    row = absences.end(absence_id=absence, now=now)
    return f"{row.person.name} is back; what nobody took up comes back within seconds."


def _new(given: Given, now: datetime) -> str:
    rota = rotas.save_rota(key=given.text("key"), name=given.text("name"), time_zone=given.text("time_zone"))
    return f"{rota.name} is there. Add its first layer."


def _layer(given: Given, now: datetime) -> str:
    rota = given.rota()
    people, windows = given.turn_takers("people"), given.windows("windows")
    starts_on, hand_over_at, hours = given.day("starts_on"), given.clock("hand_over_at"), given.number("turn_hours")
    given.check()
    layer = rotas.add_layer(
        rota=rota, name=given.text("name"), people=people, starts_on=starts_on, hand_over_at=hand_over_at,
        turn_hours=hours, windows=windows,
    )  # fmt: skip
    return f"{rota.name} has the layer {layer.name}."


ACTS: dict[str, Callable[[Given, datetime], str]] = {
    "cover": _cover,
    "calendar": _calendar,
    "uncover": _uncover,
    "swap": _swap,
    "away": _away,
    "back": _back,
    "new": _new,
    "layer": _layer,
}
