"""What shells offer when the tabulator is pressed, asked of the shells."""
import os
import re
import shlex
import subprocess

import pytest

from client import ctl, fake_daemon  # noqa: F401
from daemon import BUILD, ROOT
from supervisor import define, supervise  # noqa: F401

COMPLETION = ROOT / "packaging/completion"
ENV = {**os.environ, "PATH": f"{BUILD}/bin:{os.environ['PATH']}",
       "LC_ALL": "C.UTF-8"}
SPEECH = ("-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone",
          "-D", "zone.cellar.channels=cafe",
          "-D", "message.ticket.text=1", "-D", "message.close.text=2",
          "-D", "series.A.message=close", "-D", "series.B.message=close")


def names(ctl, *words):  # noqa: F811
    p = ctl("complete", "--", *words)
    assert (p.returncode, p.stderr) == (0, "")
    return [line.split("\t")[0] for line in p.stdout.splitlines()]


def test_every_command_and_option(ctl):  # noqa: F811
    commands = re.findall(r"^  ([a-z-]+) ", ctl("help", "--all").stdout, re.M)
    assert names(ctl, "") == commands and "stop-all" in commands
    assert names(ctl, "help", "") == commands
    for command in commands:
        text = ctl("help", command).stdout
        assert set(names(ctl, command, "-")) == set(
            re.findall(r"^  (?:-\w, |    )(--[\w-]+)", text, re.M)), command
    assert names(ctl, "nosuch", "") == []


def test_what_the_tables_know(ctl):  # noqa: F811
    assert names(ctl, "token", "") == ["add", "list", "remove"]
    assert names(ctl, "set", "pi") == ["pitch="]
    assert "url_file=" in names(ctl, "add", "live", "")
    assert names(ctl, "say", "-p", "") == [
        "background", "normal", "high", "urgent"]
    assert names(ctl, "say", "--priority=h") == ["--priority=high"]


def test_what_ttsd_knows(start, ctl, rundir):  # noqa: F811
    """Wherever the name stands, and behind other options."""
    start(*SPEECH)
    assert names(ctl, "pause", "-c", "") == ["hall", "cafe", "cellar"]
    assert names(ctl, "pause", "--zone", "hall,c") == [
        "hall,cafe", "hall,cellar"]
    assert names(ctl, "say", "--quiet", "--channel=hall,c") == [
        "--channel=hall,cafe", "--channel=hall,cellar"]
    assert names(ctl, "say", "hello", "--message", "") == ["ticket", "close"]
    assert names(ctl, "say", "--chime", "") == ["ding"]
    assert names(ctl, "set", "bed=d") == ["bed=ding"]
    assert names(ctl, "-w", "1", "call", "") == ["A", "B"]
    assert names(ctl, "call", "A", "") == []
    assert "tone" in names(ctl, "voices", "--engine", "")
    ctl("pause")
    said = [ctl("say", "-q", "440:0.1").stdout.strip() for _ in range(2)]
    assert names(ctl, "cancel", "") == names(ctl, "cancel", "7", "") == said
    far = subprocess.run(["ttsctl", "complete", "--", "-r", str(rundir),
                          "skip", "-c", "h"], env=ENV, capture_output=True,
                         text=True)
    assert far.stdout == "hall\n"


def test_what_the_supervisor_knows(supervise, ctl):  # noqa: F811
    supervise(*define("live", url="rtmp://localhost:1/a", autostart="no"),
              *define("late", url="rtmp://localhost:1/b", autostart="no"))
    assert set(names(ctl, "start", "")) == {"live", "late"}
    assert names(ctl, "stop", "li") == ["live"]


def test_nobody_answers(rundir, ctl):  # noqa: F811
    assert names(ctl, "call", "") == names(ctl, "stop", "") == []
    with fake_daemon(rundir, b""):
        assert names(ctl, "call", "") == []
        assert names(ctl, "sta") == ["status", "start"]


def in_bash(line):
    """Of a line, as bash-completion has it parted and answered."""
    words = line.split(" ")
    script = f"""
        . /usr/share/bash-completion/bash_completion
        BASH_COMPLETION_USER_DIR=/nowhere
        . {COMPLETION}/bash/{words[0]}
        compopt() {{ :; }}
        COMP_LINE={shlex.quote(line)} COMP_POINT=${{#COMP_LINE}}
        COMP_WORDS=({' '.join(
            shlex.quote(part) for word in words
            for part in (re.findall(r"=|[^=]+", word) or ['']))})
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        set -- $(complete -p {words[0]})
        while [ "$1" != -F ]; do shift; done
        "$2" {words[0]} "${{COMP_WORDS[COMP_CWORD]}}" \
            "${{COMP_WORDS[COMP_CWORD - 1]}}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return subprocess.run(["bash", "-c", script], env=ENV, check=True,
                          capture_output=True, text=True).stdout.split()


def in_fish(line):
    got = subprocess.run(
        ["fish", "--no-config", "-c",
         f"source {COMPLETION}/fish/{line.split(' ')[0]}.fish; "
         f"complete -C {shlex.quote(line)}"],
        env=ENV, check=True, capture_output=True, text=True).stdout
    return [shown.split("\t")[0] for shown in got.splitlines()]


def in_zsh(line):
    """Its completion works in its line editor alone; here what would be
    offered there is printed."""
    words = line.split(" ")
    script = f"""
        compadd() {{ while [[ $1 != -a ]]; do shift; done
            print -l -- "${{(@P)2}}"; }}
        words=({' '.join(shlex.quote(word) for word in words)})
        CURRENT=$#words
        . {COMPLETION}/zsh/_ttsctl
    """
    got = subprocess.run(["zsh", "-f", "-c", script], env=ENV, check=True,
                         capture_output=True, text=True).stdout.split()
    return [name for name in got if name.startswith(words[-1])]


@pytest.mark.parametrize("ask", [in_bash, in_fish, in_zsh])
def test_a_shell(start, ask, rundir):
    start(*SPEECH)
    at = f"ttsctl -r {rundir}"
    assert set(ask("ttsctl sta")) == {"start", "status"}
    assert ask("ttsctl set pi") == ["pitch="]
    assert set(ask(f"{at} call ")) == {"A", "B"}
    assert set(ask(f"{at} say -c hall,c")) == {"hall,cafe", "hall,cellar"}
    # bash has "=" part a word.
    assert ask(f"{at} say --message=ti") == [
        "ticket" if ask == in_bash else "--message=ticket"]
    assert ask("ttsctl nosuch ") == []


@pytest.mark.parametrize("ask", [in_bash, in_fish])
@pytest.mark.parametrize("program", ["ttsd", "streamer-supervisor",
                                     "ttsd-gateway", "ttsd-stream"])
def test_the_options_of_a_daemon(program, ask):
    assert set(ask(f"{program} --che")) == {"--check-config"}
    assert {"--config", "--reload", "--version"} <= set(ask(f"{program} --"))


def test_zsh_reads_its_files():
    for file in (COMPLETION / "zsh").iterdir():
        subprocess.run(["zsh", "-n", file], check=True)
        assert file.read_text().startswith("#compdef ")
