"""The network between sites and a broker: a port for each site, whose link is
cut and healed at will."""
import asyncio
import threading
import time


class Link:
    """One site's. `ups` and `downs` are when it was healed and cut."""

    def __init__(self, broker_port):
        self.broker_port = broker_port
        self.port = 0
        self.closed = False   # who connects is turned away
        self.silent = None    # an event while nothing is carried
        self.writers = set()
        self.changes = [(time.time(), True)]

    async def open(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader, writer):
        if self.closed:
            writer.transport.abort()
            return
        self.writers.add(writer)
        try:
            r, w = await asyncio.open_connection("127.0.0.1",
                                                 self.broker_port)
        except OSError:
            writer.transport.abort()
            return
        self.writers.add(w)
        await asyncio.gather(self._carry(reader, w), self._carry(r, writer))
        self.writers -= {writer, w}

    async def _carry(self, reader, writer):
        try:
            while data := await reader.read(65536):
                if self.silent:
                    await self.silent.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.transport.abort()

    async def cut(self, seconds, silently):
        """As a cable that is pulled, or a router that says no."""
        self.changes.append((time.time(), False))
        if silently:
            self.silent = asyncio.Event()
        else:
            self.closed = True
            for w in list(self.writers):
                w.transport.abort()
        await asyncio.sleep(seconds)
        if silently:
            self.silent.set()
            self.silent = None
        self.closed = False
        self.changes.append((time.time(), True))

    def up_since(self, at, seconds):
        """When it has been up for so long at a stretch, after `at`; None: not
        yet."""
        ends = [t for t, _ in self.changes[1:]] + [time.time()]
        for (begin, up), end in zip(self.changes, ends):
            begin = max(begin, at)
            if up and end - begin >= seconds:
                return begin + seconds
        return None


class Network:
    """All links, in a thread of their own."""

    def __init__(self, count, broker_port):
        self.links = [Link(broker_port) for _ in range(count)]
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.cutting = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.ready.wait()

    def _run(self):
        asyncio.set_event_loop(self.loop)

        async def open_all():
            for link in self.links:
                await link.open()
        self.loop.run_until_complete(open_all())
        self.ready.set()
        self.loop.run_forever()

    def trouble(self, random, each_s):
        """Cuts every link once in so long, for a sixth of that, or up to three
        halves of it, until it is told to end."""
        self.over = asyncio.Event()

        async def haunt(link):
            while not self.over.is_set():
                try:
                    await asyncio.wait_for(
                        self.over.wait(), random.uniform(0, 2 * each_s))
                except asyncio.TimeoutError:
                    await link.cut(
                        min(random.expovariate(6 / each_s), 1.5 * each_s),
                        random.random() < 0.3)

        async def haunt_all():
            await asyncio.gather(*(haunt(link) for link in self.links))
        self.cutting = asyncio.run_coroutine_threadsafe(haunt_all(), self.loop)

    def peace(self):
        """Ends the trouble; all links are up."""
        self.loop.call_soon_threadsafe(self.over.set)
        self.cutting.result()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
