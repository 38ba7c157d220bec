package config

import (
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// glob returns the paths that match a pattern, sorted, as Python's glob finds
// them: *, ?, [a-z] and [!a-z] in any part of the path; no wildcard matches a
// leading dot or a slash, and a backslash is an ordinary character.
func glob(pattern string) []string {
	paths := globPaths(pattern)
	slices.Sort(paths)
	return paths
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?[") }

func globPaths(pattern string) []string {
	slash := strings.LastIndexByte(pattern, '/') + 1
	directory, base := directoryOf(pattern), pattern[slash:]
	if !hasWildcard(pattern) {
		if base == "" && isDirectory(directory) || base != "" && linkExists(pattern) {
			return []string{pattern}
		}
		return nil
	}
	directories := []string{directory}
	if hasWildcard(directory) {
		directories = globPaths(directory)
	}
	var found []string
	for _, d := range directories {
		for _, name := range globNames(d, base) {
			found = append(found, joinPath(d, name))
		}
	}
	return found
}

// globNames returns the names in a directory that match the last part of a
// pattern.
func globNames(directory, base string) []string {
	if base == "" {
		if isDirectory(directory) {
			return []string{""}
		}
		return nil
	}
	if !hasWildcard(base) {
		if linkExists(joinPath(directory, base)) {
			return []string{base}
		}
		return nil
	}
	if directory == "" {
		directory = "."
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(base, ".")
		if !hidden && matchName(base, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// linkExists reports whether a path is there, be it a link that leads nowhere.
func linkExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// matchName reports whether a whole name matches a pattern. After a star it
// goes on with the shortest match and returns there to try a longer one: each
// star settles for good once the next one is reached.
func matchName(pattern, name string) bool {
	star, retry := -1, 0
	p, n := 0, 0
	for n < len(name) {
		if p < len(pattern) && pattern[p] == '*' {
			star, retry = p, n
			p++
			continue
		}
		if size, width, ok := matchOne(pattern[p:], name[n:]); ok {
			p, n = p+size, n+width
			continue
		}
		if star < 0 {
			return false
		}
		_, width := utf8.DecodeRuneInString(name[retry:])
		retry += width
		p, n = star+1, retry
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches the first item of a pattern, which is not a star, with the
// first character of name. It returns the length of both.
func matchOne(pattern, name string) (size, width int, ok bool) {
	if pattern == "" {
		return 0, 0, false
	}
	r, width := utf8.DecodeRuneInString(name)
	switch pattern[0] {
	case '?':
		return 1, width, true
	case '[':
		if size, ok := matchSet(pattern, r); size > 0 {
			return size, width, ok
		}
	}
	p, size := utf8.DecodeRuneInString(pattern)
	return size, width, p == r
}

// matchSet matches a character with the set at the start of pattern. The size
// is 0 if no bracket closes the set.
func matchSet(pattern string, r rune) (size int, ok bool) {
	set := pattern[1:]
	inverse := strings.HasPrefix(set, "!")
	if inverse {
		set = set[1:]
	}
	if set == "" {
		return 0, false
	}
	end := strings.IndexByte(set[1:], ']') + 1 // a bracket that comes first is a member
	if end == 0 {
		return 0, false
	}
	size = len(pattern) - len(set) + end + 1
	members := []rune(set[:end])
	for i := 0; i < len(members); i++ {
		low, high := members[i], members[i]
		if i+2 < len(members) && members[i+1] == '-' {
			high = members[i+2]
			i += 2
		}
		if low <= r && r <= high {
			return size, !inverse
		}
	}
	return size, inverse
}
