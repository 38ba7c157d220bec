package config

import "strings"

// loadCase is a configuration that is read by ours and by Supervisor.
type loadCase struct {
	name  string
	root  string            // supervisord.conf; "-": there is none
	files map[string]string // further files
	args  []string          // of the command line, as option=value
	// ours is what we say where that differs on purpose, "" for success; why
	// says why.
	ours, why string
}

// head is a section [supervisord] without anything.
const head = "[supervisord]\n"

// goodCases must load, to the same values.
var goodCases = []loadCase{
	{name: "least", root: head},
	{name: "program", root: head + "[program:cat]\ncommand=/bin/cat\n"},
	{name: "all of supervisord", root: head + `logfile=%(here)s/x.log
logfile_maxbytes=1KB
logfile_backups=3
loglevel=DEBUG
pidfile=./p.pid
umask=077
nodaemon=true
silent=yes
minfds=99
minprocs=5
nocleanup=on
childlogdir=%(here)s
user=root
directory=/tmp
strip_ansi=1
environment=A="1",B="x y",C=%(here)s
identifier=me%(ENV_HOME)s
`},
	{name: "all of program", root: head + `[program:x]
command=/bin/cat -u %(process_num)d %(numprocs)d %(program_name)s %(group_name)s %(here)s %(ENV_HOME)s %(ENV_K)s
process_name=%(program_name)s_%(process_num)02d_%(host_node_name)s
numprocs=3
numprocs_start=8
directory=/tmp/%(process_num)d
umask=002
priority=5
autostart=false
startsecs=0
startretries=-1
autorestart=true
exitcodes=1, 2
stopsignal=USR1
stopwaitsecs=-3
stopasgroup=true
user=daemon
redirect_stderr=false
stdout_logfile=%(here)s/o%(process_num)d.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=1
stdout_capture_maxbytes=2KB
stdout_events_enabled=true
stdout_syslog=true
stderr_logfile=NONE
stderr_logfile_maxbytes=0
stderr_logfile_backups=0
stderr_capture_maxbytes=3KB
stderr_events_enabled=true
stderr_syslog=on
environment=K="v%(process_num)d",L="%(numprocs)d"
serverurl=http://elsewhere:%(program_name)s
`},
	{name: "autorestart unexpected", root: head + "[program:x]\ncommand=x\nautorestart=UNEXPECTED\n"},
	{name: "autorestart no", root: head + "[program:x]\ncommand=x\nautorestart=No\nkillasgroup=true\n"},
	{name: "listener", root: head + "[eventlistener:l]\ncommand=l\nevents=process_state, tick_5,TICK_5\nbuffer_size=3\nstdout_logfile=none\n"},
	{name: "listener with priority", root: head + "[eventlistener:l]\ncommand=l\nevents=EVENT\npriority=7\n"},
	{name: "listener with numprocs", root: head + "[eventlistener:l]\ncommand=l\nevents=TICK\nnumprocs=2\nprocess_name=%(program_name)s%(process_num)d\n"},
	{name: "listener with blanks in its name", root: head + "[eventlistener: l]\ncommand=l\nevents=TICK\n"},
	{name: "fcgi tcp", root: head + "[fcgi-program:f]\ncommand=f\nsocket=tcp://LocalHost:9000\nsocket_backlog=5\n"},
	{name: "fcgi unix", root: head + "[fcgi-program:f]\ncommand=f\nsocket=unix:///tmp/../tmp/%(program_name)s.sock\n"},
	{name: "fcgi unix with owner", root: head + "[fcgi-program:f]\ncommand=f\nsocket=unix:///tmp/f.sock\nsocket_owner=daemon:root\nsocket_mode=0777\n"},
	{name: "fcgi unix of a user", root: head + "[fcgi-program:f]\ncommand=f\nsocket=unix:///tmp/f.sock\nuser=daemon\n"},
	{name: "group", root: head + "[program:b]\ncommand=b\n[program:a]\ncommand=a\npriority=1\n[group:g]\nprograms=b, a\npriority=3\n[program:c]\ncommand=c\n"},
	{name: "empty group", root: head + "[group:g]\n"},
	{name: "group with fcgi", root: head + "[fcgi-program:f]\ncommand=f\nsocket=tcp://h:1\n[group:g]\nprograms=f\n"},
	{name: "program in two groups", root: head + "[program:a]\ncommand=a %(group_name)s\n[group:g]\nprograms=a\n[group:h]\nprograms=a\n"},
	{name: "order", root: head + "[program:z]\ncommand=z\n[program:a]\ncommand=a\n[program:m]\ncommand=m\npriority=1\n[eventlistener:q]\ncommand=q\nevents=TICK\n[program:web]\ncommand=w\nnumprocs=12\nprocess_name=w%(process_num)d\n"},
	{name: "numprocs zero", root: head + "[program:a]\nnumprocs=0\n"},
	{name: "numprocs negative", root: head + "[program:a]\nnumprocs=-4\ncommand=a\n"},
	{name: "names", root: head + "[program: a ]\ncommand=a\n[program:é,*]\ncommand=b\n[program:]\ncommand=c\n"},
	{name: "log files", root: head + "[program:a]\ncommand=a\nstdout_logfile=\nstderr_logfile=off\n[program:b]\ncommand=b\nstdout_logfile=auto\nstderr_logfile=/dev/stderr\n[program:c]\ncommand=c\nstdout_logfile=~/x\nstderr_logfile=rel.log\n"},
	{name: "log file syslog", root: head + "[program:a]\ncommand=a\nstdout_logfile=syslog\nstderr_logfile=Syslog\n"},
	{name: "redirect and file", root: head + "[program:a]\ncommand=a\nredirect_stderr=true\nstderr_logfile=/tmp/x\n"},
	{name: "redirect and empty", root: head + "[program:a]\ncommand=a\nredirect_stderr=true\nstderr_logfile=\n"},
	{name: "redirect and auto", root: head + "[program:a]\ncommand=a\nredirect_stderr=true\nstderr_logfile_maxbytes=0\n"},
	{name: "redirect and syslog", root: head + "[program:a]\ncommand=a\nredirect_stderr=true\nstderr_logfile=syslog\n"},
	{name: "auto without rollover", root: head + "[program:a]\ncommand=a\nstdout_logfile_maxbytes=0\nnumprocs=2\nprocess_name=%(process_num)d\n"},
	{name: "percent in log file", root: head + "[program:a]\ncommand=a %%d\nstdout_logfile=/tmp/a%%%%b\n"},
	{name: "environment of environment", root: head + "environment=A=global,B=global\n[program:a]\ncommand=a %(ENV_A)s %(ENV_B)s\nenvironment=B=own\n[program:b]\ncommand=b %(ENV_B)s\n"},
	{name: "environment grows from process to process", root: head + "[program:a]\ncommand=a %(ENV_K0)s\nprocess_name=a%(process_num)d\nnumprocs=2\nenvironment=K%(process_num)d=1\n"},
	{name: "environment quadrupled", root: head + "environment=A=\"50%%%%\"\n[program:a]\ncommand=a %(ENV_A)s\n"},
	{name: "directory by environment", root: head + "[program:a]\ncommand=a\ndirectory=%(ENV_WHERE)s\nenvironment=WHERE=/there\n"},
	{name: "command empty", root: head + "[program:a]\ncommand=\n"},
	{name: "command over lines", root: head + "[program:a]\ncommand=a\n  b ; c\n  d\n"},
	{name: "serverurl auto", root: head + "[program:a]\ncommand=a\nserverurl= Auto \n"},
	{name: "default section", root: "[DEFAULT]\nautostart=false\nstartsecs=7\n" + head + "[program:a]\ncommand=a\n[program:b]\ncommand=b\nstartsecs=8\n"},
	{name: "merged sections", root: head + "[program:a]\ncommand=a\n[program:b]\ncommand=b\n[program:a]\nCOMMAND=c\n"},
	{name: "unknown", root: head + "http_port=9001\n[nonsense]\nx=1\n[program]\ncommand=x\n[program:a]\ncommand=a\nfoo=%(bar)s\n"},
	{name: "inet servers", root: head + "[inet_http_server]\nport=*:9001\n[inet_http_server:two]\nport=LOCALHOST:9002\nusername=u\npassword=p%%w\n[inet_http_serverxyz]\nport=9003\n"},
	{name: "unix servers", root: head + "[unix_http_server]\nfile=%(here)s/a.sock\n[unix_http_server:b]\nfile=b.sock\nchmod=0770\nchown=daemon:root\nusername=\npassword=\n[inet_http_server]\nport=1\n"},
	{name: "unix server home", root: head + "[unix_http_server]\nfile=~/x.sock\nchown=0\n"},
	{name: "rpcinterface", root: head + "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"},
	{name: "rpcinterface swallows an indented header", root: head + "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n [group]\n"},
	{name: "digits of another script", root: head + "minfds=\u0661\u0662\nlogfile_maxbytes=\u0967KB\numask=\u0660\u0662\u0662\nminprocs=\u00a07\u2003\n"},
	{name: "rpcinterface with options", root: head + "[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\nkey=a%%b\nother=\n"},
	{name: "include", root: head + "[include]\nfiles=conf.d/*.conf none/*.x %(here)s/single.ini\n[program:a]\ncommand=a\n",
		files: map[string]string{"conf.d/b.conf": "[program:b]\ncommand=b\n", "conf.d/a.conf": "[program:a]\ncommand=changed\n[supervisord]\nminfds=7\n", "single.ini": "[program:s]\ncommand=s\n[include]\nfiles=more/*\n", "more/x": "[program:never]\ncommand=x\n"}},
	{name: "include here", root: head + "[include]\nfiles=d/*\n[program:a]\ncommand=%(here)s/a %%(here)s\n[DEFAULT]\ndirectory=%(here)s\n",
		files: map[string]string{"d/b": "[program:b]\ncommand=%(here)s/b\nstdout_logfile=%(here)s/b.log\n"}},
	{name: "include nothing", root: head + "[include]\nfiles=\n"},
	{name: "include a directory", root: head + "[include]\nfiles=*.d\n", files: map[string]string{"x.d/y": ""}},
	{name: "include twice", root: head + "[include]\nfiles=a.conf a.conf\n", files: map[string]string{"a.conf": "[program:a]\ncommand=a\n"}},
	{name: "include hidden", root: head + "[include]\nfiles=*.conf .*.conf *.[!c]*\n", files: map[string]string{".h.conf": "[program:h]\ncommand=h\n", "q.x": "[program:q]\ncommand=q\n"}},
	{name: "include by environment", root: head + "[include]\nfiles=%(ENV_PART)s*\n", files: map[string]string{"part1": "[program:one]\ncommand=1\n"}},
	{name: "flags", root: head + "logfile=/tmp/a\nnodaemon=false\nminfds=5\nidentifier=file\n", args: []string{"logfile=b.log", "logfile_maxbytes=2KB", "logfile_backups=1", "loglevel=blather",
		"pidfile=q.pid", "umask=002", "minfds=77", "minprocs=78", "childlogdir=/tmp", "directory=/", "identifier=line", "user=daemon"}},
	{name: "flag user beats a bad one", root: head + "user=nosuchuser\n", args: []string{"user=root"}},
	{name: "syslog", root: head + "logfile=syslog\n"},
	{name: "log file NONE", root: head + "logfile=NONE\npidfile=\n"},
	{name: "inet url", root: head + "[inet_http_server:a]\nport=1.2.3.4:5\n[inet_http_server:b]\nport=:6\n"},
	{name: "big numbers", root: head + "[program:a]\ncommand=a\nstartsecs=99999\npriority=-2147483648\nstopwaitsecs=1_000\n"},
	{name: "utf8", root: head + "[program:ü]\ncommand=/bin/echo ü %(program_name)s\nenvironment=Äb=\"ö\",B=\"é\"\n", why: "a letter beyond ASCII may stand in a name without quotes, as in later releases"},
}

