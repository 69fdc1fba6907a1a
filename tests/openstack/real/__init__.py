"""Real runs of Terraform and OpenTofu on the lab, killed at moments that follow from a seed.

play(project, engine, Kill.drawn(seed, engine), folder)    what was left, what tfclean said of it, and what its destroy left

The job is `tests/openstack/jobs`. A twin of it, with another job id, starts at the same moment in the same project and goes on to its
end; its state is shown to tfclean only where it is to be protected.
"""

from .engine import ENGINES, Engine
from .kill import Kill
from .played import Played, play

__all__ = ["ENGINES", "Engine", "Kill", "Played", "play"]
