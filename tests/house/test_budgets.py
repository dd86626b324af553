"""Sizes, hidden imports and signal receivers. A budget is a smoke alarm: split by meaning, never by line count."""

import ast

from tests.house.source import ROOT, functions, modules, name, p90, tree

MODULE, MODULE_P90 = 300, 200
FUNCTION, FUNCTION_P90 = 50, 25
TEMPLATE, SETTINGS = 120, 200


def lines(text: str) -> int:
    return len(text.splitlines())


def function_sizes(where: str, text: str) -> dict[str, int]:
    """Lines of each function, its decorators left out."""
    return {f"{where}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1 for node in functions(text)}


def hidden_imports(where: str, text: str) -> list[str]:
    return [
        f"{where}:{inner.lineno}"
        for node in functions(text)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def receivers(where: str, text: str) -> list[str]:
    """Uses of Django's signals: the decorator, or `.connect(` on something called a signal."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module in {"django.dispatch", "django.db.models.signals"}:
            # Around a migrate an app may look after its tables: SQLite drops the triggers of one that is rebuilt.
            around = {one.name for one in node.names} <= {"pre_migrate", "post_migrate"}
            if not (around and where.endswith("/apps.py")):
                found.append(f"{where}:{node.lineno} imports {node.module}")
        for decorator in getattr(node, "decorator_list", []):
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if getattr(target, "id", getattr(target, "attr", "")) == "receiver":
                found.append(f"{where}:{decorator.lineno} @receiver")
    return found


def over(sizes: dict[str, int], limit: int) -> list[str]:
    return [f"{where}: {size} > {limit}" for where, size in sorted(sizes.items()) if size > limit]


def test_modules_are_short() -> None:
    sizes = {where: lines(text) for where, text in modules()}
    assert over(sizes, MODULE) == []
    assert p90(list(sizes.values())) <= MODULE_P90


def test_functions_are_short() -> None:
    sizes: dict[str, int] = {}
    for where, text in modules():
        sizes.update(function_sizes(where, text))
    assert over(sizes, FUNCTION) == []
    assert p90(list(sizes.values())) <= FUNCTION_P90


def test_templates_are_short() -> None:
    pages = [path for path in tree() if path.suffix == ".html" and "templates" in path.parts]
    assert over({name(path): lines(path.read_text(encoding="utf-8")) for path in pages}, TEMPLATE) == []


def test_settings_stay_one_page() -> None:
    assert lines((ROOT / "opsportal" / "settings.py").read_text(encoding="utf-8")) <= SETTINGS


def test_no_import_hides_in_a_function() -> None:
    assert [fault for where, text in modules() for fault in hidden_imports(where, text)] == []


def test_no_signal_receivers() -> None:
    assert [fault for where, text in modules() for fault in receivers(where, text)] == []


def test_the_checkers_see_a_fault() -> None:
    """Each one is shown what it is there for."""
    long = "def f() -> None:\n" + "    x = 1\n" * 60
    assert over(function_sizes("a.py", long), FUNCTION) == ["a.py:1 f: 61 > 50"]
    assert over({"a.py": lines("x = 1\n" * 301)}, MODULE) == ["a.py: 301 > 300"]
    assert hidden_imports("a.py", "def f() -> None:\n    import os\n") == ["a.py:2"]
    assert hidden_imports("a.py", "import os\n") == []
    assert receivers("a.py", "@receiver(post_save)\ndef f() -> None: ...\n") == ["a.py:1 @receiver"]
    assert receivers("a.py", "from django.dispatch import receiver\n") == ["a.py:1 imports django.dispatch"]
    around = "from django.db.models.signals import post_migrate"
    assert receivers("x/apps.py", f"{around}\n") == []
    assert receivers("x/apps.py", f"{around}, post_save\n") == ["x/apps.py:1 imports django.db.models.signals"]
    assert receivers("x/a.py", f"{around}\n") == ["x/a.py:1 imports django.db.models.signals"]
    assert p90([1] * 9 + [100]) == 1
    assert p90([1] * 8 + [100, 100]) == 100
