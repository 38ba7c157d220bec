package config

import "strings"

// What to write instead of a value that is wrong.

// didYouMean asks whether the nearest of some words was meant; empty if none is
// near.
func didYouMean(text string, words []string) string {
	if near := nearest(text, words); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// oneOf asks whether the nearest of some words was meant, or lists them.
func oneOf(text string, words []string) string {
	if hint := didYouMean(text, words); hint != "" {
		return hint
	}
	return "write one of " + strings.Join(words, ", ")
}

func booleanHint(string) string { return "write true or false" }

func autoRestartHint(text string) string {
	return oneOf(text, []string{"true", "false", "unexpected"})
}

func byteSizeHint(string) string { return "write a whole number, alone or with KB, MB or GB" }

func octalHint(string) string { return "write an octal number such as 022" }

func levelHint(text string) string {
	if strings.EqualFold(text, "warning") {
		return "did you mean warn?"
	}
	words := make([]string, len(Levels))
	for i, l := range Levels {
		words[i] = l.Name
	}
	return oneOf(text, words)
}

func directoryHint(text string) string { return "create it: mkdir -p " + text }

func pathHint(text string) string { return directoryHint(directoryOf(expandUser(text))) }

func signalHint(text string) string {
	if _, number := parseInt(text, 10); number {
		return ""
	}
	var words []string
	for _, s := range signalNames() {
		words = append(words, s.name)
	}
	return didYouMean(strings.TrimPrefix(strings.ToUpper(text), "SIG"), words)
}

func exitCodesHint(string) string { return "write numbers from 0 to 255 with commas between them" }

func environmentHint(string) string {
	return `write A="1",B="2"; quotes are needed around blanks, commas and most signs`
}
