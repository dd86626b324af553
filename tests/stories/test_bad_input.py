"""Whatever a sender with the right secret posts: kept byte for byte, answered, and in front of a named person."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from escalations import clockwork
from escalations.models import Case, Delivery, Rejection, Signal, Source
from escalations.services import ledger, sources
from escalations.services.errors import Refused
from escalations.sources.signing import sign
from escalations.views import intake
from tests.corpora import json_suite, naughty
from tests.stories import world

# "HUGE" is written as a number that Python reads, and would not write down again.
ODD = ("a\x00b", "\ud800", "x" * 100_000, {}, [], [[1]], -1, 2**80, "HUGE", 1e308, True, None, "")


def bodies() -> Iterator[tuple[str, bytes]]:
    """Every way to write a body badly that somebody thought of."""
    yield from json_suite().items()
    base = {"account": "Acme", "title": "t", "severity": "high", "problem": "p"}
    strings = naughty()
    for number, (title, summary, problem) in enumerate(batched([*strings, "", ""][: len(strings) // 3 * 3 + 3], 3)):
        said = {"title": title, "summary": summary, "problem": problem}
        yield f"naughty {number}", json.dumps({**base, **said}).encode()
    for number, text in enumerate(strings[::12]):
        yield f"naughty account {number}", json.dumps({**base, "account": text}).encode()
    for name in base:
        for number, odd in enumerate(ODD):
            yield f"{name} odd {number}", json.dumps({**base, name: odd}).replace('"HUGE"', "9" * 4200).encode()
    yield "utf-16", json.dumps(base).encode("utf-16")
    yield "mark", json.dumps(base).encode("utf-8-sig")
    yield "twice", b'{"account":"Acme","title":"t","severity":"low","severity":"critical","problem":"twice"}'
    yield "nan", b'{"account":"Acme","title":"t","severity":NaN}'
    yield "deep", b'{"account":' * 50_000
    yield "deep list", b'{"account":' + b"[" * 63 + b"]" * 63 + b"}"
    yield "200k keys", b"{" + b",".join(b'"%d":1' % number for number in range(80_000)) + b"}"
    yield "many parts", b"[" + b"1," * 500 + b"1]"
    yield "key of NUL", b'{"a\\u0000b":1,"\\ud800":2}'
    yield "raw", bytes(range(256))


def post_all(kind: str, wanted: list[tuple[str, bytes]]) -> dict[str, tuple[bytes, int]]:
    """Post each; every answer must be 202 and name its signal."""
    kept = {}
    for name, body in wanted:
        answer = world.post(kind, body, delivery=name.encode("ascii", "replace").decode()[:80])
        assert answer.status_code == 202, (name, answer.status_code, answer.content[:200])
        kept[name] = (body, int(answer.json()["signal"]))
    return kept


def finish() -> None:
    """Sweep until the line is empty."""
    for _ in range(20):
        if not clockwork.pipeline.drain():
            return
    raise AssertionError("the line does not get empty")


@pytest.mark.slow
@pytest.mark.django_db
def test_every_bad_body_is_kept_answered_and_explained(company: None) -> None:
    """JSONTestSuite, naughty strings, depth, NaN, NUL, halves of pairs, duplicate keys, UTF-16, many keys."""
    kept = post_all("generic", list(bodies()))
    assert len(kept) > 600
    finish()
    rows = {
        signal.pk: signal
        for signal in Signal.objects.select_related("delivery", "case__owner", "escalation__owner").iterator(200)
    }
    for name, (body, signal_id) in kept.items():
        signal = rows[signal_id]
        assert bytes(signal.delivery.body) == body, name
        if signal.stage == "review":
            assert signal.case is not None, name
            assert signal.case.reason != "processing_error", (name, signal.reasons)
            assert signal.case.owner.name, name
            assert signal.case.question, name
        elif signal.stage == "matched":
            assert signal.escalation is not None, name
            assert signal.escalation.owner is not None, name
        else:
            assert signal.stage == "ignored", (name, signal.stage, signal.reasons)
            assert signal.reasons[-1]["words"], name
    unread = {name for name, (_, pk) in kept.items() if rows[pk].case and rows[pk].case.reason == "body_unreadable"}
    assert {name for name in kept if name.startswith("n_")} <= unread
    assert {"deep", "twice", "nan", "raw", "many parts"} <= unread


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["zendesk", "slack"])
def test_the_vendors_ways_in_take_the_same(company: None, kind: str) -> None:
    """Only a broken handshake or body differs between vendors: nothing raises, everything is explained."""
    wanted = [*json_suite("n_").items(), *json_suite("i_").items()][:: 4 if kind == "zendesk" else 5]
    kept = post_all(kind, wanted)
    finish()
    assert not Signal.objects.filter(stage="received").exists()
    assert not Case.objects.filter(reason="processing_error").exists()
    assert all(signal.reasons for signal in Signal.objects.all())
    assert Signal.objects.count() == len({pk for _, pk in kept.values()})


@pytest.mark.django_db
def test_a_body_without_an_id_counts_again_each_time_its_record_is_closed(company: None) -> None:
    """Not once more, and then never again: each new trouble of the same words is a new signal."""
    body = {"account": "Acme", "title": "Down", "severity": "critical", "problem": "down"}
    seen = set()
    ada = world.person("ada")
    for _ in range(4):
        headers = {"x-signature-256": plain(body), "webhook-signature": ""}
        answer = world.post("generic", body, **{"webhook-id": "", **headers})
        assert answer.status_code == 202
        assert world.post("generic", body, **{"webhook-id": "", **headers}).json() == answer.json()
        clockwork.sweep()
        record = Signal.objects.select_related("escalation").get(pk=answer.json()["signal"]).escalation
        assert record is not None
        seen.add(record.pk)
        ledger.acknowledge(escalation_id=record.pk, by=ada, now=timezone.now())
        ledger.resolve(escalation_id=record.pk, by=ada, resolution="done", now=timezone.now())
        record.refresh_from_db()
        assert record.state == "closed"
    assert len(seen) == 4


def plain(body: object) -> str:
    """X-Signature-256 of a body."""
    data = json.dumps(body).encode()
    return "sha256=" + hmac.new(world.SECRET.encode(), data, hashlib.sha256).hexdigest()


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["missing", "bad", "old", "future", "empty", "other"])
@pytest.mark.parametrize("kind", ["zendesk", "slack", "generic"])
def test_401_in_constant_words_and_only_a_trace_is_kept(company: None, kind: str, way: str) -> None:
    """Time, reason, length and hash; the body and its signature are nowhere."""
    shift = {"old": -400, "future": 400}.get(way, 0)
    secret = "other" if way == "other" else world.SECRET
    body = b'{"secret thing": 1}'
    signed = sign(kind, secret, body, datetime.now(UTC) + timedelta(seconds=shift), "d")
    names = [name for name in signed if "signature" in name and "timestamp" not in name]
    if way == "missing":
        signed = {name: text for name, text in signed.items() if name not in names}
    elif way in ("bad", "empty"):
        signed |= dict.fromkeys(names, "" if way == "empty" else "v0=nope")
    answer = Client().post(f"/in/{kind}/", body, content_type="application/json", headers=signed)
    assert (answer.status_code, answer.json()) == (401, {"error": "signature refused"})
    trace = Rejection.objects.get()
    assert (trace.length, trace.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert trace.reason
    assert not Delivery.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_post_is_a_way_in(company: None, method: str) -> None:
    """405, whoever asks."""
    assert getattr(Client(), method)("/in/generic/").status_code == 405


@pytest.mark.django_db
def test_refusals_need_no_catalog_and_a_flood_costs_little(db: None, django_assert_max_num_queries: Any) -> None:
    """Before the first start is finished a wrong signature is a 401, not a fault; later ones open no case each."""
    world.forget()
    sources.connect(kind="generic", slug="early", secrets=(world.SECRET,))
    for _ in range(4):
        assert Client().post("/in/early/", b"{}", content_type="application/json").status_code == 401
    world.build()
    for _ in range(4):
        assert world.post("generic", {}, **{"webhook-signature": "v1,no"}).status_code == 401
    with django_assert_max_num_queries(6):
        assert world.post("generic", {}, **{"webhook-signature": "v1,no"}).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["9" * 19, "9" * 400])
def test_a_length_beyond_every_column_is_413(company: None, length: str) -> None:
    """PostgreSQL's own limits are not the sender's fault."""
    answer = Client().generic("POST", "/in/generic/", b"", content_type="application/json", CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert Rejection.objects.get().reason == "too_large"


@pytest.mark.django_db
def test_a_fault_of_ours_asks_the_sender_to_come_back(company: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets sealed with a key that is gone, a full disk, a mistake: 503 with Retry-After, never another 5xx."""
    Source.objects.filter(slug="generic").update(sealed_secrets="gAAAAAB-not-ours")
    world.forget()
    answer = world.post("generic", {})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")

    def full(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(intake.intake, "keep", full)
    assert world.post("slack", {}).status_code == 503


@pytest.mark.django_db
def test_an_address_without_its_last_slash_is_the_same_way_in(company: None) -> None:
    """A redirect would lose the body."""
    body = b"{}"
    signed = sign("generic", world.SECRET, body, datetime.now(UTC), "d")
    answer = Client().post("/in/generic", body, content_type="application/json", headers=signed)
    assert answer.status_code == 202


def test_a_secret_that_says_nothing_is_not_taken() -> None:
    """The source would be open to everybody."""
    for secret in ("", " ", "whsec_"):
        with pytest.raises(Refused):
            sources.connect(kind="generic", slug="g", secrets=(secret,))
