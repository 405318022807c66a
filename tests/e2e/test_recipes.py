"""docs/RECIPES.md, run: what stands there is taken out of the page itself.

Story: recipes that nobody runs name keys that were renamed and options of
other programs that never were."""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import numpy as np
import pytest

import daemon
import peers
import receivers
import scrape
from daemon import PATIENCE_S, ROOT, binary, wait_until
from gateway import Gateway
from peers import RATE, Program, free_port
from supervisor import supervise  # noqa: F401

PAGE = (ROOT / "docs/RECIPES.md").read_text(encoding="utf-8")
RECIPES = {part.split("\n", 1)[0]: part
           for part in PAGE.split("\n## ")[1:]}
DASHBOARD = ROOT / "packaging/grafana/ttsd.json"
# What a listener can know again, whatever codec is between.
TONE_HZ = 500
SPOKEN = f"freq={TONE_HZ} amp=0.4 ms=1500 a"
NO_SOUND = {"SDL_AUDIODRIVER": "disk", "SDL_VIDEODRIVER": "dummy"}


def snippets(recipe, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", RECIPES[recipe],
                      re.S | re.M)


def needs(*programs):
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


# ---- the page ----------------------------------------------------------------


def test_the_table_is_of_what_there_is():
    rows = re.findall(r"^\| \[.*?\]\(#(.*?)\) \| (.*) \|$", PAGE, re.M)
    anchors = {re.sub(r"[^a-z0-9 -]", "", name.lower()).replace(" ", "-")
               for name in RECIPES}
    assert {anchor for anchor, _ in rows} == anchors
    here = pathlib.Path(__file__).read_text(encoding="utf-8")
    for _, tested in rows:
        named = re.findall(r"`(test_\w+(?:\.py)?)`", tested)
        assert named or "outside" in tested, tested
        for name in named:
            assert (ROOT / "tests/e2e" / name).exists() or \
                f"def {name}(" in here, name


def test_each_recipe_says_what_to_expect():
    for name, text in RECIPES.items():
        assert "**It works**" in text, name
        assert "**What goes wrong first.**" in text, name
    for page in re.findall(r"\]\(([A-Z-]+\.md)\)", PAGE):
        assert (ROOT / "docs" / page).exists(), page


