"""Imports in, a file of ``import`` blocks out, for Terraform 1.5 and OpenTofu 1.6 or later.

Nothing in a name ends a line or begins a block.
"""

from __future__ import annotations

from collections.abc import Iterable

from tfclean.kinds.registry import noun
from tfclean.model import Adoption, Import, Kept
from tfclean.terraform.addresses import quote

HEAD = """\
# What tfclean {version} found live{place}, to be taken into Terraform's state.
#
# Beside the configuration, `terraform plan` (or `tofu plan`) shows what would be imported, and `apply` does it.
# What the configuration does not have yet, it can write: terraform plan -generate-config-out=adopted.tf
# (for the root module only). When all of it is imported, this file has done its work.
"""


def render(adoption: Adoption, *, version: str) -> str:
    """Write the file.

    Args:
        adoption: what is imported, and what cannot be.
        version: of tfclean.
    """
    place = f" in project {plain(adoption.project)}" if adoption.project else ""
    parts = [HEAD.format(version=version, place=place)]
    parts += [_block(each) for each in adoption.imports]
    if adoption.left:
        parts.append("# Not to be imported:\n" + "".join(_left(adoption.left)))
    return "\n".join(parts)


def _block(each: Import) -> str:
    called = f" {quote(each.name)}" if each.name else ""
    notes = "".join(f"# {plain(line)}\n" for line in each.notes)
    return f"# {noun(each.target.kind)}{called}\n{notes}import {{\n  to = {each.address}\n  id = {quote(each.id)}\n}}\n"


def _left(left: Iterable[Kept]) -> Iterable[str]:
    for each in left:
        yield f"#   {noun(each.target.kind)} {plain(each.target.id)}{f' {quote(each.name)}' if each.name else ''}: {plain(each.because)}\n"


def plain(text: str) -> str:
    """Give text that stays on its line and looks like what it is."""
    return "".join(c if c.isprintable() else quote(c)[1:-1] for c in text)
