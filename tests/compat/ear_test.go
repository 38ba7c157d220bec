package compat

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// ear is an event listener that does what it is told, word by word:
//
//	ready     says READY; its stdin is not read before
//	nonsense  says something else
//	take      reads an event and appends it to path, header and payload
//	ok, fail  answers the event
//	bad       answers with a line that is no result
//	late      answers as late as possible, byte by byte, and READY with the end
//	die       ends
//	once W    does W in the first life only, of which path.lived is the mark
//
// After the last word it begins again at the word "loop", or reads to the end of
// its input if there is none. An answer comes with a READY for what is next if
// the word is followed by a plus sign.
func ear(path string, words []string, in io.Reader, out io.Writer) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = os.Stat(path + ".lived")
	lived := err == nil
	if err := os.WriteFile(path+".lived", nil, 0o644); err != nil {
		return err
	}
	loop := slices.Index(words, "loop")
	reader := bufio.NewReader(in)
	for i := 0; ; i++ {
		if i == len(words) {
			if loop < 0 {
				_, err := io.Copy(io.Discard, reader)
				return err
			}
			i = loop + 1
		}
		word := words[i]
		if word == "once" {
			i++
			if lived {
				continue
			}
			word = words[i]
		}
		if word == "die" {
			return nil
		}
		if err := earWord(word, file, reader, out); err != nil {
			return err
		}
	}
}

func earWord(word string, file io.Writer, in *bufio.Reader, out io.Writer) error {
	word, more := strings.CutSuffix(word, "+")
	end := ""
	if more {
		end = "READY\n"
	}
	say := func(text string) error {
		_, err := io.WriteString(out, text+end)
		return err
	}
	switch word {
	case "loop":
		return nil
	case "ready":
		return say("READY\n")
	case "nonsense":
		return say("good morning\n")
	case "ok":
		return say("RESULT 2\nOK")
	case "fail":
		return say("RESULT 4\nFAIL")
	case "bad":
		return say("RESULT two\nOK")
	case "late":
		for _, c := range []byte("RESULT 2\nOK") {
			if _, err := out.Write([]byte{c}); err != nil {
				return err
			}
		}
		return say("")
	case "take":
		header, payload, err := readEvent(in)
		if err != nil {
			return err
		}
		if strings.Contains(payload, " pid:") {
			header = header[:strings.LastIndex(header, " len:")] // which depends on the pid
		}
		_, err = fmt.Fprintf(file, "%s %s\n", header, strings.ReplaceAll(payload, "\n", `\n`))
		return err
	}
	return fmt.Errorf("no word of an ear: %q", word)
}

// readEvent reads what a listener is sent.
func readEvent(in *bufio.Reader) (header, payload string, err error) {
	header, err = in.ReadString('\n')
	if err != nil {
		return "", "", err
	}
	header = strings.TrimSuffix(header, "\n")
	at := strings.LastIndex(header, " len:")
	if at < 0 {
		return "", "", errors.New("no len in " + header)
	}
	size, err := strconv.Atoi(header[at+len(" len:"):])
	if err != nil {
		return "", "", err
	}
	data := make([]byte, size)
	_, err = io.ReadFull(in, data)
	return header, string(data), err
}
