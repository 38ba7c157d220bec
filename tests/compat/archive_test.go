package compat

import (
	"regexp"
	"strings"
)

// A file is one member of an archive.
type file struct {
	name string
	data string
}

var member = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// split cuts a text in txtar form into its head and its files.
func split(text string) (head string, files []file) {
	marks := member.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 {
		return text, nil
	}
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		files = append(files, file{text[m[2]:m[3]], text[m[1]:end]})
	}
	return text[:marks[0][0]], files
}

// words splits a line as a shell would, with 'literal' and "Go-quoted" words.
func words(line string) []string {
	var all []string
	var word strings.Builder
	inside := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			if inside {
				all = append(all, word.String())
				word.Reset()
				inside = false
			}
		case c == '\'' || c == '"':
			inside = true
			end := strings.IndexByte(line[i+1:], c)
			if end < 0 {
				end = len(line) - i - 1
			}
			part := line[i+1 : i+1+end]
			if c == '"' {
				part = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(part)
			}
			word.WriteString(part)
			i += end + 1
		default:
			inside = true
			word.WriteByte(c)
		}
	}
	if inside {
		all = append(all, word.String())
	}
	return all
}
