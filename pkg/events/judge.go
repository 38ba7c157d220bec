package events

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Default is the judge of a pool without a result_handler: the result is "OK",
// and nothing else.
func Default(_ Event, result []byte) error {
	if string(result) == "OK" {
		return nil
	}
	return ErrRejected
}

// Echo is the judge that the plug-in supervisor-stdout brings for Python's
// Supervisor: its listener answers with the event itself, a PROCESS_LOG, and
// the output in it is printed, each line behind the name of the process and of
// the channel.
func Echo(print func([]byte)) Judge {
	return func(_ Event, result []byte) error {
		if !utf8.Valid(result) {
			return errors.New("the result is not UTF-8")
		}
		header, data, found := bytes.Cut(result, []byte("\n"))
		if !found {
			return errors.New("the result is no event with a header and data")
		}
		fields := map[string]string{}
		for _, f := range strings.Fields(string(header)) {
			name, value, colon := strings.Cut(f, ":")
			if !colon || strings.Contains(value, ":") {
				return fmt.Errorf("the header of the result has %q where name:value belongs", f)
			}
			fields[name] = value
		}
		name, known := fields["processname"]
		channel, knownToo := fields["channel"]
		if !known || !knownToo {
			return errors.New("the result is no PROCESS_LOG event")
		}
		prefix := []byte(name + " " + channel + " | ")
		print(append(append([]byte{}, prefix...), append(bytes.ReplaceAll(data, []byte("\n"), append([]byte("\n"), prefix...)), '\n')...))
		return nil
	}
}
