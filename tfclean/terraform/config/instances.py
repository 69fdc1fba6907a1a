"""Modules and resources as instances: which there are, and what an expression in one of them can see of the others.

Everything is worked out when it is asked for, once; what depends on itself is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from tfclean.terraform.addresses import InstanceKey, instance_address, key_suffix
from tfclean.terraform.config.bodies import Bodies
from tfclean.terraform.config.evaluate import Evaluator
from tfclean.terraform.config.expansion import Expansion, as_value, keyed_by, numbered
from tfclean.terraform.config.modules import Module, Modules
from tfclean.terraform.config.scope import Scope
from tfclean.terraform.config.syntax import Block, Expression, Json, Literal
from tfclean.terraform.config.types import ANY, convert, type_of
from tfclean.terraform.config.values import UNKNOWN, Entity, Fault, Record, Unknown
from tfclean.terraform.secrets import is_secret_name

_DEEPEST = 12

Shown = Mapping[tuple[str, str], tuple[InstanceKey, ...]]


class _Asked(Entity):
    """Names of which each is worked out on demand."""

    def __init__(self, find: Callable[[str], Any]) -> None:
        self._find = find

    def get(self, name: str) -> Any:
        return self._find(name)


class World:
    """What all modules of one configuration share.

    Args:
        files: where they are.
        evaluator: works their expressions out.
        workspace: the selected workspace; None if it is not known.
        seen: gives keys of instances that other evidence shows, by module instance and block; asked once, where a number is not known.
        whole: that evidence shows every instance.
    """

    def __init__(
        self, files: Modules, evaluator: Evaluator, workspace: str | None, seen: Callable[[], Shown], *, whole: bool = False
    ) -> None:
        self.files = files
        self.evaluator = evaluator
        self.workspace = workspace
        self.seen = cache(seen)
        self.whole = whole


class ModuleInstance(Entity):
    """One instance of a module: the root of all names in it.

    Args:
        world: what it shares with the others.
        module: what it declares.
        path: its path as in an address, ``module.a["x"]``; empty for the root.
        inputs: gives the value of a variable, and raises `KeyError` if none is given.
    """

    def __init__(self, world: World, module: Module, path: str, inputs: Callable[[str], Any], names: tuple[str, ...] = ()) -> None:
        self.world = world
        self.module = module
        self.path = path
        self.names = names
        self._inputs = inputs
        self._known: dict[tuple[str, ...], Any] = {}
        self._roots: dict[str, Entity] = {
            "var": _Asked(lambda name: self._once(("var", name), lambda: self._variable(name))),
            "local": _Asked(lambda name: self._once(("local", name), lambda: self._local(name))),
            "module": _Asked(lambda name: self._once(("module", name), lambda: self._called(name))),
            "data": _Asked(lambda type_: _Asked(lambda name: self._resource("data", type_, name))),
            "path": Record({"module": module.directory, "root": ".", "cwd": UNKNOWN}),
            "terraform": Record({"workspace": UNKNOWN if world.workspace is None else world.workspace}),
        }
        self.scope = Scope(self, self)

    def get(self, name: str) -> Any:
        """Give what a name stands for in the module."""
        if name in self._roots:
            return self._roots[name]
        if any(mode == "managed" and type_ == name for mode, type_, _ in self.module.resources):
            return _Asked(lambda inner: self._resource("managed", name, inner))
        raise Fault(f"nothing is called {name}")

    def file(self, path: str) -> str | None:
        """Give the text of a file of the configuration; relative paths begin at the root module, as they do for Terraform."""
        return self.world.files.file(path)

    def value(self, expression: Expression, scope: Scope | None = None) -> Any:
        """Work an expression out; one without a value is unknown."""
        try:
            return self.world.evaluator.value(expression, scope or self.scope)
        except (Fault, RecursionError):
            return UNKNOWN

    def output(self, name: str) -> Any:
        """Give an output.

        Raises:
            Fault: there is none of this name.
        """
        block = self.module.outputs.get(name)
        if block is None or "value" not in block.body.attributes:
            raise Fault(f"there is no output {name}")
        return self._once(("output", name), lambda: self._hidden(block) or self.value(block.body.attributes["value"]))

    def expansion(self, block: Block, key: tuple[str, ...]) -> Expansion:
        """Tell which instances a resource or module block has."""
        found = self._once(("expansion", *key), lambda: self._expansion(block))
        if not isinstance(found, Expansion):
            return Expansion("single", None)
        return self._as_shown(found, key) if self.world.whole and key[0] != "data" else found

    def names_of(self, expansion: Expansion, key: InstanceKey) -> dict[str, Any]:
        """Give the names that hold in one instance."""
        if expansion.form == "count":
            return {"count": Record({"index": key if isinstance(key, int) else UNKNOWN})}
        if expansion.form == "each":
            value = (expansion.keys or {}).get(key, UNKNOWN)
            return {"each": Record({"key": UNKNOWN if key is None else key, "value": value})}
        return {}

    def resources(self) -> Iterator[tuple[str, Block, Expansion, dict[InstanceKey, ResourceInstance]]]:
        """Give every resource block: its mode, the block, which instances it has, and those that are known."""
        for (mode, type_, name), block in self.module.resources.items():
            expansion = self.expansion(block, (mode, type_, name))
            keys = expansion.keys if expansion.keys is not None else dict.fromkeys(self._shown(type_, name, expansion), UNKNOWN)
            yield mode, block, expansion, {key: self._instance(mode, type_, name, key, expansion) for key in keys}

    def children(self) -> Iterator[tuple[str, Block, Expansion, dict[InstanceKey, ModuleInstance | None]]]:
        """Give every module call: its name, the block, which instances it has, and those that are known; None for a missing module."""
        for name, block in self.module.calls.items():
            expansion = self.expansion(block, ("module", name))
            yield name, block, expansion, {key: self._child(name, block, key, expansion) for key in expansion.keys or {}}

    def _once(self, key: tuple[str, ...], work: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = UNKNOWN
            self._known[key] = work()
        return self._known[key]

    def _hidden(self, block: Block) -> Unknown | None:
        """What is declared as sensitive is not told to anybody."""
        marked = self.value(block.body.attributes["sensitive"]) if "sensitive" in block.body.attributes else False
        return None if marked is False or marked == "false" else UNKNOWN

    def _variable(self, name: str) -> Any:
        block = self.module.variables.get(name)
        if block is None:
            raise Fault(f"there is no variable {name}")
        if is_secret_name(name):
            return UNKNOWN
        attributes = block.body.attributes
        type_ = type_of(attributes["type"]) if "type" in attributes else ANY
        if self._hidden(block):
            return UNKNOWN
        try:
            value = self._inputs(name)
        except KeyError:
            value = self._default(attributes)
        if value is None and "default" in attributes and self.value(attributes.get("nullable", Json(True))) is False:
            value = self._default(attributes)
        try:
            return convert(value, type_, self.value)
        except Fault:
            return UNKNOWN

    def _default(self, attributes: Mapping[str, Expression]) -> Any:
        default = attributes.get("default", Literal(UNKNOWN))
        # In JSON, a default is no template.
        return default.value if isinstance(default, Json) else self.value(default)

    def _local(self, name: str) -> Any:
        if name not in self.module.locals:
            raise Fault(f"there is no local value {name}")
        return UNKNOWN if is_secret_name(name) else self.value(self.module.locals[name])

    def _expansion(self, block: Block) -> Expansion:
        attributes = block.body.attributes
        if "count" in attributes:
            return Expansion("count", numbered(self.value(attributes["count"])))
        if "for_each" in attributes:
            return Expansion("each", keyed_by(self.value(attributes["for_each"])))
        enabled = [inner.body.attributes["enabled"] for inner in block.body.named("lifecycle") if "enabled" in inner.body.attributes]
        there = self.value(enabled[0]) if enabled else True
        return Expansion("single", {None: UNKNOWN} if there is True else {} if there is False else None)

    def _as_shown(self, expansion: Expansion, key: tuple[str, ...]) -> Expansion:
        """Give the instances that evidence of all of them shows; a shown plan leaves a ``for_each`` of constants out."""
        shown = self.world.seen().get((self.path, f"{key[-2]}.{key[-1]}"), ())
        if not shown and expansion.keys is not None:
            return expansion
        form = expansion.form if not shown else "count" if isinstance(shown[0], int) else "each"
        keys = shown or ((None,) if form == "single" else ())
        return Expansion(form, {one: (expansion.keys or {}).get(one, UNKNOWN) for one in keys})

    def _shown(self, type_: str, name: str, expansion: Expansion) -> Iterator[InstanceKey]:
        """Give the keys of instances whose number is not known, as far as other evidence shows them."""
        wanted = int if expansion.form == "count" else str
        return (key for key in self.world.seen().get((self.path, f"{type_}.{name}"), ()) if isinstance(key, wanted))

    def _instance(self, mode: str, type_: str, name: str, key: InstanceKey, expansion: Expansion) -> ResourceInstance:
        address = instance_address(self.path, mode, type_, name, key)

        def make() -> ResourceInstance:
            return ResourceInstance(self, mode, self.module.resources[mode, type_, name], address, self.names_of(expansion, key))

        made = self._once(("instance", address), make)
        assert isinstance(made, ResourceInstance)
        return made

    def _resource(self, mode: str, type_: str, name: str) -> Any:
        block = self.module.resources.get((mode, type_, name))
        if block is None:
            raise Fault(f"there is no {type_}.{name}")
        expansion = self.expansion(block, (mode, type_, name))
        if expansion.keys is None:
            return Unknown((instance_address(self.path, mode, type_, name),))
        found = {key: self._instance(mode, type_, name, key, expansion) for key in expansion.keys}
        return as_value(expansion, found)

    def _child(self, name: str, block: Block, key: InstanceKey, expansion: Expansion) -> ModuleInstance | None:
        def make() -> ModuleInstance | None:
            source = self.value(block.body.attributes["source"]) if "source" in block.body.attributes else None
            names = (*self.names, name)
            directory = self.world.files.directory_of(".".join(names), source, self.module.directory) if len(names) <= _DEEPEST else None
            module = self.world.files.module(directory) if directory is not None else None
            if module is None:
                return None
            scope = self.scope.within(self.names_of(expansion, key))
            given = block.body.attributes

            def inputs(variable: str) -> Any:
                return self.value(given[variable], scope)

            path = f"{self.path}." if self.path else ""
            return ModuleInstance(self.world, module, f"{path}module.{name}{key_suffix(key)}", inputs, names)

        child = self._once(("child", name, repr(key)), make)
        return child if isinstance(child, ModuleInstance) else None

    def _called(self, name: str) -> Any:
        block = self.module.calls.get(name)
        if block is None:
            raise Fault(f"there is no module {name}")
        expansion = self.expansion(block, ("module", name))
        if expansion.keys is None:
            return UNKNOWN
        found: dict[InstanceKey, Any] = {}
        for key in expansion.keys:
            child = self._child(name, block, key, expansion)
            found[key] = UNKNOWN if child is None else _Asked(child.output)
        return as_value(expansion, found)


class ResourceInstance(Entity):
    """One instance of a resource or a data source.

    Args:
        module: where it stands.
        mode: ``managed`` or ``data``.
        block: its block.
        address: its address.
        names: what holds only in it.
    """

    def __init__(self, module: ModuleInstance, mode: str, block: Block, address: str, names: Mapping[str, Any]) -> None:
        self.module = module
        self.mode = mode
        self.block = block
        self.address = address
        self.scope = module.scope.within(names)
        self._known: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """Give an attribute: what is configured, else something unknown that refers to this instance."""
        if self.mode == "data" or name == "id" or is_secret_name(name):
            return Unknown((self.address,), filled=name == "id")
        if name not in self._known:
            self._known[name] = Unknown((self.address,))
            self._known[name] = self._configured(name)
        return self._known[name]

    def body(self) -> dict[str, Any]:
        """Give everything that is configured, nested blocks as lists."""
        return Bodies(self.module.value).of(self.block.body, self.scope)

    def _configured(self, name: str) -> Any:
        value: Any
        if name in self.block.body.attributes:
            value = self.module.value(self.block.body.attributes[name], self.scope)
        else:
            value = Bodies(self.module.value).blocks(self.block.body, self.scope).get(name)
        # What is null or not given is often filled in by the provider.
        return Unknown((self.address,)) if value is None or (isinstance(value, Unknown) and not value.refers) else value
