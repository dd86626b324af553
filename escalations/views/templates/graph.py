"""The versions of a document as a graph: rows from the newest down, lanes where a draft began from an older text."""

from collections.abc import Sequence
from dataclasses import dataclass

from templates_engine.models import Version

ROW, LANE, LEFT = 56, 16, 12
MOST_LANES = 6
LIVE = (Version.State.ACTIVE, Version.State.PILOT)
AHEAD = (Version.State.DRAFT, Version.State.IN_REVIEW, Version.State.APPROVED)


@dataclass(frozen=True, slots=True)
class Node:
    """A version as a dot: where it stands and how it looks."""

    version: Version
    x: int
    y: int
    look: str


@dataclass(frozen=True, slots=True)
class Edge:
    """From a version to the one its text began from."""

    d: str
    look: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Dots and lines, and the room they take."""

    nodes: list[Node]
    edges: list[Edge]
    width: int
    height: int
    words: str


def graph(versions: Sequence[Version]) -> Graph:
    """Lay out versions that come the newest first; what says nothing of its origin follows the one before."""
    at = {one.pk: row for row, one in enumerate(versions)}
    numbers = {one.number: one.pk for one in versions}
    parents = {one.pk: _parent(one, numbers) for one in versions}
    lanes = _lanes(versions, parents)
    nodes = [Node(one, LEFT + lanes[one.pk] * LANE, at[one.pk] * ROW + 18, _look(one)) for one in versions]
    placed = {node.version.pk: node for node in nodes}
    edges = []
    for node in nodes:
        parent = placed.get(parents[node.version.pk] or 0)
        if parent is not None:
            back = node.version.origin == "rolled_back"
            edges.append(Edge(_line(node, parent), "back" if back else node.look))
    width = LEFT * 2 + max(lanes.values(), default=0) * LANE
    return Graph(nodes, edges, width, len(versions) * ROW, _words(versions, parents))


def _parent(one: Version, numbers: dict[int, int]) -> int | None:
    based: int | None = getattr(one, "based_on_id", None)
    return based if based is not None else numbers.get(one.number - 1)


def _lanes(versions: Sequence[Version], parents: dict[int, int | None]) -> dict[int, int]:
    """The first child of a version keeps its lane; each other child takes the next free one."""
    lanes: dict[int, int] = {}
    taken: dict[int, int] = {}
    for one in reversed(versions):
        parent = parents[one.pk]
        lane = lanes.get(parent or 0, 0)
        if parent is not None and taken.get(parent):
            lane = min(max(lanes.values()) + 1, MOST_LANES)
        taken[parent or 0] = taken.get(parent or 0, 0) + 1
        lanes[one.pk] = lane
    return lanes


def _line(node: Node, parent: Node) -> str:
    if node.x == parent.x:
        return f"M{node.x} {node.y}V{parent.y}"
    bend = parent.y - ROW // 2
    return f"M{node.x} {node.y}V{bend}C{node.x} {parent.y} {parent.x} {bend} {parent.x} {parent.y}"


def _look(one: Version) -> str:
    return "live" if one.state in LIVE else "ahead" if one.state in AHEAD else "past"


def _words(versions: Sequence[Version], parents: dict[int, int | None]) -> str:
    """What the picture shows, for those who hear it."""
    named = {one.pk: f"v{one.number}" for one in versions}
    said = [f"v{one.number} from {named[parents[one.pk] or 0]}" for one in versions if (parents[one.pk] or 0) in named]
    return "; ".join(said)[:1000] or "one version"
