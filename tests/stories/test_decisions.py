"""One decision: what the line recorded comes out of decide again, byte for byte."""

from collections import Counter
from datetime import datetime

import pytest
from django.db import connection

from escalations.domain.deciding import Decision, Inputs, decide
from escalations.domain.decision import canonical
from escalations.models import Signal
from templates_engine.queries import documents_of
from tests.conftest import ON
from tests.stories import mix

pytestmark = pytest.mark.usefixtures("company")
COUNT = 2000 if ON == "sqlite" else 400


def _text(signal: Signal, column: str) -> str:
    """The column as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM escalations_signal WHERE id = %s", [signal.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.slow
def test_recorded_decisions_come_out_again_byte_for_byte() -> None:
    """Every outcome and every source among them; the texts as stored, not as read."""
    mix.play(COUNT)
    signals = mix.decided()
    assert len(signals) >= COUNT
    outcomes = Counter((one.source.slug, one.decided["outcome"]) for one in Signal.objects.select_related("source"))
    assert {outcome for _, outcome in outcomes} == {"ignored", "review", "join", "open"}, outcomes
    assert {slug for slug, _ in outcomes} == {"zendesk", "slack", "generic"}
    for signal in signals:
        inputs = Inputs.from_json(signal.considered)
        again = decide(inputs, documents_of(signal.decided_on), datetime.fromisoformat(signal.decided["at"]))
        assert canonical(again.to_json()) == _text(signal, "decided"), signal.pk
        assert again.digest == signal.decision_digest
        assert canonical(inputs.to_json()) == _text(signal, "considered")
        assert Decision.from_json(signal.decided) == again
