"""One navigation for our pages and the admin's: a row here is a line in the sidebar, the palette and the key sheet.

A row whose page does not exist, or that the reader may not open, is left out.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from opsportal.standing import standing


@dataclass(frozen=True, slots=True)
class Item:
    """A line: `link` is an address or the name of a route, `count` a key of standing(), `go` the letter after g."""

    title: str
    link: str
    icon: str
    permission: str = ""
    count: str = ""
    go: str = ""
    query: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    title: str
    items: tuple[Item, ...]


# Icons are outlines on a 16 by 16 grid, drawn with a stroke of 1.5.
SECTIONS = (
    Section(
        "Work",
        (
            Item(
                "Desk", "/", "M2.5 3h11M2.5 8h11M2.5 13h7", "escalations.view_escalation", "desk", "d", "", ("/desk/",)
            ),
            Item(
                "Review queue",
                "/review/",
                "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.4 6.3c.1-2.3 3.3-2 3.2 0C9.5 7.5 8 7.6 8 9M8 11v.4",
                "escalations.view_case",
                "review",
                "r",
            ),
            Item(
                "Signals",
                "/signals/",
                "M2 8h3l2-5 2.5 10 2-5H14",
                "escalations.view_signal",
                go="s",
            ),
        ),
    ),
    Section(
        "Insight",
        (
            Item(
                "Morning scan",
                "/morning/",
                "M2 12h12M4 12a4 4 0 0 1 8 0M8 3v2M3 6l1.3 1M13 6l-1.3 1",
                "escalations.view_escalation",
                go="m",
            ),
            Item("Work map", "/map/", "M2 4h4l3 8h5M6 12H2M9 4h5", "escalations.view_escalation", go="w"),
            Item(
                "Figures",
                "/figures/",
                "M2.5 13.5h11M4 11V7M8 11V3M12 11V5.5",
                "escalations.view_escalation",
                go="f",
            ),
        ),
    ),
    Section(
        "Rules",
        (
            Item(
                "Templates",
                "/templates/",
                "M4 2.5h8v11H4zM6 6h4M6 8.5h4",
                "templates_engine.view_document",
                "sign",
                "t",
            ),
            Item(
                "Mappings",
                "/templates/",
                "M2 4h5v8h7M11.5 9.5 14 12l-2.5 2.5",
                "templates_engine.view_document",
                query="shelf=mappings",
            ),
            Item(
                "Policies",
                "/templates/",
                "M8 2.5v11M4 13.5h8M3 5h10M3 5 1.5 9h3zM13 5l-1.5 4h3z",
                "templates_engine.view_document",
                query="shelf=policies",
            ),
            Item(
                "Governance",
                "/governance/",
                "M8 2 13 4v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM5.5 8l2 2 3-3.5",
                "templates_engine.view_version",
                go="v",
            ),
            Item(
                "Recurring",
                "/recurring/",
                "M3 7a5 5 0 0 1 9-2M12.5 2v3h-3M13 9a5 5 0 0 1-9 2M3.5 14v-3h3",
                "escalations.view_case",
                go="e",
            ),
            Item(
                "Sources",
                "admin:escalations_source_changelist",
                "M3 5.5h6M7 3l2.5 2.5L7 8M13 10.5H7M9 8l-2.5 2.5L9 13",
                "escalations.view_source",
            ),
            Item(
                "Destinations",
                "admin:escalations_destination_changelist",
                "M2.5 8h9M8.5 4.5 12 8l-3.5 3.5M13.5 3v10",
                "escalations.view_destination",
            ),
        ),
    ),
    Section(
        "Record",
        (
            Item("Audit", "/audit/", "M3 2.5v11M6 4h7.5M6 8h7.5M6 12h5", "escalations.view_escalation", go="a"),
            Item(
                "Outbox",
                "/outbox/",
                "M2.5 8.5 13.5 3l-3 10.5L8 9.5z",
                "escalations.view_message",
                go="o",
            ),
        ),
    ),
    Section(
        "People",
        (
            Item(
                "People",
                "admin:escalations_person_changelist",
                "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8ZM3 13.5c.4-2.6 2.4-3.7 5-3.7s4.6 1.1 5 3.7",
                "escalations.view_person",
                go="p",
            ),
            Item(
                "Rotas",
                "/rotas/",
                "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5M6 10.5h4",
                "escalations.view_rota",
                go="u",
            ),
            Item(
                "Teams",
                "admin:escalations_team_changelist",
                "M5.5 7.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"
                "M11 8a1.7 1.7 0 1 0 0-3.4M2 13c.3-2.2 1.7-3.2 3.5-3.2S8.7 10.8 9 13M11 10c1.7 0 2.7 1 3 3",
                "escalations.view_team",
            ),
            Item(
                "Accounts",
                "admin:escalations_account_changelist",
                "M3 13.5v-11h6v11M9 6.5h4v7M2 13.5h12M5 5.5h2M5 8.5h2",
                "escalations.view_account",
                go="c",
            ),
            Item(
                "Logins",
                "admin:auth_user_changelist",
                "M9.5 9.5a3.5 3.5 0 1 0-3-3L2.5 10.5v3h3v-2h2z",
                "auth.view_user",
            ),
        ),
    ),
)


@lru_cache(maxsize=128)
def address(link: str) -> str | None:
    """Where a line leads, or None while nobody answers there. Routes do not change while a process lives."""
    try:
        if link.startswith("/"):
            resolve(link)
            return link
        return reverse(link)
    except (NoReverseMatch, Resolver404):
        return None


def _is_here(item: Item, target: str, request: HttpRequest) -> bool:
    path = request.path
    if item.query:
        asked = set(request.GET.urlencode(safe=",").split("&"))
        return path == target and set(item.query.split("&")) <= asked
    if target == "/":
        return path == "/" or path.startswith(item.also)
    return path.startswith((target, *item.also))


def _line(item: Item, request: HttpRequest, counts: dict[str, Any]) -> dict[str, Any] | None:
    target = address(item.link)
    if target is None or (item.permission and not request.user.has_perm(item.permission)):
        return None
    return {
        "title": item.title,
        "link": f"{target}?{item.query}" if item.query else target,
        "icon": item.icon,
        "go": item.go,
        "count": counts.get(item.count) if item.count else None,
        "active": _is_here(item, target, request),
        "has_permission": True,
    }


def _most_exact(lines: list[dict[str, Any]]) -> None:
    """Of lines that share a page only the one whose query is asked for is here."""
    here = [line for line in lines if line["active"]]
    for line in here:
        line["active"] = len(line["link"]) == max(len(one["link"]) for one in here)


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar as this reader sees it, with counts; headings without lines are left out."""
    if not request.user.is_authenticated:
        return []
    counts = standing()["counts"]
    listed = []
    for section in SECTIONS:
        lines = [line for item in section.items if (line := _line(item, request, counts))]
        _most_exact(lines)
        if lines:
            listed.append({"title": section.title, "items": lines})
    return listed
