"""The walk with Python: walk.py HOW URL USER PASSWORD.

HOW is the way to the daemon: "plain" is xmlrpc.client alone, "transport" is
the transport of Supervisor's own package, "childutils" is the interface that
its event listeners make from their environment.
"""
import json
import sys
import xmlrpc.client

from supervisor import childutils
from supervisor.xmlrpc import SupervisorTransport


def connect(how, url, user, password):
    if how == "plain":
        scheme, host = url.split("://")
        return xmlrpc.client.ServerProxy("%s://%s:%s@%s/RPC2" % (scheme, user, password, host))
    if how == "transport":
        # The address is not looked at: the transport has its own.
        return xmlrpc.client.ServerProxy("http://127.0.0.1", SupervisorTransport(user, password, url))
    return childutils.getRPCInterface({
        "SUPERVISOR_SERVER_URL": url,
        "SUPERVISOR_USERNAME": user,
        "SUPERVISOR_PASSWORD": password,
    })


def fault(call, *args):
    try:
        return call(*args)
    except xmlrpc.client.Fault as f:
        return {"code": f.faultCode, "text": f.faultString}


def many(server):
    # Not xmlrpc.client.MultiCall, which wants each result in a list of one.
    return server.system.multicall([
        {"methodName": "supervisor.getAPIVersion", "params": []},
        {"methodName": "supervisor.getProcessInfo", "params": ["nobody"]},
    ])


def main():
    server = connect(*sys.argv[1:])
    s = server.supervisor
    answers = {
        "identification": s.getIdentification(),
        "api": s.getAPIVersion(),
        "version": s.getSupervisorVersion(),
        "state": s.getState(),
        "methods": server.system.listMethods(),
        "signature": server.system.methodSignature("supervisor.startProcess"),
        "all": s.getAllProcessInfo(),
        "info": s.getProcessInfo("web"),
        "log": s.readProcessStdoutLog("talk", 0, 0),
        "empty": s.readProcessStderrLog("talk", -1000, 0),
        "tail": s.tailProcessStdoutLog("talk", 0, 1000),
        "stdin": s.sendProcessStdin("talk", "grüße <1> & \"2\"\n"),
        "stopped": s.stopProcess("web"),
        "again": fault(s.stopProcess, "web"),
        "started": s.startProcess("web", True),
        "group_stopped": s.stopProcessGroup("pair"),
        "group_started": s.startProcessGroup("pair", True),
        "signalled": s.signalProcess("web", "CONT"),
        "unknown": fault(s.getProcessInfo, "nobody"),
        "multicall": many(server),
        "reread": s.reloadConfig(),
        "added": s.addProcessGroup("later"),
        "running": fault(s.removeProcessGroup, "later"),
        "later_stopped": s.stopProcess("later:*"),
        "removed": s.removeProcessGroup("later"),
    }
    json.dump(answers, sys.stdout)


main()
