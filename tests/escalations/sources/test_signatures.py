"""Signatures: the vendors' own vectors, and everything near them that must be refused and never raise."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from escalations.sources import registry, signing
from escalations.sources.base import Incoming, Refusal, SourceConfig

NOW = datetime(2026, 11, 21, 6, 0, 0, tzinfo=UTC)
BODY = '{"ticket_id": "35", "title": "Ausfall für alle"}'.encode()
SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
PLAIN = "plain"  # X-Signature-256, the generic source's second way
SIGNED = {
    "zendesk": ("x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp"),
    "slack": ("x-slack-signature", "x-slack-request-timestamp"),
    "generic": ("webhook-signature", "webhook-timestamp"),
    PLAIN: ("x-signature-256", ""),
}
SCHEMES = list(SIGNED)


def config(scheme: str, *secrets: str) -> SourceConfig:
    """A source of the scheme."""
    return SourceConfig("s", "generic" if scheme == PLAIN else scheme, secrets)


def independent(scheme: str, secret: str, body: bytes, at: datetime = NOW, stamp: str = "") -> dict[str, str]:
    """The headers, made by code that shares nothing with the portal's."""
    key, seconds = secret.encode(), stamp or str(int(at.timestamp()))
    if scheme == "zendesk":
        stamp = stamp or at.strftime("%Y-%m-%dT%H:%M:%SZ")
        made = base64.b64encode(hmac.digest(key, stamp.encode() + body, hashlib.sha256)).decode()
        return dict(zip(SIGNED[scheme], (made, stamp), strict=True))
    if scheme == "slack":
        made = "v0=" + hmac.digest(key, f"v0:{seconds}:".encode() + body, hashlib.sha256).hex()
        return dict(zip(SIGNED[scheme], (made, seconds), strict=True))
    if scheme == PLAIN:
        return {"x-signature-256": "sha256=" + hmac.digest(key, body, hashlib.sha256).hex()}
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    made = base64.b64encode(hmac.digest(raw, f"m1.{seconds}.".encode() + body, hashlib.sha256)).decode()
    return {"webhook-id": "m1", "webhook-timestamp": seconds, "webhook-signature": f"v1,{made}"}


def verdict(scheme: str, headers: dict[str, str], body: bytes = BODY, *secrets: str, at: datetime = NOW) -> str:
    """Why it is refused; empty when it is let in."""
    told = config(scheme, *(secrets or (SECRET,)))
    answer = registry.vendor(told.kind).verify(Incoming(body, headers, "POST", "https://x/in/s/", at), told)
    assert answer.ok == (answer.reason == "")
    return answer.reason


