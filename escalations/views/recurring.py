"""`/recurring/`: exceptions that come again and again, what they cost, and the rule that would end them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format

from escalations.domain.reasons import Reason
from escalations.domain.recurring import EVERY_WEEK, WEEKS, Cost
from escalations.domain.remedies import RULED, remedy
from escalations.models import Case
from escalations.queries import recurring as reads
from escalations.views.screens import Screen, number

PAGE = 25
LISTED = 20
BAR, GAP, HIGH = 9, 3, 28


@dataclass(frozen=True, slots=True)
class Bar:
    """A week in the picture."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """A group on the page. `cases` are the newest; `rule` is the case a rule is made from, 0 where none can be."""

    id: str
    title: str
    reason: str
    step: str
    count: int
    cost: Cost
    hours: str
    handling: str
    weeks: str
    bars: list[Bar]
    proposal: str
    rule: int
    found: reads.Recurring

    @property
    def cases(self) -> list[Case]:
        """The newest cases."""
        return reads.cases_of(self.found.group.keys, LISTED)

    @property
    def more(self) -> int:
        """How many are not listed."""
        return max(self.count - LISTED, 0)


class RecurringPage(Screen):
    """The groups, design faults first."""

    permission_required = "escalations.view_case"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found, looked = reads.recurring(now=self.now)
        start = max(number(request.GET.get("from")) or 0, 0)
        context = {
            "lines": [_line(one) for one in found[start : start + PAGE]],
            "groups": len(found),
            "faults": sum(one.cost.fault for one in found),
            "hours": _figure(sum(one.cost.hours for one in found)),
            "repeated": sum(len(one.group.keys) for one in found),
            "looked": looked,
            "cut": looked >= reads.MOST,
            "weeks": WEEKS,
            "every": EVERY_WEEK,
            "start": start,
            "before": max(start - PAGE, 0),
            "after": start + PAGE if start + PAGE < len(found) else 0,
            "width": WEEKS * (BAR + GAP) - GAP,
            "high": HIGH,
            "bar": BAR,
            "now": self.now,
        }
        return render(request, "escalations/recurring/page.html", context)


def _line(one: reads.Recurring) -> Line:
    reason, most = Reason(one.group.reason), max(one.cost.weeks) or 1
    heights = [round(HIGH * count / most) for count in one.cost.weeks]
    words = one.group.words
    return Line(
        id=one.group.id,
        title=words[:1].upper() + words[1:] if words else reason.words,
        reason=reason.words,
        step=one.group.step,
        count=len(one.group.keys),
        cost=one.cost,
        hours=_figure(one.cost.hours),
        handling=_figure(one.cost.handling),
        weeks=", ".join(map(str, one.cost.weeks)),
        bars=[Bar(place * (BAR + GAP), HIGH - tall, tall) for place, tall in enumerate(heights)],
        proposal=remedy(one.group.reason),
        rule=one.newest if reason in RULED else 0,
        found=one,
    )


def _figure(value: float) -> str:
    return number_format(value, 0 if value >= 10 else 1, use_l10n=True, force_grouping=True)
