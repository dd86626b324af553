"""Our templates stand in for unfold's: an upgrade that changes an original must be looked at before it lands.

Changed? Read the difference, carry over what matters into opsportal/templates, then pin the new hash here.
"""

import hashlib
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.house.source import ROOT

UNFOLD = Path(str(distribution("django-unfold").locate_file("unfold")))
PINNED = {
    "templates/unfold/layouts/skeleton.html": "062bb8d9caf56385289bde95c57e06c13dfc598fc3463332f967e8b52724d84c",
    "templates/admin/base.html": "7428a8411d69ed8180178d888e37eaf05d73658d78c9e14eb04b79f0e8fe131c",
    "templates/admin/nav_sidebar.html": "9ded21d2f1036a58f72624a573643ddb66887280fa696621289d6cf959d4eb08",
    "templates/unfold/helpers/header.html": "40708fcc53f5cb02f9c5d61c36bd3a1cd99ae662151c0e975b56bf826a57fa79",
    "templates/unfold/helpers/header_title.html": "708a66bc1c0997f3927ce7ea61e6840d612cf2a465505d5c7e5bdc88f3515d1f",
    "static/unfold/js/app.js": "d95bf6aad8d7520dc091705fee150027e8c4afe17904ba49254ad537d584ce71",
    "static/unfold/js/alpine/alpine.js": "04656d770039b55ac7a37aeecb92191de2c7775f61f2d0183331cc16c13f3f1e",
}
ALPINE = ROOT / "static/opsportal/vendor/alpine-csp-3.17.4.min.js"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", PINNED)
def test_the_original_is_the_one_we_replaced(name: str) -> None:
    assert digest(UNFOLD / name) == PINNED[name]


def test_every_override_is_pinned() -> None:
    """A template of ours at a path of unfold's replaces it, knowingly or not."""
    templates = ROOT / "opsportal/templates"
    ours = {path.relative_to(templates).as_posix() for path in templates.rglob("*.html")}
    replaced = {f"templates/{name}" for name in ours if (UNFOLD / "templates" / name).exists()}
    # Password pages take nothing from unfold's.
    assert {name for name in replaced if "/registration/" not in name} == {
        name for name in PINNED if name.startswith("templates/")
    }


def test_alpine_is_the_unchanged_csp_build() -> None:
    assert digest(ALPINE) == "0d18d7f8d7910e2e0212f0f056b12f50bebc3abb7d88d2f7c7cb4c336fe4519a"
    assert "Function(" not in ALPINE.read_text(encoding="utf-8")