def test_slack_s_published_vector() -> None:
    """docs.slack.dev, Verifying requests from Slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    at = datetime.fromtimestamp(1531420618, UTC)
    assert verdict("slack", headers, body, "8f742231b10e8888abcd99yyyzzz85a5", at=at) == ""
    assert verdict("slack", headers, body, "8f742231b10e8888abcd99yyyzzz85a5") == Refusal.STALE


def test_standard_webhooks_as_its_own_library_signs() -> None:
    """standardwebhooks.com's reference library signs; we believe it, and it believes us."""
    library = Webhook(SECRET)
    made = library.sign("msg_1", NOW, BODY.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": made}
    assert verdict("generic", headers) == ""
    assert verdict("generic", {**headers, "webhook-signature": f"v1a,xyz v1,AAAA {made}"}) == ""
    ours = signing.sign("generic", SECRET, BODY, datetime.now(UTC), "msg_2")
    assert library.verify(BODY.decode(), ours) == json.loads(BODY)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_scheme_by_independent_code(scheme: str) -> None:
    """What senders compute is let in, an empty body too, with the second of two secrets too, up to the window."""
    for body in (BODY, b"", b"\xff\x00", "ü".encode("utf-16")):
        assert verdict(scheme, independent(scheme, SECRET, body), body) == ""
    other = "whsec_" + base64.b64encode(b"o" * 24).decode()
    assert verdict(scheme, independent(scheme, SECRET, BODY), BODY, other, SECRET) == ""
    for seconds in (-299, 299):
        made = independent(scheme, SECRET, BODY, NOW + timedelta(seconds=seconds))
        assert verdict(scheme, made) == ""
    if scheme != PLAIN:
        assert signing.sign(scheme, SECRET, BODY, NOW, "m1").items() >= independent(scheme, SECRET, BODY).items()


ODD_TIMES = (
    *("-1", "9" * 400, "²", "now", "é", "1e9", "0x10", "2026-11-21T06:00:00"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
)


def mutations(scheme: str) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Requests that nearly hold."""
    good = independent(scheme, SECRET, BODY)
    name, stamp = SIGNED[scheme]
    made = good[name]
    yield "bit of the body", good, bytes([BODY[0] ^ 1]) + BODY[1:]
    yield "re-serialised", good, json.dumps(json.loads(BODY)).encode()
    yield "mark before the body", good, b"\xef\xbb\xbf" + BODY
    yield "blank after the body", good, BODY + b"\n"
    yield "no body", good, b""
    yield "bit of the signature", {**good, name: made[:-3] + ("A" if made[-3] != "A" else "B") + made[-2:]}, BODY
    yield "other case", {**good, name: made.swapcase()}, BODY
    yield "truncated", {**good, name: made[:-1]}, BODY
    yield "longer", {**good, name: made + "A"}, BODY
    yield "twice, as a proxy joins them", {**good, name: f"{made},{made}"}, BODY
    yield "letters beyond ASCII", {**good, name: made[:-1] + "é"}, BODY
    yield "half a pair", {**good, name: made[:-1] + "\udcff"}, BODY
    yield "only its prefix", {**good, name: made[:7]}, BODY
    yield "empty", {**good, name: ""}, BODY
    yield "missing", {key: text for key, text in good.items() if key != name}, BODY
    yield "another source's secret", independent(scheme, "whsec_" + base64.b64encode(b"x" * 24).decode(), BODY), BODY
    yield "an empty secret", independent(scheme, "", BODY), BODY
    if not stamp:
        return
    seconds = int(NOW.timestamp())
    old, later = NOW - timedelta(seconds=301), NOW + timedelta(seconds=301)
    yield "old", independent(scheme, SECRET, BODY, old), BODY
    yield "future", independent(scheme, SECRET, BODY, later), BODY
    yield "a time that was not signed", {**good, stamp: independent(scheme, SECRET, BODY, later)[stamp]}, BODY
    yield "no time", {key: text for key, text in good.items() if key != stamp}, BODY
    for odd in (str(seconds * 1000), f"{seconds}.5", f" {seconds}", f"+{seconds}", *ODD_TIMES):
        yield f"time {odd[:20]!r}, signed", independent(scheme, SECRET, BODY, stamp=odd), BODY


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_near_is_let_in(scheme: str) -> None:
    """At least fourteen mutations each; refused with a reason that is kept, and none raises."""
    tried = list(mutations(scheme))
    assert len({what for what, _, _ in tried}) >= 14
    let_in = [what for what, headers, body in tried if not verdict(scheme, headers, body)]
    assert let_in == []


def test_reasons_tell_what_was_wrong() -> None:
    """They are what an integrator looks at."""
    slack = {what: verdict("slack", headers, body) for what, headers, body in mutations("slack")}
    assert (slack["old"], slack["future"]) == (Refusal.STALE, Refusal.FUTURE)
    assert (slack["missing"], slack["no time"], slack["other case"]) == ("missing_signature",) * 2 + ("bad_signature",)
    assert slack["time '1795240800000', signed"] == Refusal.BAD_TIME


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("secret", ["", " ", "whsec_", "whsec_ ", "\0"])
def test_an_empty_secret_lets_nobody_in(scheme: str, secret: str) -> None:
    """Anybody could compute that signature."""
    for used in ("", secret):
        assert verdict(scheme, independent(scheme, used, BODY), BODY, secret)


@pytest.mark.parametrize(
    ("bad", "known"), [("whsec_ ", b"whsec_"), (" whsec_", b"whsec_"), ("whsec_AAAA", b""), ("\0", b"")]
)
def test_a_bad_secret_beside_a_good_one_lets_nobody_in(bad: str, known: bytes) -> None:
    """A Standard Webhooks key that anybody knows: the bare prefix, or zero bytes, which HMAC takes for no key."""
    stamp = str(int(NOW.timestamp()))
    made = base64.b64encode(hmac.digest(known, f"m1.{stamp}.".encode() + BODY, hashlib.sha256)).decode()
    headers = {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{made}"}
    assert verdict("generic", headers, BODY, bad, SECRET) == Refusal.BAD
    assert verdict("generic", independent("generic", SECRET, BODY), BODY, bad, SECRET) == ""


def test_the_two_generic_ways_do_not_help_each_other() -> None:
    """A bad standard signature is not saved by a good plain one; a standard one needs its id and time."""
    good = independent(PLAIN, SECRET, BODY)
    assert verdict("generic", {**good, "webhook-signature": "v1,AAAA", "webhook-id": "a", "webhook-timestamp": "1"})
    standard = independent("generic", SECRET, BODY)
    assert verdict("generic", {**standard, "webhook-id": "m2"}) == Refusal.BAD
    assert verdict("generic", {**standard, "webhook-id": ""}) == Refusal.MISSING


NAMES = sorted(
    {name for pair in SIGNED.values() for name in pair if name}
    | {"webhook-id", "content-type", "idempotency-key", "x-zendesk-webhook-invocation-id"}
)
HEADERS = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40) | st.sampled_from(["application/json"]))
BODIES = st.binary(max_size=200) | st.text('{}[]":,=&%payload\\u0 ', max_size=200).map(str.encode)


@given(st.sampled_from(sorted(registry.KINDS)), HEADERS, BODIES, st.sampled_from([None, "a.b", "[", "a[?b==`1`]|[0]"]))
def test_no_request_raises(kind: str, headers: dict[str, str], body: bytes, path: str | None) -> None:
    """Whatever comes: a verdict, a key that fits its column, headers that every database takes."""
    told = SourceConfig("s", kind, (SECRET,), key_path=path)
    incoming, vendor = Incoming(body, headers, "POST", "/", NOW), registry.vendor(kind)
    assert not vendor.verify(incoming, told).ok
    assert 0 < len(vendor.delivery_key(incoming, told)) <= 220
    assert "\x00" not in vendor.delivery_key(incoming, told)
    vendor.handshake(incoming, told)
    kept = registry.headers_to_keep(kind, headers)
    json.dumps(kept, ensure_ascii=False).encode()
    assert not {name for pair in SIGNED.values() for name in pair[:1]} & set(kept)
