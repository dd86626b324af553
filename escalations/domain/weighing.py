"""The ranking document as the rule of priority takes it."""

from escalations.domain import priority
from templates_engine.spec.policies import RankingPolicy


def weights(policy: RankingPolicy) -> priority.RankingWeights:
    """The head starts of a ranking policy."""
    return priority.RankingWeights(
        severity=policy.severity,
        renewal=tuple((band.within_days, band.hours) for band in policy.renewal),
        amount=tuple((band.at_least, band.hours) for band in policy.amount),
        certainty={str(name): hours for name, hours in policy.certainty.items()},
        overdue_cap_hours=policy.overdue_cap_hours,
        executive=policy.executive,
    )
