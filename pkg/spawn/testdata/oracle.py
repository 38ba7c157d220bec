"""Answers what Supervisor's own Python says: a list of questions in, a list of answers out, as JSON."""

import errno
import json
import os
import shlex
import sys


def split(command):
    try:
        return {"words": shlex.split(command), "error": ""}
    except ValueError as why:
        return {"words": [], "error": str(why)}


def find(question):
    from supervisor.options import BadCommand, NotExecutable, NotFound, NoPermission, ServerOptions
    from supervisor.process import Subprocess

    class Config:
        command = question["command"]
        options = ServerOptions()

        def get_path(self):
            os.environ["PATH"] = question["path"]
            return self.options.get_path()

    process = Subprocess.__new__(Subprocess)
    process.config = Config()
    answer = {"file": "", "argv": [], "error": "", "fault": ""}
    try:
        answer["file"], answer["argv"] = process.get_execv_args()
    except NotFound as why:
        answer.update(error=why.args[0], fault="NO_FILE")
    except (BadCommand, NotExecutable, NoPermission) as why:
        answer.update(error=why.args[0], fault="NOT_EXECUTABLE")
    return answer


def describe(status):
    from supervisor.options import decode_wait_status

    code, text = decode_wait_status(status)
    return {"code": code, "text": text}


def groups(uid):
    """The groups and the group that Supervisor would set, or its refusal."""
    from supervisor.options import ServerOptions

    answer = {"groups": [], "gid": -1, "refused": ""}
    os.setgroups = lambda groups: answer.update(groups=groups)
    os.setgid = lambda gid: answer.update(gid=gid)
    os.setuid = lambda uid: None
    answer["refused"] = ServerOptions().drop_privileges(uid) or ""
    return answer


ASK = {
    "split": split,
    "repr": repr,
    "find": find,
    "describe": describe,
    "errno": lambda number: errno.errorcode.get(number, str(number)),
    "groups": groups,
}

questions = json.load(sys.stdin)
json.dump([ASK[sys.argv[1]](q) for q in questions], sys.stdout)
