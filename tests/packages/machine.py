"""A machine with nothing but Debian 12 and apt, booted by systemd-nspawn.

It has no network of its own: what apt installs there was fetched before.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

from daemon import children, wait_until

DEBIAN = pathlib.Path(__file__).resolve().parents[1] / "machines/debian"
PATIENCE_S = 120


class Missing(Exception):
    """This machine cannot boot another one; the text says what it lacks."""


def command(*words, **kw):
    return subprocess.run(words, check=True, text=True, **kw)


def name_of(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    return None


def fresh(root, packages):
    """Has Debian in `root`, and in its apt's cache what the packages need.
    It takes a minute and is kept."""
    made = subprocess.run([DEBIAN, root, "systemd-sysv,dbus"],
                          stdout=subprocess.PIPE, text=True)
    if made.returncode != 0:
        raise Missing(made.stdout)
    there = root / "packages"
    for name, folder in packages.items():
        shutil.rmtree(there / name, ignore_errors=True)
        shutil.copytree(folder, there / name)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", root / "etc" / name)
    with open(f"{root}.log", "ab") as log:
        for line in ("apt-get -qq update",
                     "apt-get -y --download-only install "
                     f"/packages/{min(packages)}/*.deb"):
            command("chroot", str(root), "sh", "-c", line,
                    stdout=log, stderr=log)


class Machine:
    def __init__(self, template, root):
        """A copy of a fresh one, which is not touched."""
        self.root = root
        self.nspawn = self.leader = None
        shutil.rmtree(root, ignore_errors=True)
        command("cp", "-a", "--reflink=auto", str(template), str(root))

    def boot(self):
        """Returns once systemd has started all that it starts at boot."""
        with open(f"{self.root}.console", "ab") as console:
            self.nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit",
                 "--boot", "--private-network", "-D", str(self.root)],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.leader = wait_until(self._systemd, "systemd's process")
        wait_until(lambda: self.run("systemctl is-system-running",
                                    check=False).stdout.strip()
                   in ("running", "degraded"), "the end of the boot",
                   PATIENCE_S)
        return self

    def _systemd(self):
        assert self.nspawn.poll() is None, f"see {self.root}.console"
        return next((pid for pid in children(self.nspawn.pid)
                     if name_of(pid) == "systemd"), None)

    def words(self, line, namespaces="-a"):
        return ["nsenter", "-t", str(self.leader), namespaces,
                "sh", "-c", line]

    def run(self, line, check=True, **kw):
        """A line of the shell, as root, there. One that fails is shown."""
        p = subprocess.run(
            self.words(line), text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kw)
        assert not check or p.returncode == 0, f"{line}: {p.stdout}"
        return p

    def says(self, line):
        return self.run(line).stdout.strip()

    def network(self, line):
        """In its network, by a program of this machine's."""
        command(*self.words(line, "-n"))

    def path(self, name):
        """Of a file there, also where only it has it mounted."""
        return pathlib.Path(f"/proc/{self.leader}/root{name}")

    def cut(self):
        """As when the power goes: every process at once, and unasked."""
        os.kill(self.leader, signal.SIGKILL)
        self.nspawn.wait()
        self.leader = None

    def off(self):
        if self.nspawn is None or self.nspawn.poll() is not None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self.leader is not None:
                self.run("systemctl poweroff --force", check=False)
            self.nspawn.wait(PATIENCE_S)
        if self.nspawn.poll() is None:
            self.nspawn.kill()
            self.nspawn.wait()

    def __enter__(self):
        return self.boot()

    def __exit__(self, *_):
        self.off()
