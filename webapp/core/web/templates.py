"""Templates, with what is the same on every page worked out once, when one is compiled.

An installation speaks one language and stands at the root of its host, so a text without values
and an address without arguments come out the same each time. Asked for on each page, they cost
more than everything that a page has to say. How Jinja compiles was read at 3.1.6.
"""

import re
from collections.abc import Callable, Iterator, MutableMapping
from copy import deepcopy
from typing import Any, cast
from uuid import UUID

from flask import Flask, templating, url_for
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.filters import FILTERS
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from webapp.core.phones import dial
from webapp.core.wording import gettext

Fixed = Callable[..., str]
_SPECIAL = re.compile("[&<>'\"]").search
_PLAIN = (int, UUID)  # have nothing to escape
_SAME_FOR_ALL = {"range", "dict", "namespace"}  # of what every template can ask
_SHOWING = (nodes.Expr, nodes.Helper, nodes.Output, nodes.If)
_LINE_ENDS = re.compile(r"\s*\n\s*")


def init_app(app: Flask) -> None:
    """Make the address of one of many, and what a phone can dial, available to every template."""
    app.jinja_env.globals["url_before_id"] = url_before_id
    app.jinja_env.filters |= {"dial": dial, "in_address": in_address}


def shown(value: Any) -> str:
    """A value as it stands on a page: escaped, unless it is markup already.

    Most texts have nothing to escape, and most of what escaping costs is wrapping them.
    """
    kind = type(value)
    if kind is Markup or (kind is str and _SPECIAL(value) is None):
        return value  # type: ignore[no-any-return]
    return str(value) if isinstance(value, _PLAIN) else escape(value)


def url_before_id(endpoint: str, **values: Any) -> str:
    """Where one of many is, up to its id, which comes last: for a page that leads to each."""
    return url_for(endpoint, id=_NONE, **values).removesuffix(str(_NONE))


def in_address(id: Any, endpoint: str, before: str, after: str) -> str:
    """Where one of many is: `url_for(endpoint, id=id)`, when what stands around the id is known."""
    return f"{before}{id}{after}" if isinstance(id, UUID) else url_for(endpoint, id=id)


_NONE = UUID(int=0)


class _Code(CodeGenerator):
    """Jinja's, which shows a value by `shown` wherever it would escape it for certain."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


class _Context(Context):
    """Jinja's, which looks at whatever is called for what it wants to be given besides.

    Of a macro that is known, and a page calls a hundred.
    """

    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        if type(called) is not Macro:
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **named)


class _Page(Template):
    """Jinja's, which lets go of what a page was drawn from as soon as it is drawn.

    A macro that stands in a page holds the page's values, and they hold the macro: all of it, words
    included, stayed until the collector came, once in thirty pages, which took 7 % of the huddle.
    """

    def render(self, *args: Any, **values: Any) -> str:
        context = self.new_context(dict(*args, **values))
        try:
            return self.environment.concat(self.root_render_func(context))
        except Exception:
            self.environment.handle_exception()
        finally:
            context.vars.clear()

    def _get_default_module(self, _ctx: Context | None = None) -> TemplateModule:
        # Jinja's looks at each import whether who imports has globals of their own.
        return super()._get_default_module()


class Environment(templating.Environment):
    """Flask's, which puts fixed texts and addresses into a template while compiling it."""

    app: Flask
    code_generator_class = _Code
    context_class = _Context
    template_class = _Page
    shown = staticmethod(shown)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._loaded: dict[str, Template] = {}
        self.drawn: set[str] = set()  # templates whose macros come out by their arguments alone

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # No template here has globals of its own. Jinja's layered map, in case one had, is walked
        # key by key for every import on every page.
        return super().make_globals(d) if d else self.globals

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        # There are some hundreds, and all stay. Jinja's own cache, which would let the oldest go,
        # looks through the others' names each time.
        template = self._loaded.get(name)
        if template is None or self.auto_reload:
            template = self._loaded[name] = super()._load_template(name, globals)
        return template

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        fixed: dict[str, Fixed] = {"_": gettext, "url_for": self._address}
        fixed["static_url"] = cast(Fixed, self.globals["static_url"])
        template: nodes.Template = _WorkedOut(fixed).visit(super()._parse(source, name, filename))
        if name is None or name.endswith(".html"):
            _thin(template)
            template = _Drawn(self, template).visit(template)
            if name is not None and self._asks_for_nothing(template):
                self.drawn.add(name)
        return template

    def _asks_for_nothing(self, template: nodes.Template) -> bool:
        """Whether its macros, and those of others in them, come out by their arguments alone."""
        if template.find(nodes.Macro) is None or template.find(nodes.Extends) is not None:
            return False
        asked = {name.name for name in template.find_all(nodes.Name) if name.ctx == "load"}
        filters = {one.name for one in template.find_all(nodes.Filter)}
        return (
            not asked & (self.globals.keys() - _SAME_FOR_ALL)
            and filters <= FILTERS.keys() - {"random"}
            and not any(template.find_all((nodes.Include, nodes.Import)))
            and all(source in self.drawn for source, *_ in _imported(template))
            and not find_undeclared_variables(template)
        )

    def _address(self, endpoint: str, **values: Any) -> str:
        return self.app.url_map.bind("").build(endpoint, values)


def _thin(template: nodes.Template) -> None:
    """Short lines and their indents are for who reads the source: a page has the line ends alone.

    What a person wrote is a value, never part of a template, and keeps every space.
    """
    for text in template.find_all(nodes.TemplateData):
        text.data = _LINE_ENDS.sub("\n", text.data)


