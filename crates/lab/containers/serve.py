"""What the lab's stand-ins share: a configuration that is read for the keys they need, and a server of answers.

A stand-in is told what its real program is told, and ends with a word where that program would not have started.
"""
import http.server
import json
import os
import signal
import sys
import threading

import yaml


def say(text):
    print(text, flush=True)


def fail(text):
    print(f"error: {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def yaml_file(path):
    try:
        with open(path, encoding="utf-8") as file:
            tree = yaml.safe_load(file)
    except (OSError, yaml.YAMLError) as error:
        fail(f"{path}: {error}")
    if not isinstance(tree, dict):
        fail(f"{path}: it has no keys")
    return tree


def known_keys(path, tree, keys):
    """Programs that refuse a key they do not know are stood in for by one that does, too."""
    for key in tree:
        if key not in keys:
            fail(f"{path}: field {key} not found")


def value(tree, *keys, otherwise=None):
    for key in keys:
        if not isinstance(tree, dict) or key not in tree:
            return otherwise
        tree = tree[key]
    return tree


def option(arguments, name, otherwise=None):
    """The value of `--name=value`, `-name=value` or `--name value`."""
    for number, word in enumerate(arguments):
        stripped = word.lstrip("-")
        if stripped.startswith(name + "="):
            return stripped[len(name) + 1:]
        if stripped == name and word.startswith("-") and number + 1 < len(arguments):
            return arguments[number + 1]
    return otherwise


def writable(folder):
    """A program that keeps data does not start where it cannot."""
    probe = os.path.join(folder, ".piton-lab")
    try:
        with open(probe, "w", encoding="utf-8") as file:
            file.write("")
        os.remove(probe)
    except OSError as error:
        fail(f"cannot write to {folder}: {error}")


def place(text, otherwise):
    """Address and port of `address:port`, `:port` or nothing."""
    address, _, port = (text or "").rpartition(":")
    return (address.strip("[]") or "0.0.0.0"), int(port or otherwise)


def serve(address, port, answers, forever=True):
    """Answers GET and POST by path; an answer is a status with a body, or what makes one of a request."""

    running = threading.Condition()
    requests = set()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            with running:
                requests.add(self)
            try:
                self.answer()
            finally:
                with running:
                    requests.discard(self)
                    running.notify_all()

        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            self.body = self.rfile.read(length)
            path = self.path.split("?")[0]
            answer = answers.get(path, answers.get("*", (404, "not found\n")))
            status, body = answer(self) if callable(answer) else answer
            if not isinstance(body, (bytes, str)):
                body = json.dumps(body)
            body = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_POST = do_PUT = do_HEAD = do_GET

        def log_message(self, *words):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 128

    try:
        server = Server((address, port), Handler)
    except OSError as error:
        fail(f"cannot listen on {address}:{port}: {error}")
    say(f"listening on {address}:{port}")
    if not forever:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server
    # What runs is answered to its end, what comes anew is not taken. Connections that are only kept open end with it.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()
    with running:
        running.wait_for(lambda: not requests, timeout=5)
    sys.exit(0)
