"""Rules of the page templates: strict, safe, translated, and nothing in them that nobody uses."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from jinja2 import Environment
from jinja2 import StrictUndefined
from jinja2 import meta
from jinja2 import nodes

from survey import paths
from survey.app import create_app
from survey.keys import make_keys
from survey.settings import Settings

FOLDER = paths.templates()
# Texts that bear no translation: our name, and names of file formats.
UNTRANSLATED = {"Hài Lòng", "CSV", "JSON"}
# A block that fills an attribute.
ATTRIBUTES = {("layout/citizen.html", "citizen")}
# Where a text is written as it is: our own style sheet, whose hash stands in the policy.
SAFE = {("layout/citizen.html", "citizen_style")}
STYLED = {"layout/citizen.html"}
SPOKEN = ("alt", "aria-label", "placeholder", "title")
CONTEXT = {"g", "request", "self", "super", "loop", "caller", "varargs", "kwargs"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The templates' environment of a real app."""
    home = tmp_path_factory.mktemp("templates")
    make_keys(home / "keys")
    app: Flask = create_app(Settings(home=home))
    return app.jinja_env


def sources() -> dict[str, str]:
    return {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.html")}


def rendered() -> dict[str, set[str]]:
    """The templates that code renders, with the names it gives them."""
    found: dict[str, set[str]] = {}
    for path in paths.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="render_template"), args=[ast.Constant(value=str(name)), *_]):
                    names = {keyword.arg for keyword in node.keywords if keyword.arg}
                    found.setdefault(name, set()).update(names)
    return found


def taken(tree: nodes.Template) -> set[str]:
    """Names that a template takes from another one."""
    names = [name for node in tree.find_all(nodes.FromImport) for name in node.names]
    return {name[1] if isinstance(name, tuple) else name for name in names}


def mentioned(tree: nodes.Template, how: str) -> set[str]:
    """Names that a template reads (`load`) or makes (`store`)."""
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == how}


def wanted(tree: nodes.Template, environment: Environment) -> set[str]:
    """Names that a template must be given. (A block does not see that the top of its file makes a name.)"""
    known = set(environment.globals) | CONTEXT | taken(tree) | mentioned(tree, "store")
    return meta.find_undeclared_variables(tree) - known


def unused(tree: nodes.Template) -> set[str]:
    """Names that a template takes from another one and does not use."""
    return taken(tree) - mentioned(tree, "load")


def unsafe(name: str, tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Filter):
        if node.name == "safe":
            made = node.node.node.name if isinstance(node.node, nodes.Call) else str(node.node)
            if (name, made) not in SAFE:
                yield f"{name}: {made}|safe"


class _Reader(HTMLParser):
    """Collects what a page says by itself, and what the content policy would refuse."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.faults: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.silent = tag in ("script", "style")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("an inline script")
        if tag == "style" and self.name not in STYLED:
            self.faults.append("an inline style")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"the attribute {name}")
            if name in SPOKEN:
                self.said(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said(data)

    def said(self, text: str) -> None:
        plain = " ".join(text.split())
        for name in UNTRANSLATED:
            plain = plain.replace(name, "")
        if re.search(r"[^\W\d_]", plain) and (self.name, plain) not in ATTRIBUTES:
            self.faults.append(f"not translated: {plain!r}")


def page_faults(name: str, source: str, environment: Environment) -> list[str]:
    """Words outside _() and what the policy forbids, in the parts of a template that are HTML."""
    reader = _Reader(name)
    plain = "".join(value for _, kind, value in environment.lex(source) if kind == "data")
    reader.feed(plain)
    reader.close()
    return [f"{name}: {fault}" for fault in reader.faults]


def test_undefined_names_are_errors(environment: Environment) -> None:
    assert environment.undefined is StrictUndefined
    for name in sources():
        environment.get_template(name)


def test_every_name_of_a_template_is_given_to_it(environment: Environment) -> None:
    given = rendered()
    for name, source in sources().items():
        missing = wanted(environment.parse(source), environment) - given.get(name, set())
        assert not missing, f"{name} is not given {missing}"
    assert wanted(environment.parse("{% set made = 1 %}{{ made }}{{ planted }}"), environment) == {"planted"}


def test_every_template_and_every_macro_is_used(environment: Environment) -> None:
    trees = {name: environment.parse(source) for name, source in sources().items()}
    named = set(rendered()).union(*(meta.find_referenced_templates(tree) for tree in trees.values()))
    assert set(trees) == named
    assert {name: unused(tree) for name, tree in trees.items() if unused(tree)} == {}
    used = set().union(*(mentioned(tree, "load") for tree in trees.values()))
    assert {macro.name for tree in trees.values() for macro in tree.find_all(nodes.Macro)} <= used


def test_nothing_is_marked_safe_in_a_template(environment: Environment) -> None:
    for name, source in sources().items():
        assert not list(unsafe(name, environment.parse(source)))
    planted = environment.parse("{{ period.notice|safe }}{{ citizen_style()|safe }}")
    assert len(list(unsafe("planted.html", planted))) == 2


def test_pages_are_translated_and_hold_nothing_inline(environment: Environment) -> None:
    assert [fault for name, text in sources().items() for fault in page_faults(name, text, environment)] == []


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("<p>{{ _('Share') }} of all</p>", "not translated: 'of all'"),
        ('<img alt="A bar" src="{{ bar }}">', "not translated: 'A bar'"),
        ("<p onclick=\"{{ 'go' }}\">1</p>", "the attribute onclick"),
        ('<p style="color: red">1</p>', "the attribute style"),
        ("<style>p { color: red }</style>", "an inline style"),
        ("<script>go()</script>", "an inline script"),
    ],
)
def test_a_breach_is_found(planted: str, fault: str, environment: Environment) -> None:
    assert page_faults("planted.html", planted, environment) == [f"planted.html: {fault}"]


def test_an_import_that_nobody_uses_is_found(environment: Environment) -> None:
    tree = environment.parse('{% from "a.html" import one, two as other %}{{ one() }}')
    assert unused(tree) == {"other"}
