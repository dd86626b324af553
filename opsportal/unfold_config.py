"""unfold's own settings. Colours live in static/opsportal/admin.css, the sidebar in opsportal/navigation.py."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Opsportal",
    "SITE_HEADER": "Opsportal",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "4px",
    "COMMAND": {"search_models": False, "show_history": False},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "opsportal.shell.sidebar",
    },
}
