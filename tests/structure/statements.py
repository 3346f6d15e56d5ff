"""Finding the statements in the source: who reads which row class by which SQL, who writes one into which table."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

ROOT = Path(__file__).parents[2]
READS = {"row", "rows", "later", "hold", "value", "values", "exists", "ask_row"}
INSERTS = {"insert", "insert_new", "insert_or_leave"}


class Read(msgspec.Struct, frozen=True):
    """`sql` is None where it is put together at run time."""

    where: str
    kind: type[Any] | None
    sql: str | None


class Insert(msgspec.Struct, frozen=True):
    where: str
    table: str
    kind: type[msgspec.Struct] | None
    more: list[str]


type Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> list[tuple[Path, ModuleType, ast.Module]]:
    """The source of the product, but for migrations and what is below transactions. To read it takes seconds and much
    memory, so it is kept while a module of tests asks for it (`conftest.py`).
    """
    return list(_modules())


def _modules() -> Iterator[tuple[Path, ModuleType, ast.Module]]:
    for path in sorted((ROOT / "stampwell").rglob("*.py")):
        if path.name == "__main__.py" or {"migrations", "database", "transactions"} & set(path.parts):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield path, importlib.import_module(name), ast.parse(path.read_text())


def functions(tree: ast.AST) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Without those of the functions inside it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            waiting += ast.iter_child_nodes(node)


def calls(function: Function, names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for node in own_nodes(function):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in names:
                yield name, node


@cache
def reads() -> list[Read]:
    return list(_reads())


@cache
def inserts() -> list[Insert]:
    return list(_inserts())


def _reads() -> Iterator[Read]:
    for path, module, tree in modules():
        for function in functions(tree):
            known = _constants(function, module)
            for name, call in calls(function, READS):
                where = f"{path.relative_to(ROOT)}:{function.name}"
                first = None if name == "exists" else _evaluate(call.args[0], known) if call.args else None
                place = 0 if name == "exists" else 1
                if name != "exists" and not isinstance(first, type):
                    continue  # another function of this name
                if len(call.args) > place:
                    sql = _evaluate(call.args[place], known)
                    if name != "exists" or isinstance(sql, str):
                        yield Read(where, first, sql if isinstance(sql, str) else None)


def _inserts() -> Iterator[Insert]:
    for path, module, tree in modules():
        for function in functions(tree):
            for _name, call in calls(function, INSERTS):
                if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
                    more = [keyword.arg for keyword in call.keywords if keyword.arg]
                    kind = _class_of(call.args[1], function, module)
                    yield Insert(f"{path.relative_to(ROOT)}:{function.name}", call.args[0].value, kind, more)


def _constants(function: Function, module: ModuleType) -> dict[str, Any]:
    """What is known before the function runs: its module's names, and its own that are made of those alone."""
    given_at_run_time = {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}
    known = {name: value for name, value in vars(module).items() if name not in given_at_run_time}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=given):
                value = _evaluate(given, known)
                known.pop(name, None)
                known |= {} if value is None else {name: value}
    return known


def _evaluate(node: ast.expr, known: dict[str, Any]) -> Any:
    called = {ast.unparse(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}
    if called - {"columns_of"} or isinstance(node, ast.Lambda):
        return None  # nothing of the product is run from here
    try:
        return eval(compile(ast.Expression(node), "<source>", "eval"), known)
    except (NameError, AttributeError, TypeError, LookupError, ValueError):
        return None


def _class_of(node: ast.expr, function: Function, module: ModuleType) -> type[msgspec.Struct] | None:
    """From the call that makes it, from the function's signature, or from where the name was given its value."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        made = vars(module).get(node.func.id)
        if isinstance(made, type) and issubclass(made, msgspec.Struct):
            return made
        return vars(module)[node.func.id].__annotations__.get("return") if made else None
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("replace"):
        return _class_of(node.args[0], function, module)
    if not isinstance(node, ast.Name):
        return None
    for argument in [*function.args.args, *function.args.kwonlyargs]:
        if argument.arg == node.id and isinstance(argument.annotation, ast.Name):
            return vars(module).get(argument.annotation.id)
    for each in ast.walk(function):
        match each:
            case ast.Assign(targets=[ast.Name(id=node.id)], value=given):
                return _class_of(given, function, module)
    return None
