"""What versions on trial would have done on live signals, beside what was done."""

from typing import Any

from escalations.domain import tallying
from escalations.models import Backtest
from templates_engine.models import Version


def pilot_of(version: Version | int) -> Backtest | None:
    """The newest pilot of a version; its rows tell signal by signal."""
    pk = version if isinstance(version, int) else version.pk
    return Backtest.objects.filter(version=pk, kind=Backtest.Kind.PILOT).order_by("-pk").first()


def pilot_report(version: Version | int) -> dict[str, Any]:
    """The report of a version's pilot, with the keys of a backtest's; zeros before the first signal.

    In shadow, `before` is what was done and the rest what the version would have done. Live for one team, the rest is
    what was done and `before` what the active version would have.
    """
    found = pilot_of(version)
    return tallying.report(found.tally if found is not None else tallying.empty())
