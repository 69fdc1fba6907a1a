"""An instance of a resource in, what its configuration says of the object that it makes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark import Tree

from tfclean.kinds import terraform_types
from tfclean.model import Claim, Source, SourceKind, Tense
from tfclean.terraform.addresses import config_address, key_suffix, parse
from tfclean.terraform.config.conversion import text_of
from tfclean.terraform.config.instances import ModuleInstance, ResourceInstance
from tfclean.terraform.config.scope import Scope
from tfclean.terraform.config.syntax import Block, Expression, Json, Literal, Names, Node, label_of
from tfclean.terraform.config.values import Entity, Fault, Partial, Record, Unknown, leaves, turns
from tfclean.terraform.secrets import PROVIDER, Sieve, unpad

PREVENTED = "its configuration forbids its destruction (prevent_destroy)"
LET_GO = "its configuration lets go of it (removed)"


def claim_of(instance: ResourceInstance, type_: str, sieve: Sieve) -> Claim:
    """Say what one instance makes, or what it looks up.

    Args:
        instance: of a resource or a data source.
        type_: its type.
        sieve: withholds secrets.

    Returns:
        A claim with every attribute that is known; of a text that is known in part, the pattern.
    """
    body = instance.body()
    kind = terraform_types.of(type_)
    named = kind.name_attribute if kind else "name"
    known: dict[str, Any] = {}
    unknown: set[str] = set()
    refers: dict[tuple[str, str], None] = {}
    for name, value in body.items():
        refers.update(dict.fromkeys(_refers(name, value)))
        whole, told = _told(value)
        if not whole:
            unknown.add(name)
        if told is not None:
            known[name] = text_of(told) if name == named and isinstance(told, (bool, int, float)) else told
    attributes, sensitive = sieve.sift(type_, known)
    return Claim(
        address=instance.address,
        type=type_,
        tense=Tense.PLANNED if instance.mode == "managed" else Tense.REFERENCED,
        source=source_of(instance.block),
        attributes=attributes,
        sensitive=sensitive,
        unknown=frozenset(unknown),
        dependencies=tuple(sorted({config_address(address) for _, address in refers})),
        keep=_keep(instance),
        refers=tuple(refers),
    )


def source_of(block: Block) -> Source:
    """Say where a block stands."""
    return Source(SourceKind.CONFIGURATION, block.file, f"line {block.line}" if block.line else "")


def imported(module: ModuleInstance, sieve: Sieve) -> Iterator[Claim]:
    """Say what a module's ``import`` blocks take over: it was there before."""
    for block in module.module.imports:
        attributes = block.body.attributes
        if "to" not in attributes:
            continue
        for scope in _scopes(module, block):
            address = address_of(attributes["to"], module, scope)
            id_ = module.value(attributes["id"], scope) if "id" in attributes else None
            if address is not None:
                id_ = sieve.scrub(unpad(id_)) if isinstance(id_, str) and id_ else None
                yield Claim(address, parse(address).type, Tense.IMPORTED, source_of(block), id=id_)


def forgotten(module: ModuleInstance) -> Iterator[Claim]:
    """Say what a module's ``removed`` blocks let go of without destroying it; addresses are those of blocks, without keys."""
    for block in module.module.removed:
        destroy = [inner.body.attributes["destroy"] for inner in block.body.named("lifecycle") if "destroy" in inner.body.attributes]
        if "from" not in block.body.attributes or not destroy or module.value(destroy[0]) is not False:
            continue
        address = address_of(block.body.attributes["from"], module, module.scope)
        if address is not None:
            yield Claim(address, parse(address).type, Tense.FORGOTTEN, source_of(block), keep=LET_GO)


def address_of(expression: Expression, module: ModuleInstance, scope: Scope) -> str | None:
    """Give the address of an OpenStack resource that an expression spells; None if it is none, or has a key that is not known."""
    if isinstance(expression, Names):
        return None
    text = expression.value if isinstance(expression, (Json, Literal)) else _spelled(expression, module, scope)
    try:
        address = parse(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return str(address) if address is not None and address.type.startswith(PROVIDER) else None


def _spelled(node: Node, module: ModuleInstance, scope: Scope) -> str | None:
    parts = [child for child in node.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]
    if node.data == "identifier":
        return label_of(node)
    if not parts:
        return None
    before = _spelled(parts[0], module, scope)
    if node.data == "expr_term" or before is None:
        return before
    if node.data == "get_attr_expr_term":
        return f"{before}.{label_of(parts[1].children[-1])}" if isinstance(parts[1].children[-1], Tree) else None
    if node.data == "index_expr_term":
        inner = [child for child in parts[1].children if isinstance(child, Tree)]
        key = module.value(inner[0], scope) if inner else None
        return f"{before}{key_suffix(key)}" if isinstance(key, (int, str)) and not isinstance(key, bool) else None
    return None


def _scopes(module: ModuleInstance, block: Block) -> Iterator[Scope]:
    if "for_each" not in block.body.attributes:
        yield module.scope
        return
    try:
        elements = turns(module.value(block.body.attributes["for_each"]))
    except Fault:
        elements = None
    for key, value in elements or ():
        yield module.scope.within({"each": Record({"key": key, "value": value})})


def _keep(instance: ResourceInstance) -> str | None:
    for block in instance.block.body.named("lifecycle"):
        wish = block.body.attributes.get("prevent_destroy")
        if wish is not None and instance.module.value(wish, instance.scope) not in (False, "false"):
            return PREVENTED
    return None


def _refers(name: str, value: Any) -> Iterator[tuple[str, str]]:
    for path, leaf in leaves(value, name):
        if isinstance(leaf, ResourceInstance):
            yield path, leaf.address
        elif isinstance(leaf, (Unknown, Partial)):
            yield from ((path, address) for address in leaf.refers)


def _told(value: Any) -> tuple[bool, Any]:
    """Give whether all of a value is known, and what of it can be told; None if nothing.

    Members of nested blocks are told one by one. Of lists and maps, all is told or nothing: a part would look like the whole.
    """
    if isinstance(value, (Unknown, Entity)):
        return False, None
    if isinstance(value, Partial):
        return False, value.pattern if value.pattern.literals else None
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        told = [{name: _told(inner) for name, inner in item.items()} for item in value]
        kept = [{name: part for name, (whole, part) in item.items() if whole and part is not None} for item in told]
        return all(whole for item in told for whole, _ in item.values()), kept
    if any(isinstance(leaf, (Unknown, Partial, Entity)) for _, leaf in leaves(value)):
        return False, None
    return True, list(value) if isinstance(value, list) else value
