"""Try a version of a document over stored signals, here and now."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from escalations.models import Backtest
from escalations.services import backtesting
from escalations.services.errors import Refused
from opsportal.lib import durations
from templates_engine.models import Document, Version

BAR = 30
KINDS = tuple(Document.Kind.values)


class Command(BaseCommand):
    """The same run as the portal's, without its queue; nothing but its own rows is written."""

    help = (
        "Run a version over stored signals and show what it would have done. "
        "Example: manage.py backtest any-customer-trouble --version 3 --since 30d --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """KEY, and what of it over which time."""
        parser.add_argument("key", help="key of the document")
        parser.add_argument("--kind", choices=KINDS, help="where documents of several kinds have the key")
        # Django's own --version prints its number; here it is the document's.
        parser.add_argument("--number", "--version", dest="number", type=int, help="its version; the newest without it")
        parser.add_argument("--since", default="30d", help="a moment (ISO 8601), or how long ago, such as 30d")
        parser.add_argument("--until", default="", help="a moment (ISO 8601), or how long ago; now without it")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """`--version` is taken from Django's own option."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it to its end, with a progress bar, and say what it found."""
        now = timezone.now()
        version = self._version(options)
        until = _moment(options["until"], now) if options["until"] else now
        try:
            run = backtesting.start(
                version_id=version.pk, by=None, now=now, since=_moment(options["since"], now), until=until
            )
        except Refused as refused:
            raise CommandError("; ".join(f"{name}: {words}" for name, words in refused.problems.items())) from refused
        more = True
        while more:
            more = backtesting.step(run.pk, seconds=0)
            run = Backtest.objects.get(pk=run.pk)
            self._progress(run)
        self.stderr.write("")
        if run.state != Backtest.State.DONE:
            raise CommandError(f"{run.state}: {run.fault or 'somebody stopped it'}")
        self.stdout.write(json.dumps(run.report, indent=2) if options["json"] else _words(version, run))

    def _version(self, options: dict[str, Any]) -> Version:
        rows = Version.objects.select_related("document").filter(document__key=options["key"])
        if options["kind"]:
            rows = rows.filter(document__kind=options["kind"])
        if options["number"]:
            rows = rows.filter(number=options["number"])
        found = list(rows.order_by("-number"))
        if not found:
            raise CommandError(f"there is no such version of {options['key']!r}")
        kinds = sorted({one.document.kind for one in found})
        if len(kinds) > 1:
            raise CommandError(f"{options['key']!r} is the key of {' and '.join(kinds)}: say --kind")
        return found[0]

    def _progress(self, run: Backtest) -> None:
        share = run.done / run.total if run.total else 1.0
        full = round(BAR * share)
        bar = f"[{'#' * full}{'.' * (BAR - full)}]"
        self.stderr.write(f"\r{bar} {share:4.0%} {run.done:,} of {run.total:,} signals", ending="")


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        span: timedelta = durations.parse(text)
    except ValueError as fault:
        raise CommandError(f"{text!r} is no moment (ISO 8601) and no duration") from fault
    return now - span


def _words(version: Version, run: Backtest) -> str:
    report, before = run.report, run.report["before"]
    lines = [f"{version} over {report['signals']:,} signals: {report['changed']:,} would go another way"]
    lines += [f"  {name}: {before[name]:,} → {report[name]:,}" for name in ("opened", "joined", "review", "ignored")]
    lines += [f"  {owner}: {before['owners'].get(owner, 0):,} → {n:,}" for owner, n in report["owners"].items()]
    lines += [f"  also holds: {one} and {other}, {n:,} times" for one, other, n in report["collisions"]]
    lines += [f"  signal {one['signal']}: {one['before']} → {one['after']}" for one in report["differences"][:20]]
    return "\n".join([*lines, f"digest {run.digest}"])