class _WorkedOut(NodeTransformer):
    """Calls that always give the same become what they give."""

    def __init__(self, fixed: dict[str, Fixed]) -> None:
        self.fixed = fixed

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else None
        if name not in self.fixed or node.dyn_args or node.dyn_kwargs or len(node.args) != 1:
            return node
        told = node.args[0]
        if not isinstance(told, nodes.Const):
            return node
        if node.kwargs:
            ways = {"_": self._with_values, "url_for": self._of_one}
            return ways[name](told, node) if name in ways else node
        return _constant(self.fixed[name](told.value), node)

    def _with_values(self, told: nodes.Const, node: nodes.Call) -> nodes.Expr:
        """A text with values: the text is known, the values aren't."""
        values: list[nodes.Pair] = [
            nodes.Pair(_constant(given.key, node), given.value, lineno=node.lineno)
            for given in node.kwargs
        ]
        text = _constant(self.fixed["_"](told.value), node)
        return nodes.Mod(text, nodes.Dict(values, lineno=node.lineno), lineno=node.lineno)

    def _of_one(self, told: nodes.Const, node: nodes.Call) -> nodes.Expr:
        """The address of one of many: all of it is known but the id."""
        if [given.key for given in node.kwargs] != ["id"]:
            return node
        before, found, after = self.fixed["url_for"](told.value, id=_NONE).partition(str(_NONE))
        if not found:
            return node
        known: list[nodes.Expr] = [_constant(one, node) for one in (told.value, before, after)]
        id = node.kwargs[0].value
        return nodes.Filter(id, "in_address", known, [], None, None, lineno=node.lineno)


class _Drawn(NodeTransformer):
    """Macros that ask for nothing but what they are given, given what is fixed, become what they
    draw: icons, links, and buttons, on each page the same."""

    def __init__(self, environment: Environment, template: nodes.Template) -> None:
        bound = {name.name for name in template.find_all(nodes.Name) if name.ctx != "load"}
        self.macros: dict[str, Any] = {}
        self.fixed = nodes.EvalContext(environment)
        for source, name, alias in _imported(template):
            if alias not in bound:
                there = environment.get_template(source)
                if source in environment.drawn:
                    self.macros[alias] = getattr(there.module, name)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:
        self.generic_visit(node.call)  # itself it is drawn around what stands in it
        node.body = [one for part in node.body for one in self.visit_list(part)]
        return node

    def visit_For(self, node: nodes.For) -> nodes.For | list[nodes.Node]:
        """A loop over what is fixed becomes its rounds, one after another."""
        self.generic_visit(node)
        rounds = _rounds(node, self.fixed)
        if rounds is None:
            return node
        kept = {id(node.environment): node.environment}
        bodies = [_Given(values).visit(part) for values in rounds
                  for part in deepcopy(node.body, dict(kept))]  # fmt: skip
        return _joined([self.visit(part) for part in bodies])

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        self.generic_visit(node)
        macro = self.macros.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if macro is None or node.dyn_args or node.dyn_kwargs:
            return node
        try:
            given = [value.as_const(self.fixed) for value in node.args]
            named = {one.key: one.value.as_const(self.fixed) for one in node.kwargs}
        except nodes.Impossible:
            return node
        return _constant(macro(*given, **named), node)


class _Given(NodeTransformer):
    """Names become what they stand for."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        return _constant(self.values[node.name], node) if node.name in self.values else node


def _rounds(node: nodes.For, fixed: nodes.EvalContext) -> list[dict[str, Any]] | None:
    """What a loop's names stand for in each round, if that is fixed, and it only shows things."""
    within = [one for part in node.body for one in (part, *part.find_all(nodes.Node))]
    shows = all(isinstance(part, _SHOWING) for part in within)
    asks_where = any(isinstance(part, nodes.Name) and part.name == "loop" for part in within)
    if not shows or asks_where or node.else_ or node.test or node.recursive:
        return None
    try:
        over = _fixed_values(node.iter, fixed)
    except nodes.Impossible:
        return None
    if isinstance(node.target, nodes.Name):
        return [{node.target.name: value} for value in over]
    names = [name.name for name in node.target.find_all(nodes.Name)]
    return [dict(zip(names, value, strict=True)) for value in over]


def _fixed_values(over: nodes.Node, fixed: nodes.EvalContext) -> list[Any]:
    if isinstance(over, nodes.Tuple | nodes.List):
        return list(over.as_const(fixed))
    if isinstance(over, nodes.Call) and over.node == nodes.Name("range", "load"):
        return list(range(*(value.as_const(fixed) for value in over.args)))
    raise nodes.Impossible


def _joined(body: list[nodes.Node]) -> list[nodes.Node]:
    """What is shown one after another, as one."""
    joined: list[nodes.Node] = []
    for part in body:
        if joined and isinstance(part, nodes.Output) and isinstance(joined[-1], nodes.Output):
            joined[-1].nodes += part.nodes
        else:
            joined.append(part)
    return joined


def _imported(template: nodes.Template) -> Iterator[tuple[str, str, str]]:
    """From which template, its name there, and its name here."""
    for imports in template.find_all(nodes.FromImport):
        if isinstance(imports.template, nodes.Const) and not imports.with_context:
            for name in imports.names:
                there, here = (name, name) if isinstance(name, str) else name
                yield imports.template.value, there, here


def _constant(value: Any, node: nodes.Node) -> nodes.Const:
    return nodes.Const(value, lineno=node.lineno)
