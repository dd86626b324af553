"""snapshot: what the record and its signals say at this moment is kept for good."""

from collections.abc import Sequence

from escalations.models import Snapshot
from escalations.queries import snapshots
from escalations.services.steps.base import Doing, Here

_WORDS = {"state": "state", "changes": "recent changes", "logs": "signals"}
_ALL = list(_WORDS)


def _effect(here: Here) -> str:
    of: Sequence[str] = here.step.of or _ALL
    # What other rows say is read when everything of this moment is written.
    content = {name: snapshots.state(here.escalation) if name == "state" else [] for name in of}
    here.unit.snapshots.append(
        Snapshot(run=here.run, escalation=here.escalation, at=here.unit.now, content=content, digest="")
    )
    return f"kept {', '.join(_WORDS[name] for name in of)}"


SNAPSHOT = Doing(effect=_effect)
