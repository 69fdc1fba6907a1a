"""What else than a name a run can have written on its objects: descriptions, tags and metadata.

In: a create and an object that is as that create would have made it. Out: the attribute and the word of this run in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tfclean.estate.creates import Create, Name
from tfclean.kinds.drift import live_value
from tfclean.model import Pattern, Resource

ATTRIBUTES = frozenset({"description", "tags", "metadata"})
"""Terraform's names of what people write on objects, where the type's drift rules compare it with the live object."""


def marked(create: Create, resource: Resource, within: Callable[[Name], str]) -> tuple[str, str]:
    """Tell where a word of this run stands, in what `create` would have written and on `resource`.

    Args:
        create: what would have written it.
        resource: an object that `create` can have made: what both say is equal, as far as it is known.
        within: gives the word of this run in a text; empty if there is none.

    Returns:
        The attribute and the word; two empty strings if there is none.
    """
    for rule in create.type.drift:
        if rule.attribute in ATTRIBUTES - create.type.secret:
            shown, after = live_value(rule, resource.attributes)
            for text in texts(create.claim.attributes.get(rule.attribute)) if shown else ():
                word = within(text)
                if word and any(word == within(live) for live in texts(after)):
                    return rule.attribute, word
    return "", ""


def written(resource: Resource) -> Iterator[str]:
    """Give what people have written on an object beside its name."""
    for name in sorted(ATTRIBUTES):
        for text in texts(resource.attributes.get(name)):
            yield str(text)


def texts(value: Any) -> Iterator[Name]:
    """Give all texts in a value, values of maps too; patterns are texts that are known in part."""
    if isinstance(value, str | Pattern):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from texts(item)
