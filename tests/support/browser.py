"""A headless Chromium, driven over a pipe by the DevTools protocol: no server, no port, no further package."""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.missing import missing

# It asks nothing of a network, and no address but a file's would be answered.
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
    "--remote-debugging-pipe", "--font-render-hinting=none",
)  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_PATIENCE_S = 60.0
# Chromium reads its commands from descriptor 3 and answers on 4. First out of the way: ours may be called so too.
_PLACED = """
import fcntl, os, sys
out_of_the_way = [fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3]]
for theirs, ours in zip((3, 4), out_of_the_way):
    os.dup2(ours, theirs)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One tab. console, requests: what its console told and what it asked for, since the last `go`."""

    def __init__(self, to: int, answers: int) -> None:
        self._to, self._from = to, answers
        self._rest = b""
        self._number = 0
        self._session = ""
        self.console: list[str] = []
        self.requests: list[str] = []
        self._loaded = False
        self._wanted: tuple[int, dict[str, Any]] = (0, {})
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def go(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Opens a page from disk and waits until it is loaded."""
        self.size(width, height)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._ask("Emulation.setEmulatedMedia", features=features)
        self.console.clear()
        self.requests.clear()
        self._loaded = False
        self._ask("Page.navigate", url=page.absolute().as_uri())
        self._until(lambda: self._loaded, "the page to load")

    def size(self, width: int, height: int) -> None:
        """The window, in CSS pixels; under 700 wide it is a phone."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700
        )

    def run(self, script: str) -> Any:
        """The value of an expression in the page, awaited; the page's own policy holds for what it does."""
        answer = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"the page's script failed: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def picture(self, *, whole: bool = False) -> bytes:
        """A PNG of the window, or of the whole page."""
        clip: dict[str, Any] = {}
        if whole:
            box = self._ask("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"clip": {"x": 0, "y": 0, "width": box["width"], "height": min(box["height"], 12_000), "scale": 1}}
        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **clip)
        return base64.b64decode(shot["data"])

    def pdf(self) -> bytes:
        """The page as it would be printed."""
        return base64.b64decode(self._ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        found: dict[str, Any] = {}
        self._wanted = (number, found)
        self._until(lambda: bool(found), method)
        if "error" in found:
            raise AssertionError(f"{method}: {found['error']}")
        result: dict[str, Any] = found["result"]
        return result

    def _until(self, done: Callable[[], bool], what: str) -> None:
        give_up_at = time.monotonic() + _PATIENCE_S
        while not done():
            ready, _, _ = select.select([self._from], [], [], max(0.0, give_up_at - time.monotonic()))
            if not ready:
                raise AssertionError(f"the browser did not answer: {what}")
            block = os.read(self._from, 1 << 20)
            if not block:
                raise AssertionError(f"the browser ended while we waited for {what}")
            *whole, self._rest = (self._rest + block).split(b"\0")
            for line in whole:
                self._heard(json.loads(line))

    def _heard(self, message: dict[str, Any]) -> None:
        number, found = self._wanted
        if message.get("id") == number:
            found.update({"result": {}, **message})
        params = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.consoleAPICalled":
                self.console.append(" ".join(str(one.get("value")) for one in params["args"]))
            case "Runtime.exceptionThrown":
                self.console.append(str(params["exceptionDetails"]))
            case "Log.entryAdded":
                self.console.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Page.javascriptDialogOpening":
                self.console.append(f"dialog: {params.get('message')}")


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A fresh Chromium with its profile in this folder; skips where none is installed."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None or sys.platform == "win32":
        missing("no Chromium is installed")
    their_read, to = os.pipe()
    answers, their_write = os.pipe()
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        [sys.executable, "-c", _PLACED, str(their_read), str(their_write), *command],
        pass_fds=(their_read, their_write),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(their_read)
    os.close(their_write)
    try:
        yield Browser(to, answers)
    finally:
        os.close(to)  # hanging up ends it
        os.close(answers)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
