"""Event listeners written with Supervisor's childutils: listener.py WHAT ARG...

record FILE       writes each event to FILE as a line of JSON
answer            sends what a program says in capture mode back to its input
memory NAME KIB   restarts the process NAME when it holds more than KIB
mail COMMAND      pipes a message to COMMAND when a process ends unexpectedly
relay             prints what programs write as "name stream | line" on stderr
"""
import json
import os
import subprocess
import sys

from supervisor import childutils


def record(headers, payload, path):
    with open(path, "a", encoding="utf-8") as f:
        f.write(json.dumps({"headers": headers, "payload": payload}) + "\n")


def answer(headers, payload):
    about, said = childutils.eventdata(payload)
    process = "%(groupname)s:%(processname)s" % about
    childutils.getRPCInterface(os.environ).supervisor.sendProcessStdin(process, "the listener has heard you say: " + said + "\n")


def memory(headers, payload, name, limit):
    supervisor = childutils.getRPCInterface(os.environ).supervisor
    for info in supervisor.getAllProcessInfo():
        if info["name"] != name or not info["pid"]:
            continue
        size = int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(info["pid"])]))
        if size > int(limit):
            process = "%(group)s:%(name)s" % info
            supervisor.stopProcess(process)
            supervisor.startProcess(process)
            sys.stderr.write("%s restarted\n" % process)


def mail(headers, payload, command):
    about, _ = childutils.eventdata(payload + "\n")
    if about["expected"] == "1":
        return
    text = "Subject: %(processname)s\n\n%(groupname)s:%(processname)s (pid %(pid)s) ended from %(from_state)s\n" % about
    subprocess.run(["/bin/sh", "-c", command], input=text, text=True, check=True)


def relay(headers, payload):
    about, data = childutils.eventdata(payload)
    for line in data.splitlines():
        sys.stderr.write("%s %s | %s\n" % (about["processname"], about["channel"], line))
    sys.stderr.flush()


def main():
    what, args = globals()[sys.argv[1]], sys.argv[2:]
    while True:
        headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        what(headers, payload, *args)
        childutils.listener.ok(sys.stdout)


main()
