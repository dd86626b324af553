"""`/templates/versions/<id>/do/<verb>/`: what is done to a version. What was typed survives every refusal."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from escalations.models import Backtest
from escalations.services import backtesting, governing
from escalations.services.errors import Refused, Stale
from escalations.views.approving.version import VersionScreen, found, zone
from escalations.views.moments import moment
from escalations.views.screens import number
from opsportal.audit.acting import acting
from templates_engine.models import Version
from templates_engine.services import LifecycleError, NotYours, StaleVersion
from templates_engine.spec.documents import DocumentError

type Done = tuple[str, int]


class Act(VersionScreen):
    """One verb on one version; a plain form, answered by the page it came from."""

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Do it, or say beside the button why not: 403 not yours, 409 somebody was first, 422 something is missing."""
        version, act = found(pk), _ACTS.get(verb)
        if act is None:
            raise Http404("There is no such act.")
        try:
            with transaction.atomic(), acting(door="approvals"):
                words, go = act(self, version)
        except (Stale, StaleVersion) as fault:
            return self._again(version, f"{fault} Nothing was done; what you typed is kept.", 409)
        except NotYours as fault:
            return self._again(version, str(fault), 403)
        except Refused as fault:
            return self._again(version, "; ".join(f"{name} {why}" for name, why in fault.problems.items()), 422)
        except (LifecycleError, DocumentError, ValueError) as fault:
            return self._again(version, str(fault), 422)
        messages.success(request, words)
        return redirect("version", go)

    def typed(self, name: str) -> str:
        """A field as it was typed, without what no database keeps."""
        return self.request.POST.get(name, "").replace("\x00", "").strip()

    def _again(self, version: Version, words: str, status: int) -> HttpResponse:
        """The page the form stood on, once more, with its panel open."""
        shown = number(self.request.POST.get("on"))
        typed = {name: self.typed(name) for name in self.request.POST}
        at = found(shown) if shown and shown != version.pk else found(version.pk)
        return self.page(at, asked=typed.get("panel", ""), typed=typed, refused=words, status=status)


def _approve(act: Act, version: Version) -> Done:
    """Sign what was shown; then, in the same transaction, what the signer chose should follow."""
    then, by, now = act.typed("then"), act.reader, act.now
    running = act.typed("running") or Version.Running.STAY
    stamp = act.typed("list") if running == Version.Running.MIGRATE else ""
    at = _moment(act) if then == "at" else None
    signed = governing.approve(
        version_id=version.pk,
        by=by,
        seen_digest=act.typed("digest"),
        comment=act.typed("comment"),
        now=now,
        activate_at=at,
        running=running,
        seen_list=stamp,
    )
    name = f"v{version.number}"
    if then == "now":
        governing.activate(version_id=signed.pk, by=by, now=now, seen_list=stamp)
        return f"You signed {name}. It is active: new escalations start on it.", version.pk
    if then in ("shadow", "team"):
        governing.start_pilot(version_id=signed.pk, by=by, mode=then, now=now, team=act.typed("team"))
        return f"You signed {name}. It is in pilot.", version.pk
    return f"You signed {name}." + (f" It goes to work {at:%a %d %b %Y, %H:%M %Z}." if at else ""), version.pk


def _moment(act: Act) -> datetime:
    """When it should go to work; ValueError in words."""
    said = act.typed("at").replace("T", " ")
    if not said:
        raise ValueError("Say when it should go to work.")
    try:
        return moment(said, now=act.now, zone=zone(act.typed("zone")))
    except ValueError as fault:
        raise ValueError(f"When: {fault}.") from None


def _send_back(act: Act, version: Version) -> Done:
    governing.send_back(version_id=version.pk, by=act.reader, comment=act.typed("comment"), now=act.now)
    return f"v{version.number} is sent back; its authors are told.", version.pk


def _recall(act: Act, version: Version) -> Done:
    governing.recall(version_id=version.pk, by=act.reader, comment=act.typed("comment"), now=act.now)
    return f"v{version.number} is a draft again.", version.pk


def _activate(act: Act, version: Version) -> Done:
    governing.activate(version_id=version.pk, by=act.reader, now=act.now, seen_list=act.typed("list"))
    return f"v{version.number} is active: new escalations start on it.", version.pk


def _cancel_schedule(act: Act, version: Version) -> Done:
    governing.cancel_schedule(version_id=version.pk, by=act.reader, now=act.now)
    return f"v{version.number} is signed still; nothing puts it to work by itself.", version.pk