// badCases must be refused, in the same words.
var badCases = []loadCase{
	{name: "no file", root: "-"},
	{name: "no section", root: "[program:a]\ncommand=a\n"},
	{name: "empty file", root: ""},
	{name: "no header", root: "logfile=x\n"},
	{name: "bom", root: "\ufeff[supervisord]\n"},
	{name: "parsing", root: head + "foo\n=3\n[program:a]\nbar'\n"},
	{name: "encoding", root: head + "x=\xe9t\xe9\n"},
	{name: "only supervisorctl", root: "[supervisorctl]\n"},
	{name: "include without files", root: head + "[include]\nfile=x\n"},
	{name: "include expansion", root: head + "[include]\nfiles=%(nope)s\n"},
	{name: "include expansion of a program", root: head + "[include]\nfiles=%(program_name)s\n"},
	{name: "include parsing", root: head + "[include]\nfiles=a\n", files: map[string]string{"a": "[x]\nfoo\n"}},
	{name: "include no header", root: head + "[include]\nfiles=a\n", files: map[string]string{"a": "x=1\n"}},
	{name: "include encoding", root: head + "[include]\nfiles=a\n", files: map[string]string{"a": "[x]\ny=\xff\n"}},
	{name: "minfds", root: head + "minfds=many\n"},
	{name: "minprocs", root: head + "minprocs=1.5\n"},
	{name: "minfds and minprocs", root: head + "minprocs=1.5\nminfds=x\n"},
	{name: "directory", root: head + "directory=/none\n"},
	{name: "umask", root: head + "umask=9\n"},
	{name: "logfile", root: head + "logfile=/none/x.log\n"},
	{name: "logfile_maxbytes", root: head + "logfile_maxbytes=5XB\n"},
	{name: "logfile_maxbytes fraction", root: head + "logfile_maxbytes=1.5MB\n"},
	{name: "logfile_backups", root: head + "logfile_backups=\n"},
	{name: "loglevel", root: head + "loglevel=Warning\n"},
	{name: "pidfile", root: head + "pidfile=/none/x.pid\n"},
	{name: "nodaemon", root: head + "nodaemon=maybe\n"},
	{name: "silent", root: head + "silent=\n"},
	{name: "childlogdir", root: head + "childlogdir=/none\n"},
	{name: "nocleanup", root: head + "nocleanup=2\n"},
	{name: "strip_ansi", root: head + "strip_ansi=it's\n"},
	{name: "identifier expansion", root: head + "identifier=%(foo)s\n"},
	{name: "environment", root: head + "environment=A\n"},
	{name: "environment quote", root: head + "environment=A=\"x\n"},
	{name: "environment name", root: head + "environment=A=%(foo)s\n"},
	{name: "environment format", root: head + "environment=A=%(here)d\n"},
	{name: "user", root: head + "user=nosuchuser\n"},
	{name: "user id", root: head + "user=987654\n"},
	{name: "user last", root: head + "user=nosuchuser\n[program:a]\n"},
	{name: "user flag", root: head, args: []string{"user=nosuchuser"}},
	{name: "user expansion", root: head + "user=%(x)s\nminprocs=y\n"},
	{name: "percent", root: head + "logfile=/tmp/100%\n"},
	{name: "percent letter", root: head + "logfile=/tmp/%Y.log\n"},
	{name: "here is no number", root: head + "identifier=%(here)d\n"},
	{name: "rpcinterface without factory", root: head + "[rpcinterface:x]\na=b\n"},
	{name: "rpcinterface swallows a wrong header", root: head + "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n [program:a]\n"},
	{name: "a number with a separator behind it", root: head + "logfile_maxbytes=1\x1cKB\n"},
	{name: "a letter that becomes two in lower case", root: head + "logfile_maxbytes=\u01302KB\n"},
	{name: "no header before half a character", root: "junk\n\xe9"},
	{name: "no header on the line of half a character", root: "junk \xe9"},
	{name: "no header before bytes of another encoding", root: "junk\n\xe9\n"},
	{name: "no header, far from bytes of another encoding", root: "junk\n" + strings.Repeat("; comment\n", 2000) + "\xe9\n"},
	{name: "rpcinterface expansion", root: head + "[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\na=%(here)s\n"},
	{name: "rpcinterface factory expansion", root: head + "[rpcinterface:x]\nsupervisor.rpcinterface_factory = %(b)s\n"},
	{name: "rpcinterface before programs", root: head + "[program:a]\n[rpcinterface:x]\n"},
	{name: "rpcinterface unknown in supervisor", root: head + "[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:nothing\n"},
	{name: "group name", root: head + "[group:a b]\nprograms=x\n"},
	{name: "group priority", root: head + "[group:a]\nprograms=\npriority=x\n"},
	{name: "group programs", root: head + "[group:a]\nprograms=x\n"},
	{name: "group trailing comma", root: head + "[program:x]\ncommand=x\n[group:a]\nprograms=x,\n", ours: "[group:a] names unknown program or fcgi-program ",
		why: "Supervisor names the section of the program before in place of the group"},
	{name: "group priority before programs", root: head + "[group:a]\nprograms=x\npriority=z\n"},
	{name: "group ambiguous", root: head + "[program:x]\n[fcgi-program:x]\n[group:a]\nprograms=x\n"},
	{name: "group member", root: head + "[program:x]\nstartsecs=a\n[group:a]\nprograms=x\n"},
	{name: "group expansion", root: head + "[group:a]\nprograms=%(program_name)s\n"},
	{name: "group of listener", root: head + "[eventlistener:x]\ncommand=x\nevents=TICK\n[group:a]\nprograms=x\n"},
	{name: "program name", root: head + "[program:a b]\ncommand=x\n"},
	{name: "program name colon", root: head + "[program:a:b]\ncommand=x\n"},
	{name: "program name slash", root: head + "[program:a/b]\ncommand=x\n"},
	{name: "program name in group", root: head + "[program:a/b]\ncommand=x\n[group:g]\nprograms=a/b\n"},
	{name: "program without command", root: head + "[program:a]\n"},
	{name: "priority", root: head + "[program:a]\ncommand=a\npriority=high\n"},
	{name: "priority expansion", root: head + "[program:a]\ncommand=a\npriority=%(process_num)d\n"},
	{name: "priority host", root: head + "[program:a]\ncommand=a\npriority=%(host_node_name)s\n"},
	{name: "autostart", root: head + "[program:a]\ncommand=a\nautostart=perhaps\n"},
	{name: "autorestart", root: head + "[program:a]\ncommand=a\nautorestart=Sometimes\n"},
	{name: "startsecs", root: head + "[program:a]\ncommand=a\nstartsecs=1.5\n"},
	{name: "startretries", root: head + "[program:a]\ncommand=a\nstartretries=x\n"},
	{name: "stopsignal", root: head + "[program:a]\ncommand=a\nstopsignal=TREM\n"},
	{name: "stopsignal number", root: head + "[program:a]\ncommand=a\nstopsignal=99\n"},
	{name: "stopwaitsecs", root: head + "[program:a]\ncommand=a\nstopwaitsecs=\n"},
	{name: "stopasgroup", root: head + "[program:a]\ncommand=a\nstopasgroup=x\n"},
	{name: "killasgroup", root: head + "[program:a]\ncommand=a\nkillasgroup=x\n"},
	{name: "stopasgroup without killasgroup", root: head + "[program:a]\ncommand=a\nstopasgroup=true\nkillasgroup=false\n"},
	{name: "exitcodes", root: head + "[program:a]\ncommand=a\nexitcodes=0,x\n"},
	{name: "exitcodes range", root: head + "[program:a]\ncommand=a\nexitcodes=0,256\n"},
	{name: "redirect_stderr", root: head + "[program:a]\ncommand=a\nredirect_stderr=x\n"},
	{name: "numprocs", root: head + "[program:a]\ncommand=a\nnumprocs=two\n"},
	{name: "numprocs_start", root: head + "[program:a]\ncommand=a\nnumprocs_start=two\n"},
	{name: "numprocs without process_num", root: head + "[program:a]\ncommand=a\nnumprocs=2\n"},
	{name: "numprocs before stopasgroup", root: head + "[program:a]\ncommand=a\nnumprocs=2\nstopasgroup=1\nkillasgroup=0\n"},
	{name: "process_name", root: head + "[program:a]\ncommand=a\nprocess_name=a b\n"},
	{name: "process_name flag", root: head + "[program:a]\ncommand=a\nprocess_name=%(process_num) d\n"},
	{name: "process_name expansion", root: head + "[program:a]\ncommand=a\nprocess_name=%(foo)s\n"},
	{name: "process_name before numprocs", root: head + "[program:a]\ncommand=a\nprocess_name=a:b\nnumprocs=3\n"},
	{name: "process_name after command", root: head + "[program:a]\nprocess_name=%(foo)s\n"},
	{name: "program environment", root: head + "[program:a]\ncommand=a\nenvironment=A=1,,B=2\n"},
	{name: "program environment expansion", root: head + "[program:a]\ncommand=a\nenvironment=A=%(foo)s\n"},
	{name: "program environment of variable", root: head + "[program:a]\ncommand=a\nenvironment=A=%(ENV_QUOTED)s\n"},
	{name: "capture", root: head + "[program:a]\ncommand=a\nstdout_capture_maxbytes=1TB\n"},
	{name: "stderr capture", root: head + "[program:a]\ncommand=a\nstderr_capture_maxbytes=x\n"},
	{name: "events_enabled", root: head + "[program:a]\ncommand=a\nstdout_events_enabled=x\n"},
	{name: "capture of both", root: head + "[program:a]\ncommand=a\nstderr_capture_maxbytes=e\nstdout_events_enabled=o\n"},
	{name: "serverurl expansion", root: head + "[program:a]\ncommand=a\nserverurl=%(x)s\n"},
	{name: "program user", root: head + "[program:a]\ncommand=a\nuser=nosuchuser\n"},
	{name: "program user id", root: head + "[program:a]\ncommand=a\nuser=987654\n"},
	{name: "program umask", root: head + "[program:a]\ncommand=a\numask=8\n"},
	{name: "program umask and user", root: head + "[program:a]\ncommand=a\numask=8\nuser=nosuchuser\n"},
	{name: "program directory", root: head + "[program:a]\ncommand=a\ndirectory=%(x)s\n"},
	{name: "stdout_logfile", root: head + "[program:a]\ncommand=a\nstdout_logfile=/none/x\n"},
	{name: "stderr_logfile", root: head + "[program:a]\ncommand=a\nstderr_logfile=/none/x\n"},
	{name: "stdout_logfile twice", root: head + "[program:a]\ncommand=a\nstdout_logfile=/tmp/a%%b\n"},
	{name: "stdout_logfile name twice", root: head + "[program:a]\ncommand=a\nstdout_logfile=/tmp/%%(foo)s\n"},
	{name: "stdout_logfile_maxbytes", root: head + "[program:a]\ncommand=a\nstdout_logfile_maxbytes=x\n"},
	{name: "stdout_logfile_backups", root: head + "[program:a]\ncommand=a\nstdout_logfile_backups=x\nstdout_logfile_maxbytes=y\n"},
	{name: "stderr before command", root: head + "[program:a]\nstderr_syslog=x\n"},
	{name: "stdout_syslog", root: head + "[program:a]\ncommand=a\nstdout_syslog=x\n"},
	{name: "command expansion", root: head + "[program:a]\ncommand=date +%Y\n"},
	{name: "command name", root: head + "[program:a]\ncommand=a %(nope)s\n"},
	{name: "command number", root: head + "[program:a]\ncommand=a %(program_name)d\n"},
	{name: "included program", root: head + "[include]\nfiles=d/*\n", files: map[string]string{"d/a.conf": "[program:a]\ncommand=a\nstartsecs=x\n"}},
	{name: "included program without command", root: head + "[include]\nfiles=d/*\n", files: map[string]string{"d/a.conf": "[program:a]\n"}},
	{name: "program completed by include", root: head + "[program:a]\n[include]\nfiles=d/*\n", files: map[string]string{"d/a.conf": "[program:a]\nstartsecs=x\n"}},
	{name: "order of programs", root: head + "[program:b]\n[program:a]\nstartsecs=x\n"},
	{name: "listener name", root: head + "[eventlistener:a b]\ncommand=a\nevents=TICK\n"},
	{name: "listener without events", root: head + "[eventlistener:a]\ncommand=a\n"},
	{name: "listener with empty events", root: head + "[eventlistener:a]\ncommand=a\nevents=\n"},
	{name: "listener with an unknown event", root: head + "[eventlistener:a]\ncommand=a\nevents=tock\n"},
	{name: "listener with an empty event", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK,\n"},
	{name: "listener buffer_size", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\nbuffer_size=0\n"},
	{name: "listener buffer_size text", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\nbuffer_size=x\n"},
	{name: "listener buffer_size before events", root: head + "[eventlistener:a]\nbuffer_size=-1\n"},
	{name: "listener priority", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\npriority=x\nbuffer_size=y\n"},
	{name: "listener redirect_stderr", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\nredirect_stderr=true\n"},
	{name: "listener redirect_stderr text", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\nredirect_stderr=x\n"},
	{name: "listener without command", root: head + "[eventlistener:a]\nevents=TICK\n"},
	{name: "listener handler in supervisor", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\nresult_handler=supervisor.dispatchers:nothing\n"},
	{name: "listener handler and events", root: head + "[eventlistener:a]\nresult_handler=supervisor.dispatchers:nothing\n"},
	{name: "listener numprocs", root: head + "[eventlistener:a]\ncommand=a\nevents=TICK\nnumprocs=2\n"},
	{name: "fcgi name", root: head + "[fcgi-program:a b]\n"},
	{name: "fcgi without socket", root: head + "[fcgi-program:a]\ncommand=a\n"},
	{name: "fcgi with empty socket", root: head + "[fcgi-program:a]\ncommand=a\nsocket=\n"},
	{name: "fcgi relative", root: head + "[fcgi-program:a]\ncommand=a\nsocket=unix://foo.sock\n"},
	{name: "fcgi format", root: head + "[fcgi-program:a]\ncommand=a\nsocket=http://x:1\n"},
	{name: "fcgi format quote", root: head + "[fcgi-program:a]\ncommand=a\nsocket=it's\n"},
	{name: "fcgi port", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:99999\n"},
	{name: "fcgi port zero", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:0\n"},
	{name: "fcgi backlog", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nsocket_backlog=0\n"},
	{name: "fcgi backlog text", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nsocket_backlog=x\n"},
	{name: "fcgi backlog high", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nsocket_backlog=70000\n"},
	{name: "fcgi owner", root: head + "[fcgi-program:a]\ncommand=a\nsocket=unix:///tmp/a\nsocket_owner=nosuchuser\n"},
	{name: "fcgi mode", root: head + "[fcgi-program:a]\ncommand=a\nsocket=unix:///tmp/a\nsocket_mode=9\n"},
	{name: "fcgi owner on tcp", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nsocket_owner=root\n"},
	{name: "fcgi mode on tcp", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nsocket_mode=0700\n"},
	{name: "fcgi mode on nonsense", root: head + "[fcgi-program:a]\ncommand=a\nsocket=zzz\nsocket_mode=0700\n"},
	{name: "fcgi in a group without socket", root: head + "[fcgi-program:a]\ncommand=a\n[group:g]\nprograms=a\n", ours: "[fcgi-program:a] section requires a \"socket\" line",
		why: "Supervisor gives a member of a group no socket"},
	{name: "fcgi in a group with user", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nuser=nosuchuser\n[group:g]\nprograms=a\n"},
	{name: "fcgi user", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\nuser=nosuchuser\n"},
	{name: "fcgi priority", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://h:1\npriority=x\nuser=nosuchuser\n"},
	{name: "fcgi socket expansion", root: head + "[fcgi-program:a]\ncommand=a\nsocket=tcp://%(group_name)s:1\n"},
	{name: "fcgi without command", root: head + "[fcgi-program:a]\nsocket=tcp://h:1\n"},
	{name: "inet without port", root: head + "[inet_http_server]\n"},
	{name: "inet port", root: head + "[inet_http_server]\nport=x\n"},
	{name: "inet port range", root: head + "[inet_http_server]\nport=70000\n"},
	{name: "inet host port range", root: head + "[inet_http_server]\nport=h:70000\n"},
	{name: "inet host without port", root: head + "[inet_http_server]\nport=h:\n"},
	{name: "inet host port text", root: head + "[inet_http_server]\nport=h:it's\n"},
	{name: "inet port empty", root: head + "[inet_http_server]\nport=\n"},
	{name: "inet here", root: head + "[inet_http_server]\nport=%(here)s\n"},
	{name: "inet user only", root: head + "[inet_http_server]\nport=1\nusername=u\n"},
	{name: "inet password only", root: head + "[inet_http_server]\nport=1\npassword=p\n"},
	{name: "inet password before port", root: head + "[inet_http_server]\npassword=p\n"},
	{name: "inet password percent", root: head + "[inet_http_server]\nport=1\nusername=u\npassword=100%\n"},
	{name: "unix without file", root: head + "[unix_http_server]\n"},
	{name: "unix chmod", root: head + "[unix_http_server]\nfile=/tmp/s\nchmod=9\n"},
	{name: "unix chown", root: head + "[unix_http_server]\nfile=/tmp/s\nchown=nosuchuser\n"},
	{name: "unix chown group", root: head + "[unix_http_server]\nfile=/tmp/s\nchown=root:nosuchgroup\n"},
	{name: "unix chown and chmod", root: head + "[unix_http_server]\nfile=/tmp/s\nchmod=9\nchown=x\n"},
	{name: "unix user only", root: head + "[unix_http_server]\nfile=/tmp/s\nusername=u\n"},
	{name: "unix file before password", root: head + "[unix_http_server]\npassword=p\n"},
	{name: "inet before unix", root: head + "[unix_http_server]\n[inet_http_server]\n"},
	{name: "programs before servers", root: head + "[inet_http_server]\n[program:a]\n"},
	{name: "groups before programs", root: head + "[program:a]\n[group:g]\nprograms=x\n"},
	{name: "listeners before fcgi", root: head + "[fcgi-program:f]\n[eventlistener:e]\n"},
	{name: "programs before listeners", root: head + "[eventlistener:e]\n[program:a]\n"},
	{name: "default section breaks plugin", root: "[DEFAULT]\nx=%(y)s\n" + head + "[rpcinterface:x]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"},
	{name: "default section", root: "[DEFAULT]\nstartsecs=x\n" + head + "[program:a]\ncommand=a\n"},
}
