"""One headless Chromium for all tests of this folder, which carry the marker `browser`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.wait import WebDriverWait

from tests.report.making import shown

HERE = Path(__file__).parent
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, before `-m` chooses among them."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@dataclass
class Browser:
    """A page at a time."""

    driver: Chrome
    folder: Path

    def open(self, write: Any, *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> None:
        """Show a document."""
        file = self.folder / "report.html"
        file.write_text(shown("html", write), encoding="utf-8")
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.command("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.requests()
        self.driver.get(file.as_uri())

    def command(self, name: str, **arguments: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self) -> str:
        """Give the id of what has the focus, else its text."""
        return str(self.run("const e = document.activeElement; return e.id || e.textContent"))

    def status(self) -> str:
        """Give what the live region says."""
        return str(self.run("return document.getElementById('shown').textContent"))

    def until(self, status: str) -> None:
        """Wait until the live region says `status`."""
        try:
            WebDriverWait(self.driver, 20, 0.05).until(lambda _: self.status() == status)
        except TimeoutException:
            assert self.status() == status

    def rows(self) -> list[str]:
        """Give the text of all rows, opened or not."""
        found: list[str] = self.run(
            "return [...document.querySelectorAll('#list > tbody > tr')].map(r => r.textContent.replace(/\\s+/g, ''))"
        )
        return found

    def complaints(self) -> list[str]:
        """Give what the console was told since the last time."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Give the addresses of all requests since the last time."""
        told = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in told if m["method"] == "Network.requestWillBeSent"]

    def violations(self) -> list[str]:
        """Give what axe-core has to say."""
        self.run(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const end = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => end(r.violations), e => end(String(e)))"
        )
        assert isinstance(found, list), found
        return [f"{v['id']}: {v['help']}: {[node['html'][:150] for node in v['nodes'][:3]]}" for v in found]


@pytest.fixture(scope="session")
def driver() -> Iterator[Chrome]:
    """Chromium, headless."""
    binary, path = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not path:
        pytest.skip("Chromium and its driver are not installed: scripts/browser does it, on Debian")
    options = ChromeOptions()
    options.binary_location = binary
    for switch in SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = Chrome(options=options, service=Service(path))
    made.set_script_timeout(120)
    yield made
    made.quit()


@pytest.fixture
def browser(driver: Chrome, tmp_path: Path) -> Browser:
    """A page of this test's own."""
    return Browser(driver, tmp_path)
