package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The value of an option environment is KEY=value pairs. It is cut into tokens
// like the words of a shell, and the tokens are taken four at a time: key, "=",
// value, and one more which nobody looks at and is meant to be a comma.
//
// Supervisor has had two readings of quotes. Up to 4.3 a quote belongs to the
// token, a token ends with its closing quote, a backslash means nothing, and
// quotes are trimmed off the value. Later quotes go away, what touches is one
// token, and a backslash escapes. The later reading is ours, for it can write
// every value; where quotes enclose whole values both readings are one. What
// only the earlier reading takes (A=don't) is read in the earlier way, so that
// no file that used to work is refused.

var (
	errNoQuote  = errors.New("No closing quotation") //lint:ignore ST1005 Supervisor's text
	errNoEscape = errors.New("No escaped character") //lint:ignore ST1005 Supervisor's text
)

// parseEnvironment reads the value of an option environment. Of two values for
// a key the later one counts. The errors are Supervisor's texts.
func parseEnvironment(text string) (map[string]string, error) {
	pairs, err := environmentPairs(text, true)
	if err == nil {
		return pairs, nil
	}
	return environmentPairs(text, false)
}

// environmentPairs reads pairs in the later reading (posix) or the earlier one.
func environmentPairs(text string, posix bool) (map[string]string, error) {
	t := tokenizer{rest: []rune(text), posix: posix}
	tokens, err := t.all()
	if err != nil {
		return nil, err
	}
	pairs := make(map[string]string, len(tokens)/4+1)
	for i := 0; i < len(tokens); i += 4 {
		if i+2 >= len(tokens) || tokens[i+1] != "=" {
			return nil, fmt.Errorf("Unexpected end of key/value pairs in value '%s'", text) //lint:ignore ST1005 Supervisor's text
		}
		value := tokens[i+2]
		if !posix {
			value = strings.Trim(value, `'"`)
		}
		pairs[tokens[i]] = value
	}
	return pairs, nil
}

// tokenizer cuts a text into words.
type tokenizer struct {
	rest  []rune
	posix bool
	// words: only blanks end a word, and # is a letter; as in the words of a
	// command line.
	words bool
}

// splitWords splits a command as a POSIX shell does, without expanding
// anything.
func splitWords(command string) ([]string, error) {
	t := tokenizer{rest: []rune(command), posix: true, words: true}
	return t.all()
}

// all returns every token.
func (t *tokenizer) all() ([]string, error) {
	var tokens []string
	for {
		token, ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return tokens, nil
		}
		tokens = append(tokens, token)
	}
}

// isWord reports whether r may stand in a word without quotes. All other
// characters are tokens of their own.
func (t *tokenizer) isWord(r rune) bool {
	switch {
	case t.words:
		return !isBlank(r) && !isQuote(r) && r != '\\'
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return true
	case r >= 0xc0 && r <= 0xff && r != 0xd7 && r != 0xf7: // À to ÿ without × and ÷
		return t.posix
	}
	return strings.ContainsRune("_/.+-():", r)
}

// isComment reports whether r begins a comment.
func (t *tokenizer) isComment(r rune) bool { return r == '#' && !t.words }

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

func isQuote(r rune) bool { return r == '\'' || r == '"' }

// comment drops the rest of a line.
func (t *tokenizer) comment() {
	end := slices.Index(t.rest, '\n')
	if end < 0 {
		t.rest = nil
		return
	}
	t.rest = t.rest[end+1:]
}

// next returns the next token; ok is false at the end.
func (t *tokenizer) next() (token string, ok bool, err error) {
	for len(t.rest) > 0 && (isBlank(t.rest[0]) || t.isComment(t.rest[0])) {
		if t.isComment(t.rest[0]) {
			t.comment()
		} else {
			t.rest = t.rest[1:]
		}
	}
	if len(t.rest) == 0 {
		return "", false, nil
	}
	r := t.rest[0]
	switch {
	case t.posix && (isQuote(r) || r == '\\' || t.isWord(r)):
		return t.posixWord()
	case isQuote(r):
		return t.quoted()
	case t.isWord(r):
		return t.word(), true, nil
	}
	t.rest = t.rest[1:]
	return string(r), true, nil
}

// quoted reads a token of the earlier reading that begins with a quote: it
// ends with the closing one, and keeps both.
func (t *tokenizer) quoted() (token string, ok bool, err error) {
	end := slices.Index(t.rest[1:], t.rest[0])
	if end < 0 {
		return "", false, errNoQuote
	}
	token = string(t.rest[:end+2])
	t.rest = t.rest[end+2:]
	return token, true, nil
}

// word reads a word of the earlier reading; quotes inside it are letters, and a
// comment inside it does not end it.
func (t *tokenizer) word() string {
	var word []rune
	for len(t.rest) > 0 {
		r := t.rest[0]
		if r == '#' {
			t.comment()
			continue
		}
		if !t.isWord(r) && !isQuote(r) {
			break
		}
		word = append(word, r)
		t.rest = t.rest[1:]
	}
	return string(word)
}

// posixWord reads a word of the later reading: quoted and plain pieces that
// touch.
func (t *tokenizer) posixWord() (token string, ok bool, err error) {
	var word []rune
	for len(t.rest) > 0 {
		r := t.rest[0]
		switch {
		case isQuote(r):
			t.rest = t.rest[1:]
			if word, err = t.posixQuoted(word, r); err != nil {
				return "", false, err
			}
		case r == '\\':
			if len(t.rest) < 2 {
				return "", false, errNoEscape
			}
			word = append(word, t.rest[1])
			t.rest = t.rest[2:]
		case t.isComment(r):
			t.comment()
			return string(word), true, nil
		case t.isWord(r):
			word = append(word, r)
			t.rest = t.rest[1:]
		default:
			return string(word), true, nil
		}
	}
	return string(word), true, nil
}

// posixQuoted reads up to the closing quote and adds to word what is inside. In
// double quotes a backslash escapes a double quote and a backslash.
func (t *tokenizer) posixQuoted(word []rune, quote rune) ([]rune, error) {
	for len(t.rest) > 0 {
		r := t.rest[0]
		t.rest = t.rest[1:]
		switch {
		case r == quote:
			return word, nil
		case r == '\\' && quote == '"':
			if len(t.rest) == 0 {
				return nil, errNoEscape
			}
			if e := t.rest[0]; e != '"' && e != '\\' {
				word = append(word, r)
			}
			word = append(word, t.rest[0])
			t.rest = t.rest[1:]
		default:
			word = append(word, r)
		}
	}
	return nil, errNoQuote
}

// printEnvironment writes variables so that parseEnvironment reads them back,
// sorted by name.
func printEnvironment(environment map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(environment)) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		if plainWord(k) {
			b.WriteString(k)
		} else {
			b.WriteString(quoteWord(k))
		}
		b.WriteString("=" + quoteWord(environment[k]))
	}
	return b.String()
}

// plainWord reports whether s is one token without quotes in both readings.
func plainWord(s string) bool {
	t := tokenizer{}
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !t.isWord(r) }) < 0
}

// quoteWord puts double quotes around s.
func quoteWord(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
