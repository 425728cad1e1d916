"""Checks this folder offline. Needs Python 3.8 or later and nothing else; for time stamps also the openssl command.

    python3 verify.py                          check all that lies here
    python3 verify.py --key KEY                the archive's public key, as you know it from elsewhere
    python3 verify.py --roots FILE.pem         the stamp authority's certificates, as you know them from elsewhere
    python3 verify.py --file FILE              a file of your own: is it the one that was received?

Exit code 0: everything holds. 1: something does not. What this proves, and what not: README.txt.
"""

import base64
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

# Ed25519 (RFC 8032): the curve -x² + y² = 1 + D·x²·y² over the numbers below P; points are (X, Y, Z, T), T = XY/Z.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(one, other):
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_of(encoded):  # None where these 32 bytes name no point
    number = int.from_bytes(encoded, "little")
    odd, y = number >> 255, number & (2**255 - 1)
    if len(encoded) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, text, signature):
    public, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or r is None or len(signature) != 64 or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(h, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# The log is a Merkle tree (RFC 6962; checking as in RFC 9162, 2.1.3.2 and 2.1.4.2).
def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf, index, size, path, root):
    at, last, head = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            head = node(sibling, head)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            head = node(head, sibling)
        at, last = at >> 1, last >> 1
    return index < size and last == 0 and head == root


def extends(old_size, old_root, size, root, path):
    if old_size == size:
        return old_root == root
    if not 0 < old_size < size or not path:
        return False
    path = [old_root] + path if old_size & (old_size - 1) == 0 else path
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(sibling, old), node(sibling, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def read_note(note, keys):  # a C2SP signed note: size, head, the clock's words, the key that signed or None
    text, signatures = note.rpartition(b"\n\n")[0] + b"\n", note.rpartition(b"\n\n")[2]
    lines = text.decode().split("\n")
    when = next((line[3:] for line in lines[3:] if line.startswith("at ")), "")
    signer = None
    for line in signatures.decode().splitlines():
        name, raw = line[2:].rsplit(" ", 1)[0], base64.b64decode(line.rsplit(" ", 1)[1])
        for key in keys:
            named, key_id, public = key.split("+", 2)
            fits = lines[0] == name == named and raw[:4].hex() == key_id
            if fits and signed(base64.b64decode(public)[1:], text, raw[4:]):
                signer = key
    return int(lines[1]), base64.b64decode(lines[2]), when, signer


def stamped(folder, stamp, note, roots):
    if shutil.which("openssl") is None:
        return False, "openssl is not installed, so the stamp was not checked"
    asked = ["openssl", "ts", "-in", os.path.join(folder, stamp)]
    text = subprocess.run(asked + ["-reply", "-text"], capture_output=True).stdout.decode("utf-8", "replace")
    found = re.search(r"^Time stamp: (\w+ +\d+ [\d:]+)\S* (\d+) GMT$", text, re.MULTILINE)
    when = " ".join(found.groups()) if found else "Jan 1 00:00:00 1970"
    # As of the stamped instant: a certificate that was good when it stamped may have expired since.
    at = str(int(datetime.datetime.strptime(when + " +0000", "%b %d %H:%M:%S %Y %z").timestamp()))
    against = ["-verify", "-data", os.path.join(folder, note), "-CAfile", roots, "-partial_chain", "-attime", at]
    done = subprocess.run(asked + against, capture_output=True)
    good = done.returncode == 0 and found is not None
    return good, when + " UTC" if good else done.stderr.decode("utf-8", "replace").strip()[-160:].split("\n")[-1]


def check(folder, own_key="", own_roots="", own_file=""):  # [(whether it holds, in words)]
    def read(name):
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()

    proof = json.loads(read("proof.json").decode())
    out, heads, yours, sealed = [], [], [], None
    for one in proof["checkpoints"]:
        size, root, when, key = read_note(read(one["note"]), proof["keys"] + [own_key] * bool(own_key))
        heads.append((size, root))
        yours += ["checkpoint of %d entries" % size] * (key == own_key)
        words = "checkpoint of %d entries, %s by the desk's clock, signed by %s" % (size, when, key)
        out.append((key is not None, words))
        if one["stamp"]:
            roots = own_roots or os.path.join(folder, one["roots"])
            good, words = stamped(folder, one["stamp"], one["note"], roots)
            out.append((good, "the outside time stamp on it: " + words))
    if own_key:  # one is enough: that the logs under the others are the same log is checked below
        out.append((bool(yours), "signed by the key that you know: " + (", ".join(yours) or "no checkpoint here")))
    for (old, new), path in zip(zip(heads, heads[1:]), proof["consistency"] + [[]] * len(heads)):
        good = extends(old[0], old[1], new[0], new[1], list(map(bytes.fromhex, path)))
        out.append((good, "the log of %d entries is the beginning of the one of %d" % (old[0], new[0])))
    for one in proof["entries"]:
        leaf, payload = one["leaf"].encode(), read(one["payload"])
        entry = json.loads(leaf)
        good = included(leaf, entry["seq"], heads[0][0], list(map(bytes.fromhex, one["inclusion"])), heads[0][1])
        out.append((good, "entry %d (%s, %s) stands in that log" % (entry["seq"], entry["kind"], entry["at"])))
        good = hashlib.sha256(bytes.fromhex(one["salt"]) + payload).hexdigest() == entry["payload"]
        out.append((good, "entry %d is about exactly %s" % (entry["seq"], one["payload"])))
        if entry["kind"] == "sealed":
            sealed = json.loads(payload.split(b"\n")[0].decode())
    good = sealed is not None and sealed["item"] == proof["item"]
    out.append((good, "an entry says that %s was sealed" % proof["item"]))
    path = own_file or (os.path.join(folder, proof["file"]) if proof["file"] else "")
    if path and sealed:
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        good = "sha256:" + digest.hexdigest() == sealed["item"] and os.path.getsize(path) == sealed["bytes"]
        out.append((good, "the file has the SHA-256 and the %d bytes that were sealed" % sealed["bytes"]))
    return out


if __name__ == "__main__":
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    if set(given) - {"--key", "--roots", "--file"} or len(sys.argv) % 2 == 0:
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    try:
        results = check(here, given.get("--key", ""), given.get("--roots", ""), given.get("--file", ""))
    except (OSError, ValueError, LookupError, TypeError) as error:
        results = [(False, "something in this folder cannot be read: %r" % error)]
    for held, words in results:
        print(("ok      " if held else "FAILED  ") + words)
    everything = bool(results) and all(held for held, _ in results)
    print("Everything holds." if everything else "NOT everything holds.")
    sys.exit(0 if everything else 1)
