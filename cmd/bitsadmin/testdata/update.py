"""A program that fetches files with bitsadmin, as it was written for Windows.

It knows of no emulator. It prints what it has done, one step a line.
"""
import os
import re
import subprocess
import sys
import time


class Failed(Exception):
    pass


def bitsadmin(*args):
    """Runs a command and returns what it prints; a failed one is an exception."""
    done = subprocess.run(["bitsadmin", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.stderr:
        sys.exit("bitsadmin says on its standard error: " + done.stderr)
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if line]
        raise Failed(done.returncode, lines[3] if len(lines) > 3 else "")
    return done.stdout


def verbose(job):
    """What a few labels of the verbose block say."""
    text = bitsadmin("/info", job, "/verbose")
    values = {"DISPLAY": r"'.*'", "STATE": r"\w+", "PRIORITY": r"\w+", "FILES": r"\d+ / \d+", "BYTES": r"\d+ / \w+"}
    return {name: re.search(r"\b%s: (%s)" % (name, value), text).group(1) for name, value in values.items()}


def wait(job):
    """Polls until the job is done, in both ways that there are."""
    for _ in range(1200):
        info = verbose(job)
        state = info["STATE"]
        if state == "TRANSFERRED":
            assert bitsadmin("/rawreturn", "/getstate", job) == state
            return info
        if state == "ERROR":
            raise Failed(0, bitsadmin("/rawreturn", "/geterror", job).splitlines()[1])
        time.sleep(0.1)
    raise Failed(0, "it is still " + state)


def fetch(name, url, path):
    job = bitsadmin("/rawreturn", "/create", name)
    assert re.fullmatch(r"\{[0-9A-F-]{36}\}", job), job
    bitsadmin("/addfile", job, url, path)
    bitsadmin("/setpriority", job, "FOREGROUND")
    bitsadmin("/setnotifyflags", job, "1")
    bitsadmin("/setminretrydelay", job, "60")
    bitsadmin("/resume", job)
    try:
        info = wait(job)
    except Failed:
        bitsadmin("/cancel", job)
        raise
    print("fetched", info["FILES"], info["BYTES"], info["PRIORITY"], info["DISPLAY"])
    bitsadmin("/complete", job)


server = os.environ["SERVER"]
fetch("update", server + "/update.bin", r"C:\Updates\update.bin")
try:
    fetch("nothing", server + "/nothing", r"C:\Updates\nothing")
except Failed as e:
    print("failed", e.args[1])
try:
    bitsadmin("/addfile", "nobody's", server + "/update.bin", r"C:\x")
except Failed as e:
    print("failed", *e.args)
print("left", len([line for line in bitsadmin("/rawreturn", "/list").splitlines() if line]))
bitsadmin("/transfer", "again", "/download", "/priority", "normal", server + "/update.bin", r"C:\Updates\again.bin")
print("transferred")
