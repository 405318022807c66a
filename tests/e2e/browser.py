"""A headless Chromium, spoken to over its debugging pipe: JSON messages that
end in a NUL byte, read from its descriptor 3 and written to its 4."""
import json
import os
import shutil
import subprocess

from daemon import PATIENCE_S, wait_until

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """It and its pipe, which its pages share."""

    def __init__(self, profile, autoplay):
        policy = ("no-user-gesture-required" if autoplay else
                  "document-user-activation-required")
        to_read, self.to = os.pipe()
        self.of, to_write = os.pipe()
        # The shell puts the pipes where Chromium looks for them.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "bash",
             PROGRAM, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-background-networking",
             f"--autoplay-policy={policy}",
             "--remote-debugging-pipe", f"--user-data-dir={profile}",
             "about:blank"],
            pass_fds=[to_read, to_write], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.received = b""
        self.sent = 0
        self.exceptions = []

    def receive(self):
        while b"\0" not in self.received:
            part = os.read(self.of, 65536)
            assert part, "the browser is gone"
            self.received += part
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session, params):
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": params,
                   **session}
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.exceptions.append(answer["params"])
            if answer.get("id") == self.sent:
                assert "error" not in answer, answer
                return answer["result"]

    def stop(self):
        """As somebody closes it: one that is told to by a signal may not have
        written down what its pages keep."""
        self.call("Browser.close", {}, {})
        self.process.wait(PATIENCE_S)
        os.close(self.to)
        os.close(self.of)


class Page:
    def __init__(self, url, profile, autoplay=True, before="", beside=None):
        """Sound may be played before anybody has touched the page, or not;
        `before` is a script that is there before those of the page; `beside`
        is another page, of whose browser it is one more."""
        self.beside = beside
        self.browser = beside.browser if beside else Browser(profile, autoplay)
        self.exceptions = self.browser.exceptions
        self.session = {}
        if beside:
            self.target = self.call("Target.createTarget",
                                    url="about:blank")["targetId"]
        else:
            targets = self.call("Target.getTargets")["targetInfos"]
            self.target = next(
                t for t in targets if t["type"] == "page")["targetId"]
        self.session = {"sessionId": self.call(
            "Target.attachToTarget", targetId=self.target,
            flatten=True)["sessionId"]}
        self.call("Runtime.enable")
        self.call("Page.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=before)
        self.go(url)

    def go(self, url):
        self.call("Page.navigate", url=url)
        # A page may take away what stands behind '#'.
        url = url.split("#")[0]
        wait_until(lambda: self.value("document.readyState") == "complete" and
                   self.value("location.href").split("#")[0] == url,
                   "the page is there")

    def call(self, method, **params):
        return self.browser.call(method, self.session, params)

    def value(self, expression, touched=False, promised=False):
        """What it evaluates to; `touched`: as if somebody had pressed;
        `promised`: what it promises."""
        result = self.call("Runtime.evaluate", expression=expression,
                           userGesture=touched, awaitPromise=promised,
                           returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def press(self, key, ctrl=False):
        """A key, or the letters of a text, as from a keyboard."""
        named = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""),
                 " ": (32, " ")}
        if len(key) > 1 and key not in named:
            for letter in key:
                self.press(letter)
            return
        code, text = named.get(key) or (
            ord(key.upper()) if key.isalnum() else 0, key)
        key = {"key": key, "windowsVirtualKeyCode": code,
               "modifiers": 2 if ctrl else 0}
        if text and not ctrl:
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text,
                      **key)
        else:
            self.call("Input.dispatchKeyEvent", type="rawKeyDown", **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.beside:
            self.call("Page.close")
        else:
            self.browser.stop()
