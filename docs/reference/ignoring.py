"""The dialect of `.tfcleanignore` and the types it knows in, its page out."""

from __future__ import annotations

from docs.reference.writing import code, table
from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import types

EXAMPLE = """\
# what people work with
openstack_compute_instance_v2.bastion-*
!openstack_compute_instance_v2.bastion-old     # but that one may go
openstack_blockstorage_volume_v3.6ebfb3d0-340c-40e8-b8f9-25dac4ecfe5f
openstack_images_image_v2
module.database.openstack_blockstorage_volume_v3.data
network.port.ci-*
openstack_compute_instance_v2.*.all_metadata   # the platform writes its own
"""

PAGE = r"""# .tfcleanignore

Rules on what to leave alone: the file of that name in the current directory, or the one that `--ignore-file` names. What a rule
ignores is neither deleted nor counted as a problem, whatever the evidence says. The dialect is driftctl's.

```gitignore
{example}```

A line is a pattern for the whole of `TYPE.OBJECT`, or of `TYPE.OBJECT.ATTRIBUTE`, whose drift alone is ignored then:

* TYPE is a type of the Terraform provider, or a kind of tfclean's own; a line that is a type alone means all of that type.
* OBJECT is an id or a live name. Or the line is a Terraform address, whose last index may be left out.
* ATTRIBUTE is called as a diff calls it: `description`, `all_metadata`. The object stays what it is, and is deleted with the job's others.
  As names may have dots, such a line also means the object whose name ends in it; with the dot escaped it means the object alone.
* `*` stands for any text. A backslash takes the meaning from what follows it: `\*`, `\#`, `\!`, `\\`, `\.`.
* `!` at the start takes back what lines above it ignore: the last line that fits an object decides.
* `#` at the start of a line, or after a blank, begins a comment.

A line that can fit nothing is an error (exit code 2) with a suggestion, so that a typing error is no silent lack of protection. `?` and
`[` mean themselves: addresses have brackets.

## Types and kinds

{types}
"""


def known() -> dict[str, tuple[str, ...]]:
    """Give each kind with the types of the provider that mean it."""
    return {name: tuple(sorted(t for t, found in types().items() if found.looked_after and found.kind == name)) for name in KINDS}


def page() -> str:
    """Give the page."""
    rows = [(KINDS[kind].noun, code(kind), ", ".join(map(code, names))) for kind, names in known().items()]
    return PAGE.format(example=EXAMPLE, types=table(("object", "kind", "types of the provider"), rows))
