"""Webhooks as vendors really send them: none lost, each explained, and the same again changes nothing."""

from pathlib import Path

import pytest

from escalations import pipeline
from escalations.models import Signal
from escalations.services import sources
from escalations.services.writing import Writing
from tests.stories import world
from tools import post_payloads

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "payloads"


@pytest.mark.django_db
def test_samples_are_kept_explained_and_idempotent(company: None) -> None:
    """Matched, in review with a named owner, or ignored with words; twice is once, to the last row."""
    files = post_payloads.payloads(SAMPLES)
    assert len(files) >= 8
    bodies = {post_payloads.body(path) for path in files}  # two samples carry the same event id: they are one delivery
    first = [post_payloads.post(path, world.SECRET) for path in files]
    assert {status for status, _ in first} == {202}
    post_payloads.finish()
    before = post_payloads.digest()
    assert [post_payloads.post(path, world.SECRET) for path in files] == first
    post_payloads.finish()
    assert post_payloads.digest() == before
    for path, (_, signal_id) in zip(files, first, strict=True):
        signal = Signal.objects.select_related("case__owner", "escalation__owner").get(pk=signal_id)
        assert bytes(signal.delivery.body) in bodies
        assert signal.stage in ("matched", "review", "ignored"), path.name
        assert signal.reasons[-1]["words"], path.name
        assert signal.stage != "review" or (signal.case and signal.case.owner), path.name
        assert signal.stage != "matched" or (signal.escalation and signal.escalation.owner), path.name


@pytest.mark.django_db
def test_the_digest_sees_a_change(company: None) -> None:
    """Otherwise equal digests would prove nothing."""
    before = post_payloads.digest()
    world.post("generic", {"account": "Acme"})
    kept = post_payloads.digest()
    post_payloads.finish()
    assert len({before, kept, post_payloads.digest()}) == 3


@pytest.mark.django_db
def test_what_a_sender_may_post_is_not_only_what_a_mapping_knows(company: None) -> None:
    """A source with a mapping that is not there: its signals wait in front of a person, and are not lost."""
    source, _ = sources.connect(kind="generic", slug="odd", secrets=(world.SECRET,))
    source.mapping_key = "nowhere"
    source.save()
    signal_id = world.post("generic", {"account": "Acme"}, slug="odd").json()["signal"]
    for _ in range(3):
        Signal.objects.update(next_try_at=None)
        post_payloads.finish()
    signal = Signal.objects.select_related("case__owner").get(pk=signal_id)
    assert (signal.stage, signal.case and signal.case.reason) == ("review", "processing_error")


@pytest.mark.django_db
def test_a_fault_that_quotes_what_no_database_takes_is_told_all_the_same(
    company: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words are cleaned; the poisoned signal goes to a person and the others go on."""

    def poisoned(unit: Writing, signal: Signal) -> None:
        if signal.position == 0 and signal.pk == first:
            raise ValueError("a\x00b\ud800")
        run(unit, signal)

    run = pipeline.run
    monkeypatch.setattr(pipeline, "run", poisoned)
    # A report with a lone surrogate in its captured log can not be sent between the processes of the suite.
    monkeypatch.setattr(pipeline.log, "disabled", True)
    first = int(world.post("generic", {"account": "Acme"}, delivery="a").json()["signal"])
    second = world.post("generic", {"account": "Acme"}, delivery="b").json()["signal"]
    for _ in range(3):
        Signal.objects.update(next_try_at=None)
        post_payloads.finish()
    signal = Signal.objects.select_related("case__owner").get(pk=first)
    assert (signal.stage, signal.case and signal.case.reason, signal.attempts) == ("review", "processing_error", 3)
    assert Signal.objects.get(pk=second).stage == "review"
