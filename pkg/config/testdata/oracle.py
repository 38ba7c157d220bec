"""Answers questions about what Python and Supervisor make of an input.

Every line of standard input is a JSON object {"question": name, "case": ...},
every line of standard output the answer to it. One process answers thousands.
"""
import base64
import configparser
import glob
import io
import json
import os
import sys


def text_of(case):
    return base64.b64decode(case)


def dialect(case):
    """The sections of a file, [[name, [[option, value], ...]], ...], or the error."""
    parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(";", "#"))
    stream = io.TextIOWrapper(io.BytesIO(text_of(case)), encoding="utf-8")
    try:
        parser.read_file(stream, "f")
    except (configparser.ParsingError, UnicodeDecodeError) as why:
        return {"error": str(why)}
    found = [["DEFAULT", [list(i) for i in parser.defaults().items()]]]
    for name in parser.sections():
        own = parser._sections[name]
        found.append([name, [list(i) for i in own.items()]])
    return {"sections": found}


def expand(case):
    from supervisor.options import expand
    try:
        return {"text": expand(case["value"], case["names"], "s.o")}
    except ValueError as why:
        return {"error": str(why)}


def pairs(case):
    from supervisor.datatypes import dict_of_key_value_pairs
    try:
        return {"pairs": dict_of_key_value_pairs(case)}
    except ValueError as why:
        return {"error": str(why)}


def scalar(case):
    """The value that a function of supervisor.datatypes makes of a text."""
    from supervisor import datatypes
    kind, text = case
    try:
        value = getattr(datatypes, kind)(text)
    except (ValueError, TypeError) as why:
        return {"error": str(why)}
    for special in ("Automatic", "Syslog", "RestartWhenExitUnexpected", "RestartUnconditionally"):
        if value is getattr(datatypes, special):
            value = special
    return {"value": json.dumps(value)}


def text_habits(case):
    return {"repr": repr(case), "ascii": ascii(case), "strip": case.strip()}


def globs(case):
    os.chdir(case["directory"])
    return sorted(glob.glob(case["pattern"]))


def plain(value):
    """A value in a form that JSON has."""
    from supervisor import datatypes
    for special in ("Automatic", "Syslog", "RestartWhenExitUnexpected", "RestartUnconditionally"):
        if value is getattr(datatypes, special):
            return special
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


PROCESS = [
    "name", "uid", "command", "directory", "umask", "priority", "autostart", "autorestart", "startsecs",
    "startretries", "stdout_logfile", "stdout_capture_maxbytes", "stdout_events_enabled", "stdout_syslog",
    "stdout_logfile_backups", "stdout_logfile_maxbytes", "stderr_logfile", "stderr_capture_maxbytes",
    "stderr_events_enabled", "stderr_syslog", "stderr_logfile_backups", "stderr_logfile_maxbytes",
    "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup", "exitcodes", "redirect_stderr",
    "environment", "serverurl"]

DAEMON = [
    "logfile", "logfile_maxbytes", "logfile_backups", "loglevel", "pidfile", "umask", "minfds", "minprocs",
    "childlogdir", "directory", "identifier", "uid", "gid", "serverurl"]


def process(config):
    answer = {name: plain(getattr(config, name)) for name in PROCESS}
    for name in ("stdout_logfile", "stderr_logfile", "directory"):
        answer[name] = answer[name] or None  # an empty name means none
    return answer


class Stop(Exception):
    pass


def stop(code):
    raise Stop(code)


def load(case):
    """What supervisord makes of a file, or what it says on standard error."""
    from supervisor import options as module
    from supervisor.events import getEventNameByType
    os.chdir(case["directory"])
    options = module.ServerOptions()
    options.stderr = io.StringIO()
    options.stdout = io.StringIO()
    options.exit = stop
    try:
        options.realize(case["args"], doc="", progname="supervisord")
    except Stop:
        text = options.stderr.getvalue()
        return {"error": text[len("Error: "):text.rindex("\nFor help")]}
    except Exception as why:
        return {"traceback": "%s: %s" % (type(why).__name__, why)}
    section = options.configroot.supervisord
    answer = {
        "supervisord": {name: plain(getattr(options, name)) for name in DAEMON},
        "environment": section.environment,
        "messages": options.parse_criticals + options.parse_warnings + options.parse_infos,
        "flags": {name: bool(getattr(options, name)) for name in ("nodaemon", "silent", "nocleanup", "strip_ansi")},
        "groups": [],
        "servers": [],
        "plugins": [[name, extras] for name, _, extras in options.rpcinterface_factories],
    }
    for group in options.process_group_configs:
        entry = {
            "name": group.name, "priority": group.priority, "kind": type(group).__name__,
            "processes": [process(p) for p in group.process_configs],
        }
        if hasattr(group, "pool_events"):
            entry["events"] = sorted(getEventNameByType(e) for e in group.pool_events)
            entry["buffer_size"] = group.buffer_size
        if hasattr(group, "socket_config"):
            socket = group.socket_config
            entry["socket"] = {"url": socket.url, "backlog": socket.backlog,
                               "owner": getattr(socket, "owner", None), "mode": getattr(socket, "mode", None)}
        answer["groups"].append(entry)
    for server in section.server_configs:
        entry = {k: plain(v) for k, v in server.items() if k != "family"}
        for name in ("username", "password"):
            entry[name] = entry[name] or None
        answer["servers"].append(entry)
    return answer


def client(case):
    """What supervisorctl makes of a file."""
    from supervisor import options as module
    os.chdir(case["directory"])
    options = module.ClientOptions()
    options.stderr = io.StringIO()
    options.stdout = io.StringIO()
    options.exit = stop
    try:
        options.realize(case["args"], doc="", progname="supervisorctl")
    except Stop:
        text = options.stderr.getvalue()
        return {"error": text[len("Error: "):text.rindex("\nFor help")]}
    except configparser.ParsingError as why:
        return {"error": str(why)}
    return {name: getattr(options, name) for name in ("serverurl", "username", "password", "prompt", "history_file")}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        answer = globals()[request["question"]](request["case"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