def lay(text, folder):
    """The snippet with its files in a folder of the test, and there."""
    text = re.sub(r"(?<=[ =])/(etc/ttsd|usr/local/bin|srv)/",
                  rf"{folder}/\1/", text)
    for path in map(pathlib.Path, re.findall(
            rf"(?:_file|_cert|tls_key) = ({folder}/\S+)", text)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a-key-of-the-test\n")
        path.chmod(0o600)
    return text


def lay_program(folder, name, body):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return path


INI = [(name, i) for name in RECIPES
       for i in range(len(snippets(name, "ini")))]


@pytest.mark.parametrize("recipe, number", INI)
def test_configurations_are_good(tmp_path, recipe, number):
    conf = tmp_path / "t.conf"
    text = snippets(recipe, "ini")[number]
    conf.write_text(lay(text, tmp_path))
    for name in ("bin/piper", "bin/open_jtalk", "usr/local/bin/sherpa"):
        lay_program(tmp_path, name, "cat >/dev/null\n")
    env = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    for program in ("ttsd", "streamer-supervisor", "ttsd-gateway"):
        checked = subprocess.run(
            [binary(program), "-c", conf, "--check-config", "-D",
             f"ttsd.state_dir={tmp_path}/state"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=2 * PATIENCE_S, env=env)
        assert checked.returncode == 0, (program, checked.stderr)


# ---- servers -----------------------------------------------------------------


def has_tone(samples, rate):
    """A tenth of a second somewhere that is the tone."""
    size = rate // 10
    for at in range(0, len(samples) - size, size):
        part = samples[at:at + size].astype(float)
        if np.sqrt((part ** 2).mean()) < 500:
            continue
        spectrum = np.abs(np.fft.rfft(part * np.hanning(size)))
        if abs(int(spectrum.argmax()) * rate / size - TONE_HZ) <= 10:
            return True
    return False


def hears(samples_so_far, ttsd, rate=RATE):
    """Says it again and again, for a player may still be joining."""
    with ttsd.control() as c:
        c.subscribe("finished")

        def heard():
            c.ask("say", text=SPOKEN)
            c.event("finished")
            return has_tone(samples_so_far(), rate)
        wait_until(heard, "the tone is heard", 2 * PATIENCE_S)


def of_decoder(decoder):
    return lambda: decoder.samples(RATE)


def of_file(path, channels=1):
    """What a player has written instead of playing it; 16 bits."""
    def read():
        data = path.read_bytes() if path.exists() else b""
        data = data[:len(data) // (2 * channels) * 2 * channels]
        return np.frombuffer(data, dtype="<i2")[::channels]
    return read


@pytest.fixture
def conf(rundir):
    """A recipe's configuration in a file, with other words for some, in a
    voice that is known again."""
    def write(recipe, *replaced, number=0):
        text = lay(snippets(recipe, "ini")[number], rundir)
        for old, new in replaced:
            assert old in text, (old, text)
            text = text.replace(old, str(new))
        path = rundir / "recipe.conf"
        path.write_text(text)
        return "-c", path, "-D", "channel.main.engine=tone"
    return write


def running(s, name):
    wait_until(lambda: s.output(name)["state"] == "running",
               f"{name} runs: {s.output(name)}")


def test_nginx_rtmp(rundir, start, supervise, conf):  # noqa: F811
    part, = snippets("nginx-rtmp", "nginx")
    port, folder = free_port(), rundir / "nginx"
    folder.mkdir()
    (folder / "nginx.conf").write_text(
        "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;\n"
        f"daemon off; master_process off; pid {folder}/nginx.pid;\n"
        "events { worker_connections 64; }\n"
        "http {\n"
        + peers.NGINX_HTTP.format(dir=folder) + "}\n"
        + part.replace("listen 1935", f"listen 127.0.0.1:{port}"))
    c = conf("nginx-rtmp", ("127.0.0.1", f"127.0.0.1:{port}"))
    with Program("nginx", "-p", folder, "-c", "nginx.conf", "-e",
                 folder / "error.log"):
        wait_until(lambda: peers.is_listening(port), "nginx listens")
        ttsd, s = start(*c), supervise(*c)
        running(s, "live")
        with peers.Decoder(f"rtmp://127.0.0.1:{port}/live/main") as far_end:
            hears(of_decoder(far_end), ttsd)


def test_icecast(rundir, start, supervise, conf):  # noqa: F811
    with receivers.Icecast() as server:
        c = conf("Icecast", ("icecast.example:8000",
                             f"127.0.0.1:{server.port}"))
        (rundir / "etc/ttsd/icecast.key").write_text(server.password)
        ttsd, s = start(*c), supervise(*c)
        running(s, "radio")
        with server.decode("voice.mp3") as far_end:
            hears(of_decoder(far_end), ttsd)
        assert server.password not in daemon.command_line(
            s.output("radio")["pid"])


def test_bilibili_key(rundir, start, supervise, conf):  # noqa: F811
    """A key that is a query alone arrives whole, with its `&`."""
    key = "?streamname=live_1_2&key=SECRET&schedule=rtmp&pflag=1"
    with peers.NginxRtmp(rundir) as server:
        path = server.directory / "nginx.conf"
        path.write_text(path.read_text().replace(
            "application live {", f"notify_method get; on_publish "
            f"http://127.0.0.1:{server.http_port}/published;\n"
            "application live-bvc {").replace(
                "access_log off;\n    client", "log_format asked '$args';\n"
                f"    access_log {server.directory}/asked asked;\n    client"))
        server.kill()
        server.start()
        c = conf("Bilibili", ("live-push.bilivideo.com",
                              f"127.0.0.1:{server.port}"))
        (rundir / "etc/ttsd/bilibili.key").write_text(key + "\n")
        start(*c, "-D", "channel.main.language=auto")
        s = supervise(*c)
        asked = server.directory / "asked"
        wait_until(lambda: "call=publish" in asked.read_text(),
                   "the server is asked")
        line = next(x for x in asked.read_text().splitlines()
                    if "call=publish" in x)
        assert "app=live-bvc" in line and key[1:] in line
        running(s, "bilibili")
        assert s.output("bilibili")["picture"]["sent"]
        assert "SECRET" not in s.logged() + str(s.outputs())


def test_snapcast(rundir, start, conf):
    needs("snapserver", "snapclient")
    line = re.search(r"^source = (process:.*)$", (
        ROOT / "docs/MANY-SITES.md").read_text(), re.M)[1]
    line = line.replace("/run/ttsd", str(rundir))
    ttsd = start(*conf("Snapcast"), "-D", "channel.hall.engine=tone")
    (rundir / "empty").write_text("")
    ports = [free_port() for _ in range(3)]
    server = Program(
        "snapserver", "--config", rundir / "empty",
        "--server.datadir", rundir / "snap", "--stream.source", line,
        "--stream.port", ports[0], "--stream.bind_to_address", "127.0.0.1",
        "--tcp.port", ports[1], "--tcp.bind_to_address", "127.0.0.1",
        "--http.enabled", "false",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    out = rundir / "played"
    with server:
        wait_until(lambda: peers.is_listening(ports[0]), "it listens")
        with Program("snapclient", "-h", "127.0.0.1", "-p", ports[0],
                     "--player", f"file:filename={out}", "--instance", 7,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            hears(of_file(out, channels=2), ttsd, 48000)


def test_liquidsoap(rundir, start, supervise, conf):  # noqa: F811
    """The music is a tone here; it goes down while the other one speaks."""
    needs("liquidsoap")
    script, = snippets("Liquidsoap", "liquidsoap")
    port, out = free_port(), rundir / "radio.wav"
    script = re.sub(r"output\.icecast\(.*?radio\)", lambda _: (
        f'output.file(%wav(header=false), "{out}", fallible=true, radio)'),
        script, flags=re.S)
    assert "output.file" in script
    script = script.replace('playlist("/srv/music")', "sine(2000.)").replace(
        "8005", str(port))
    file = rundir / "radio.liq"
    file.write_text("settings.init.allow_root.set(true)\n"
                    "settings.log.file.set(false)\n"
                    'settings.harbor.bind_addrs.set(["127.0.0.1"])\n' + script)
    c = conf("Liquidsoap", ("8005", port))
    (rundir / "etc/ttsd/liquidsoap.key").write_text("PASSWORD\n")
    log = open(rundir / "liquidsoap.log", "wb")
    with log, Program("liquidsoap", file, stdout=log, stderr=log):
        wait_until(lambda: peers.is_listening(port), "the harbor listens")
        ttsd, s = start(*c), supervise(*c)
        running(s, "radio")
        hears(of_file(out, channels=2), ttsd, 44100)


# ---- players -----------------------------------------------------------------


@pytest.fixture
def listen(rundir, start):
    ttsd = start("-D", "channel.main.engine=tone")
    with Gateway(rundir) as g:
        yield ttsd, g


def command(beginning, port):
    """A line of the recipe for players, and the gateway's own port in it."""
    lines = "".join(snippets("ffplay, mpv, VLC", "sh")).splitlines()
    line, = (x for x in lines if x.startswith(beginning))
    return shlex.split(line.replace("8088", str(port)))


@pytest.mark.parametrize("beginning", ["ffplay -nodisp http",
                                       "ffplay -nodisp -f"])
def test_ffplay(rundir, listen, beginning):
    needs("ffplay")
    ttsd, g = listen
    out = rundir / "played"
    words = [w.replace("/run/ttsd", str(rundir))
             for w in command(beginning, g.port)]
    with Program(*words, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL, env={
                     **os.environ, **NO_SOUND, "SDL_DISKAUDIOFILE": str(out)}):
        hears(of_file(out), ttsd)


def test_mpv(rundir, listen):
    needs("mpv")
    ttsd, g = listen
    out = rundir / "played"
    with Program(*command("mpv", g.port), "--no-config", "--ao=pcm",
                 f"--ao-pcm-file={out}", "--ao-pcm-waveheader=no",
                 "--audio-format=s16", stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL):
        hears(of_file(out), ttsd)


# ---- engines -----------------------------------------------------------------


@pytest.fixture
def ask(tmp_path):
    """What ttsd says of a text, by its history, under a recipe's
    configuration and a PATH of the test's."""
    def run(start, text, *args, path=""):
        env = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
        ttsd = start(*args, env=env)
        with ttsd.control() as c:
            c.subscribe("finished")
            c.ask("say", text=text)
            return c.event("finished")
    return run


def wav_at(path, seconds=0.3):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i",
         f"sine=500:duration={seconds}", "-ar", "22050", path], check=True)
    return path


def test_piper_is_called_so(rundir, start, ask, conf):
    """With a program in its place that takes just those options."""
    args = conf("Piper")[:2]
    wav = wav_at(rundir / "a.wav")
    for language in ("en_GB-alba", "zh_CN-huayan"):
        assert f"--model {language}-medium" in pathlib.Path(
            args[1]).read_text()
    lay_program(rundir / "bin", "piper", f"""
[ "$#" = 5 ] && [ "$1" = --model ] && [ "$3" = --data-dir ] &&
	[ "$5" = --output-raw ] || exit 64
echo "$2 $(cat)" >>{rundir}/asked
tail -c +45 {wav}
""")
    done = ask(start, "Good morning. 早上好。", *args, path=rundir / "bin")
    assert done["outcome"] == "spoken"
    asked = (rundir / "asked").read_text()
    assert "alba-medium Good morning" in asked
    assert "huayan-medium 早上好" in asked


def test_sherpa_is_called_so(rundir, start, ask, conf):
    """The script as it stands; in the program's place one that takes its
    text as an argument and writes a file."""
    args = conf("sherpa-onnx")[:2]
    script, = snippets("sherpa-onnx", "sh")
    lay_program(rundir, "usr/local/bin/sherpa", script)
    wav = wav_at(rundir / "a.wav")
    lay_program(rundir / "bin", "sherpa-onnx-offline-tts", f"""
for word; do case $word in
--output-filename=*) file=${{word#*=}} ;;
--*) ;;
*) echo "$word" >>{rundir}/asked ;;
esac; done
echo chatter
cat {wav} >"$file"
""")
    done = ask(start, "你好。", *args, path=rundir / "bin")
    assert done["outcome"] == "spoken"
    assert (rundir / "asked").read_text().strip() == "你好。"


def test_a_door_as_openais(rundir, start, ask, conf):
    """One ttsd speaks with the voice of another."""
    with daemon.runtime_dir() as other, daemon.Ttsd(
            other, "-D", "channel.main.engine=tone"), Gateway(other) as g:
        args = conf("Kokoro, and others with OpenAI's door",
                    ("8880", g.port), ("model = kokoro", "model = tone"),
                    ("voice = af_bella", "voice = low"))[:2]
        done = ask(start, "One two.", *args)
        assert done["outcome"] == "spoken"
        # Two tones of 200 ms, of the far engine: the fallback's are longer.
        assert done["last_sample"] - done["first_sample"] + 1 == 2 * RATE // 5


def test_open_jtalk(rundir, start, ask, conf):
    needs("open_jtalk")
    args = conf("Open JTalk")[:2]
    line = re.search(r"^command = (.*)$", args[1].read_text(), re.M)[1]
    words = shlex.split(line)
    for path in words[words.index("-x") + 1], words[words.index("-m") + 1]:
        if not pathlib.Path(path).exists():
            pytest.skip(f"{path} is not there")
    done = ask(start, "23番の方、3番窓口へどうぞ。", *args)
    assert done["outcome"] == "spoken"
    assert done["last_sample"] - done["first_sample"] > RATE


# ---- Prometheus, Grafana -----------------------------------------------------


@pytest.fixture
def metered_all(rundir, start, supervise):  # noqa: F811
    """The three with the recipe's configuration, and an output of each kind
    that has metrics of its own."""
    conf = rundir / "recipe.conf"
    text, = snippets("Prometheus", "ini")
    text = re.sub(r":\d+$", lambda _: f":{free_port()}", text, flags=re.M)
    conf.write_text(text + f"""
[output live]
url = udp://127.0.0.1:{receivers.free_udp_port()}
probe_url = udp://127.0.0.1:{receivers.free_udp_port()}
hear = yes
""")
    args = ("-c", conf, "-D", "channel.main.engine=tone")
    ttsd, s = start(*args), supervise(*args)
    with Gateway(rundir, *args) as g:
        yield ttsd, s, g


def served(metered):
    """The texts of the three, once the output has sent."""
    ttsd, s, g = metered
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("say", text=SPOKEN)
        c.event("finished")
    running(s, "live")
    g.request("GET", "/healthz")
    return [scrape.of(ttsd).get("/metrics")[2],
            scrape.of(s).get("/metrics")[2],
            g.request("GET", "/metrics")[2].decode()]


def promtool(*args, text=None):
    p = subprocess.run(["promtool", *map(str, args)], input=text, text=True,
                       capture_output=True, timeout=PATIENCE_S)
    assert p.returncode == 0, p.stdout + p.stderr


def test_prometheus(rundir, metered_all):
    needs("promtool")
    for text in served(metered_all):
        promtool("check", "metrics", text=text)
    part, = snippets("Prometheus", "yaml")
    rules = re.findall(r"^```yaml\n(groups:.*?)^```", (
        ROOT / "docs/METRICS.md").read_text(), re.S | re.M)
    (rundir / "rules.yml").write_text(rules[0])
    (rundir / "prometheus.yml").write_text(
        f"rule_files: [{rundir}/rules.yml]\n" + part)
    promtool("check", "config", rundir / "prometheus.yml")
    for n, (_, query) in enumerate(queries(dashboard())):
        # As a rule it is read by Prometheus itself.
        (rundir / "query.yml").write_text(json.dumps({"groups": [{
            "name": "g", "rules": [{"record": f"r{n}", "expr": query.replace(
                "$__rate_interval", "1m")}]}]}))
        promtool("check", "rules", rundir / "query.yml")


def dashboard():
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))


def queries(board):
    """Each with the title of its panel."""
    return [(p["title"], t["expr"]) for p in board["panels"]
            for t in p["targets"]]


def metric_names(query):
    """What stands before a selector, or alone."""
    return set(re.findall(r"\b(?:ttsd|streamer|gateway)_\w+", query))


def test_dashboard(metered_all):
    board = dashboard()
    known = set()
    for text in served(metered_all):
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M):
            known |= {name} | ({f"{name}_{part}" for part in (
                "bucket", "sum", "count")} if kind == "histogram" else set())
    # The delay is told once an ear knows it; its row of the table is tested.
    known.add("streamer_output_delay_seconds")
    used = set()
    for title, query in queries(board):
        names = metric_names(query)
        assert names and names <= known, (title, names - known)
        assert query.count("(") == query.count(")"), title
        used |= names
    assert len(used) >= 15
    variable, = (v for v in board["templating"]["list"]
                 if v["name"] == "instance")
    assert metric_names(variable["query"]["query"]) <= known


