"""Sets of records are written by other statements than single ones: what they leave behind must be the same."""

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.services.holding import writing
from opsportal.audit.acting import acting
from tests import factories

pytestmark = pytest.mark.django_db
OF_THE_ROW = {"history_id", "history_date"}


def _history(escalation: Escalation) -> dict[str, Any]:
    row = escalation.history.latest("history_id")
    return {name: value for name, value in vars(row).items() if not name.startswith("_") and name not in OF_THE_ROW}


def test_history_of_a_set_is_what_simple_history_writes() -> None:
    """Every column, and one row a record."""
    factories.catalog()
    records = [factories.escalation(title=f"Trouble {n}", facts={"severity": {"value": "high"}}) for n in range(3)]
    now = factories.now() + timedelta(minutes=1)
    with acting(user_id=7, name="Dana Okafor", door="browser"), writing(now=now, reason="a set of them") as unit:
        for record in records:
            record.blocker_note = "waits for 'the' fix; 100 %s"
            record.risk = ["churn"]
            unit.change(record)
    for record in records:
        by_set = _history(record)
        assert (by_set["history_type"], by_set["history_user_id"]) == ("~", 7)
        assert record.history.latest("history_id").history_date == now
        with acting(user_id=7, name="Dana Okafor", door="browser", reason="a set of them") as act:
            Escalation.objects.get(pk=record.pk).save()
        assert _history(record) == {**by_set, "history_act": act.id}
        assert record.history.count() == 3


def test_a_set_is_stored_as_its_records_are() -> None:
    """What is read again is what was written, empty values too."""
    factories.catalog()
    records = [factories.escalation(title=f"Trouble {n}") for n in range(2)]
    with writing(now=factories.now(), reason="both") as unit:
        for record in records:
            record.promise_at = None
            record.facts = {"title": {"value": "ünïcode, 'quotes' and %s"}}
            unit.change(record)
    names = [field.attname for field in Escalation._meta.concrete_fields]
    for record in records:
        stored = Escalation.objects.get(pk=record.pk)
        assert [getattr(stored, name) for name in names] == [getattr(record, name) for name in names]


def test_ranks_alone_leave_history_but_no_version() -> None:
    """The calendar moved: forms that people have open stay good."""
    factories.catalog()
    record = factories.escalation(title="Trouble")
    before = record.history.count()
    with writing(now=factories.now(), reason="the calendar") as unit:
        unit.rerank(record)
    assert Escalation.objects.get(pk=record.pk).version == record.version
    assert record.history.count() == before + 1
