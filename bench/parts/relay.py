"""A relay that makes a round trip longer: what comes in on one side leaves on the other half a round trip later.

A stand-in for the kernel's netem where there is none. It imitates the handshake too (the far side hears of a
connection one and a half round trips after it began), but no loss, no limited bandwidth and no growing window.

Run as `relay.py MILLISECONDS LISTEN:PORT=TARGET:PORT...`; it prints one line when it listens.
"""

import asyncio
import sys


async def pipe(reader, writer, delay, not_before):
    """Passes bytes on `delay` after they came, and never counts them as sent before `not_before`."""
    clock = asyncio.get_running_loop().time
    queue = asyncio.Queue()

    async def take():
        while data := await reader.read(1 << 16):
            queue.put_nowait((max(clock(), not_before) + delay, data))
        queue.put_nowait((clock() + delay, b""))

    taking = asyncio.create_task(take())
    try:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - clock()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except (ConnectionError, OSError):
        writer.close()
    finally:
        taking.cancel()


async def relay(reader, writer, target, trip):
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(1.5 * trip)
    try:
        far_reader, far_writer = await asyncio.open_connection(*target)
    except OSError:
        writer.close()
        return
    await asyncio.gather(
        pipe(reader, far_writer, trip / 2, began + trip),
        pipe(far_reader, writer, trip / 2, began),
        return_exceptions=True,
    )
    for side in (writer, far_writer):
        side.close()


async def main(words):
    trip = float(words[0]) / 1000
    servers = []
    for word in words[1:]:
        (host, port), target = (side.split(":") for side in word.split("="))

        def accept(reader, writer, target=tuple(target)):
            return relay(reader, writer, target, trip)

        servers.append(await asyncio.start_server(accept, host, int(port)))
    print("listening", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1:]))
    except KeyboardInterrupt:
        pass