def test_dashboard_is_one_that_grafana_takes():
    board = dashboard()
    assert board["schemaVersion"] == 36 and board["uid"] == "ttsd"
    names = {v["name"] for v in board["templating"]["list"]}
    taken, ids = set(), set()
    for p in board["panels"]:
        assert p["id"] not in ids and p["title"], p
        ids.add(p["id"])
        assert p["type"] in ("stat", "timeseries", "state-timeline")
        at = p["gridPos"]
        assert at["x"] + at["w"] <= 24 and at["h"] > 0
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                 for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, p["title"]
        taken |= cells
        refs = [t["refId"] for t in p["targets"]]
        assert refs and len(refs) == len(set(refs))
    for used in re.findall(r"\$\{?(\w+)", DASHBOARD.read_text()):
        assert used in names | {"__rate_interval", "__all"}, used


# ---- loudspeakers ------------------------------------------------------------


def test_amplifier(rundir, start):
    """Without a card: ALSA's own `null` takes the time that a card does."""
    needs("ffmpeg")
    unit, = snippets("An amplifier at the machine itself", "systemd")
    line, = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    assert line.endswith(" default")
    words = shlex.split(line.replace("/run/ttsd/", f"{rundir}/"))
    d = start("-D", "channel.main.engine=tone")
    player = subprocess.Popen([*words[:-1], "null"],
                              stderr=subprocess.PIPE)
    try:
        wait_until(lambda: player.poll() is not None or
                   d.status()["channels"][0]["subscribers"], "it reads")
        with d.control() as c:
            c.subscribe("finished")
            c.ask("say", text="ms=500 x")
            assert c.event("finished")["outcome"] == "spoken"
        assert player.poll() is None, player.stderr.read()
    finally:
        player.kill()
        player.communicate()


# ---- the kiosk ---------------------------------------------------------------


def test_kiosk_unit(rundir):
    needs("systemd-analyze")
    unit, = snippets("A kiosk on a small board", "systemd")
    file = rundir / "kiosk.service"
    # Where its programs are not systemd would complain of that alone.
    file.write_text(re.sub(r"/usr/bin/cage\b", "/bin/true", unit))
    p = subprocess.run(["systemd-analyze", "verify", "--man=no", file],
                       capture_output=True, text=True, timeout=PATIENCE_S)
    wrong = [x for x in p.stderr.splitlines() if "kiosk.service" in x]
    assert not wrong, wrong
