"""The way of a version: loaded, written, signed by another, at work, asked for again."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from templates_engine import queries, services
from templates_engine.models import Version
from templates_engine.spec.documents import DocumentError
from tests.templates_engine import desk
from tests.templates_engine.desk import NOW, SLA

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[User, User]:
    return desk.author(), desk.approver()


def test_new_is_active_same_is_nothing_other_is_a_draft() -> None:
    assert [one.outcome for one in services.load([("a", SLA)], now=NOW)] == ["active"]
    assert [one.outcome for one in services.load([("a", SLA + "# said\n")], now=NOW)] == ["unchanged"]
    assert [one.outcome for one in services.load([("a", SLA.replace("8h", "9h"))], now=NOW)] == ["draft"]
    assert queries.active_documents().sla.levels["high"].resolve == "8h"
    assert Version.history.count() == 2


def test_one_fault_and_nothing_is_loaded() -> None:
    with pytest.raises(DocumentError) as caught:
        services.load([("good", SLA), ("bad", "kind: sla\nkey: x\ntitle: X\n")], now=NOW)
    assert all(problem.path.startswith("bad: ") for problem in caught.value.problems)
    assert not Version.objects.exists()


def test_signed_by_another_then_active_and_the_old_one_stays_readable(people: tuple[User, User]) -> None:
    services.load([("a", SLA)], now=NOW)
    first = Version.objects.get()
    second = desk.active(SLA.replace("8h", "9h"), *people)
    assert queries.active_documents().sla.levels["high"].resolve == "9h"
    first.refresh_from_db()
    assert (first.state, second.state) == ("retired", "active")
    again = services.roll_back(version_id=first.pk, by=people[0], comment="nine was too long", now=NOW)
    assert (again.number, again.state, again.digest) == (3, "in_review", first.digest)


def test_nobody_signs_their_own_or_what_they_did_not_see(people: tuple[User, User]) -> None:
    author, approver = people
    made = services.draft(text=SLA, author=author, now=NOW)
    services.submit(version_id=made.pk, by=author, intent="Why", now=NOW)
    with pytest.raises(services.NotYours, match="wrote"):
        services.approve(version_id=made.pk, by=author, seen_digest=made.digest, comment="", now=NOW)
    with pytest.raises(services.LifecycleError, match="saw"):
        services.approve(version_id=made.pk, by=approver, seen_digest="0" * 64, comment="", now=NOW)
    with pytest.raises(services.LifecycleError, match="is in review"):
        services.activate(version_id=made.pk, by=approver, now=NOW)
    with pytest.raises(services.LifecycleError, match="Say what"):
        services.send_back(version_id=made.pk, by=approver, comment=" ")
    assert services.send_back(version_id=made.pk, by=approver, comment="why?").state == "draft"


@pytest.mark.parametrize("faked", [{}, {"approved_digest": "0" * 64}, {"self_signed": True}, {"unauthored": True}])
def test_the_database_refuses_an_unsigned_active_version(people: tuple[User, User], faked: dict[str, object]) -> None:
    author, approver = people
    made = services.draft(text=SLA, author=author, now=NOW)
    fields: dict[str, object] = {"state": "active"}
    if faked:
        fields |= {"approved_by": approver, "approved_at": NOW, "approved_digest": made.digest}
        fields["approved_digest"] = faked.get("approved_digest", made.digest)
        fields["approved_by"] = author if "self_signed" in faked else approver
        fields["author"] = None if "unauthored" in faked else author
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=made.pk).update(**fields)


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_catalog")
    assert len(queries.active_documents().templates) >= 3
    (tmp_path / "bad.yaml").write_text("kind: sla\nkey: x\n")
    with pytest.raises(CommandError, match="problems in 1 file"):
        call_command("check_catalog", str(tmp_path / "bad.yaml"))
    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("load_catalog", str(tmp_path))
    assert "levels" in capsys.readouterr().out


def test_admin_shows_and_never_changes(admin_client: object) -> None:
    services.load([("a", SLA)], now=NOW)
    version = Version.objects.get()
    get = admin_client.get  # type: ignore[attr-defined]  # pytest-django's client
    for path in ("document/", f"document/{version.document_id}/change/", "version/", f"version/{version.pk}/change/",
                 f"version/{version.pk}/history/"):  # fmt: skip
        assert get(f"/admin/templates_engine/{path}").status_code == 200, path
    assert get("/admin/templates_engine/version/add/").status_code == 403