def _start_pilot(act: Act, version: Version) -> Done:
    mode = act.typed("then")
    governing.start_pilot(version_id=version.pk, by=act.reader, mode=mode, now=act.now, team=act.typed("team"))
    return f"v{version.number} is in pilot.", version.pk


def _end_pilot(act: Act, version: Version) -> Done:
    governing.end_pilot(version_id=version.pk, by=act.reader, now=act.now)
    return f"The pilot of v{version.number} is over; it is signed still.", version.pk


def _retire(act: Act, version: Version) -> Done:
    governing.retire(version_id=version.pk, by=act.reader, comment=act.typed("comment"), now=act.now)
    return f"v{version.number} is retired; what runs on it goes on.", version.pk


def _roll_back(act: Act, version: Version) -> Done:
    made = governing.roll_back(version_id=version.pk, by=act.reader, comment=act.typed("comment"), now=act.now)
    return f"v{made.number} holds the text of v{version.number} again and waits for a signature.", made.pk


def _emergency(act: Act, version: Version) -> Done:
    made = governing.emergency_roll_back(
        version_id=version.pk, by=act.reader, comment=act.typed("comment"), now=act.now
    )
    return f"v{made.number} is active with the text of v{version.number}. Somebody else signs it within 24 h.", made.pk


def _countersign(act: Act, version: Version) -> Done:
    governing.countersign(
        version_id=version.pk, by=act.reader, seen_digest=act.typed("digest"), comment=act.typed("comment"), now=act.now
    )
    return f"You countersigned v{version.number}.", version.pk


def _remark(act: Act, version: Version) -> Done:
    governing.remark(
        version_id=version.pk, by=act.reader, text=act.typed("text"), path=act.typed("path")[:300], now=act.now
    )
    return "Your remark stands in the discussion.", version.pk


def _rebase(act: Act, version: Version) -> Done:
    governing.rebase(version_id=version.pk, by=act.reader, now=act.now)
    return f"v{version.number} builds on what is active now.", version.pk


def _discard(act: Act, version: Version) -> Done:
    governing.discard(version_id=version.pk, by=act.reader, now=act.now)
    return f"The draft v{version.number} is dropped.", version.pk


def _submit(act: Act, version: Version) -> Done:
    governing.submit(version_id=version.pk, by=act.reader, intent=act.typed("intent"), now=act.now)
    return f"v{version.number} is in review; those who may sign are told.", version.pk


def _draft(act: Act, version: Version) -> Done:
    made = governing.draft(text=version.text, author=act.reader, now=act.now, based_on=version)
    return f"v{made.number} is your draft.", made.pk


def _backtest(act: Act, version: Version) -> Done:
    if not act.may_test:
        raise NotYours("You can read backtests but not start them. An author or an approver can.")
    since, until = _day(act.typed("since")), _day(act.typed("until"), end=True)
    until = min(until, act.now) if until else None
    backtesting.start(version_id=version.pk, by=act.reader, now=act.now, since=since, until=until)
    return "The backtest runs. You can leave; it goes on.", version.pk


def _day(said: str, *, end: bool = False) -> datetime | None:
    """The beginning or the end of a day, UTC, as the hours of a report are; ValueError in words."""
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
        return datetime.combine(day + timedelta(days=end), time(), UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"There is no day {said[:20]}: say it like 2026-05-14.") from None


def _stop(act: Act, version: Version) -> Done:
    if not act.may_test:
        raise NotYours("You can read backtests but not stop them. An author or an approver can.")
    going = Backtest.objects.filter(version=version, pk=number(act.typed("backtest")) or 0).first()
    if going is None:
        raise ValueError("That backtest is not one of this version.")
    backtesting.stop(backtest_id=going.pk, now=act.now)
    return "The backtest is stopped; what was counted stays.", version.pk


_ACTS: dict[str, Callable[[Act, Version], Done]] = {
    "approve": _approve,
    "send_back": _send_back,
    "recall": _recall,
    "activate": _activate,
    "cancel_schedule": _cancel_schedule,
    "start_pilot": _start_pilot,
    "end_pilot": _end_pilot,
    "retire": _retire,
    "roll_back": _roll_back,
    "emergency_roll_back": _emergency,
    "countersign": _countersign,
    "remark": _remark,
    "rebase": _rebase,
    "discard": _discard,
    "submit": _submit,
    "draft": _draft,
    "backtest": _backtest,
    "stop_backtest": _stop,
}
