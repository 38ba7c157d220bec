package api

import (
	"fmt"
	"slices"
	"strings"
)

// Reference returns the page docs/rpc.md. The test that compares it is its
// generator.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceIntro)
	b.WriteString("\n## Faults\n\n| code | name | when |\n|---:|---|---|\n")
	for _, f := range slices.Concat(Faults, TwiddlerFaults) {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", int(f.Code), f.Name, f.Doc)
	}
	b.WriteString("\n## States of a process\n\n| code | name | meaning |\n|---:|---|---|\n")
	for _, s := range States {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", int(s.State), s.Name, s.Doc)
	}
	referenceNamespace(&b, "supervisor", Methods())
	referenceNamespace(&b, "system", SystemMethods())
	referenceNamespace(&b, "twiddler", TwiddlerMethods())
	return b.String()
}

const referenceIntro = `<!-- Generated from the tables in pkg/api: go test ./pkg/api -update -->

# XML-RPC methods

Send a POST to ` + "`/RPC2`" + ` on any configured HTTP server. The names of
the namespace ` + "`supervisor`" + ` are those of the section
` + "`[rpcinterface:supervisor]`" + `; with another name after the colon the
methods have that name.

Parameters are taken leniently: an int for a boolean, a string of digits for an
int, a number for a signal, a bare ` + "`<value>text</value>`" + ` for a string.
Every method answers ` + "`INCORRECT_PARAMETERS`" + ` to parameters that do not
fit, and every method of ` + "`supervisor`" + ` and ` + "`twiddler`" + ` but those marked *at any time*
answers ` + "`SHUTDOWN_STATE`" + ` while supervisord shuts down or restarts.

The namespace ` + "`twiddler`" + ` is there when the configuration asks for it:

    [rpcinterface:twiddler]
    supervisor.rpcinterface_factory = supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface
    whitelist = getAPIVersion,getGroupNames,log     ; optional: all others answer NOT_IN_WHITELIST

Here too the name after the colon is that of the namespace.

A **result struct** says what a call for several processes did to one of them:
string name, string group, int status (80 or the code of a fault) and string
description (` + "`OK`" + ` or the text of the fault).
`

func referenceNamespace(b *strings.Builder, ns string, methods []Method) {
	fmt.Fprintf(b, "\n## Namespace %s\n", ns)
	for _, m := range methods {
		types := m.Signature()
		var params []string
		for i, p := range m.Params {
			text := types[i+1] + " " + p.Name
			if p.Default != nil {
				text += fmt.Sprintf(" = %v", p.Default)
			}
			params = append(params, text)
		}
		fmt.Fprintf(b, "\n### %s.%s\n\n", ns, m.Name)
		fmt.Fprintf(b, "`%s(%s)` → `%s`\n\n%s\n\n", m.Name, strings.Join(params, ", "), m.Returns, m.Doc)
		for _, p := range m.Params {
			fmt.Fprintf(b, "* `%s`: %s\n", p.Name, p.Doc)
		}
		fmt.Fprintf(b, "* answer: %s\n", m.ReturnDoc)
		if len(m.Faults) > 0 {
			var names []string
			for _, f := range m.Faults {
				names = append(names, "`"+f.String()+"`")
			}
			fmt.Fprintf(b, "* faults: %s\n", strings.Join(names, ", "))
		}
		if m.Anytime && ns != "system" {
			b.WriteString("* at any time\n")
		}
	}
}

// EventReference returns the page docs/events.md.
func EventReference() string {
	var b strings.Builder
	b.WriteString(eventIntro)
	children := map[string]bool{}
	for _, t := range EventTypes {
		children[t.Parent] = true
	}
	for _, t := range EventTypes {
		fmt.Fprintf(&b, "\n### %s\n\n%s", t.Name, t.Doc)
		if t.Parent != "" {
			fmt.Fprintf(&b, " Part of `%s`.", t.Parent)
		}
		b.WriteString("\n")
		switch {
		case t.Payload != "":
			fmt.Fprintf(&b, "\n```\n%s\n```\n", strings.TrimSuffix(t.Payload, "\n"))
			if strings.HasSuffix(t.Payload, "\n") {
				b.WriteString("\nThe payload ends with a line feed.\n")
			}
		case !children[t.Name]:
			b.WriteString("\nThe payload is empty.\n")
		}
	}
	return b.String()
}

const eventIntro = `<!-- Generated from the tables in pkg/api: go test ./pkg/api -update -->

# Events and their listeners

An ` + "`[eventlistener:x]`" + ` section is a program that supervisord tells of what happens.

` + "```ini" + `
[eventlistener:mailer]
command=/usr/local/bin/mailer
events=PROCESS_STATE_EXITED,PROCESS_STATE_FATAL
buffer_size=100
` + "```" + `

It is a program like others: it is started, restarted, stopped and logged as one, only earlier and
stopped later, because the priority of its group is -1 if the section sets none. With ` + "`numprocs`" + ` it is a
pool: each event goes to one process of the pool.

## The protocol

A listener speaks on its standard output and reads its standard input. What it says is kept in its
stdout log too; for messages of its own there is standard error.

| step | listener | supervisord |
|---|---|---|
| 1 | writes ` + "`READY\\n`" + ` | |
| 2 | | writes the header, one line, and then the payload, as many bytes as ` + "`len`" + ` says |
| 3 | writes ` + "`RESULT 2\\nOK`" + `, or ` + "`RESULT 4\\nFAIL`" + ` to get the event once more | |
| 4 | goes on with step 1 | |

` + "```" + `
ver:3.0 server:supervisor serial:21 pool:mailer poolserial:10 eventname:PROCESS_STATE_EXITED len:68
processname:web groupname:web from_state:RUNNING expected:0 pid:2766
` + "```" + `

| word | meaning |
|---|---|
| ver | version of the protocol |
| server | ` + "`identifier`" + ` of ` + "`[supervisord]`" + ` |
| serial | number of the event, of all that some pool has taken; goes on over a reload |
| pool | name of the section |
| poolserial | number of the event in this pool |
| eventname | its type |
| len | length of the payload: in characters for a listener that runs in Python, which reads text; in bytes for all others; ` + "`event_len`" + ` of the section can say otherwise |

An event is sent to a process that is RUNNING and has said READY. Until there is one it waits in the
buffer of the pool. When a pool has ` + "`buffer_size`" + ` events waiting and one more comes, the oldest is
discarded, which the main log tells:

` + "```" + `
ERRO pool mailer event buffer overflowed, discarding event 17
WARN pool mailer has caught up; 3 events were discarded since it fell behind, 12 in all (a larger buffer_size or more processes would have kept them)
` + "```" + `

An event that was rejected, and the one that a listener had when it ended, goes back to the head of
the buffer. A listener that says anything out of turn (READY twice, a result line without a number)
has broken the protocol: it is sent nothing until it is started again, and the main log says so.
Nothing that a listener does, or fails to do, holds up anybody else.

` + "`result_handler`" + ` is code of Python's Supervisor that judges results. Built in are the default (the result
is ` + "`OK`" + ` or it is a rejection) and ` + "`supervisor_stdout:event_handler`" + `, which prints the output in an event that
the listener sends back, each line behind ` + "`name channel | `" + `.

## The types

Who asks for a type gets all that are part of it. Who asks for both gets such an event twice.
`
