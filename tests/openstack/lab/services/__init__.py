"""The OpenStack services: one file each, found by its `SERVICE`."""

import importlib
import pkgutil

from .base import Service


def all_services() -> list[Service]:
    """Every service of the lab."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return [module.SERVICE for module in modules if hasattr(module, "SERVICE")]
