"""Questions that stand-ins put to the databases they were told of: a wrong password or a missing database is theirs to
notice, as it would be the real program's."""
import base64
import hashlib
import hmac
import http.client
import os
import socket
import struct


def page(address, path, timeout=4):
    """The status that an address answers; 0 if nothing does."""
    try:
        connection = http.client.HTTPConnection(address, timeout=timeout)
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0


def redis(host, port, password):
    with socket.create_connection((host, port), timeout=5) as link:
        link.sendall(b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n" % (len(password.encode()), password.encode()))
        answer = link.recv(200)
        if not answer.startswith(b"+OK"):
            raise OSError(f"redis: {answer.decode(errors='replace').strip()}")


def postgresql(host, port, user, password, database):
    """Logs in, as far as to be let in."""
    with socket.create_connection((host, port), timeout=5) as link:
        words = b"user\0%s\0database\0%s\0\0" % (user.encode(), database.encode())
        link.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
        kind, body = message(link)
        if kind == b"R" and body[:4] == b"\0\0\0\x0a":
            scram(link, password)
        elif not (kind == b"R" and body == b"\0\0\0\0"):
            raise OSError(f"postgresql: {said(body)}")
        # An empty one of these, and it is open.
        kind, body = message(link)
        while kind in (b"S", b"K", b"N", b"R"):
            kind, body = message(link)
        if kind != b"Z":
            raise OSError(f"postgresql: {said(body)}")


def said(body):
    return " ".join(part[1:].decode(errors="replace") for part in body.split(b"\0") if part[:1] in (b"S", b"M"))


def message(link):
    head = exactly(link, 5)
    return head[:1], exactly(link, struct.unpack("!i", head[1:])[0] - 4)


def exactly(link, length):
    got = b""
    while len(got) < length:
        piece = link.recv(length - len(got))
        if not piece:
            raise OSError("postgresql: it hung up")
        got += piece
    return got


def send(link, body):
    link.sendall(b"p" + struct.pack("!i", len(body) + 4) + body)


def scram(link, password):
    """RFC 5802 and 7677, the asking side."""
    nonce = base64.b64encode(os.urandom(18)).decode()
    first = f"n=,r={nonce}"
    opening = f"n,,{first}".encode()
    send(link, b"SCRAM-SHA-256\0" + struct.pack("!i", len(opening)) + opening)
    kind, body = message(link)
    if kind != b"R":
        raise OSError(f"postgresql: {said(body)}")
    answer = body[4:].decode()
    parts = dict(part.split("=", 1) for part in answer.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
    key = hmac.new(salted, b"Client Key", "sha256").digest()
    last = f"c=biws,r={parts['r']}"
    whole = f"{first},{answer},{last}".encode()
    signature = hmac.new(hashlib.sha256(key).digest(), whole, "sha256").digest()
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature))).decode()
    send(link, f"{last},p={proof}".encode())
    kind, body = message(link)
    if kind != b"R":
        raise OSError(f"postgresql: {said(body)}")
