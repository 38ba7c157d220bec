package ctl

import (
	"os"
	"strings"
)

// history holds the lines typed in the shell, oldest first. It is the History
// of the line editor.
type history struct {
	file    string // empty: not kept
	entries []string
	old     int // how many of them are in the file already

	// The search by Ctrl-R: what is looked for, what it showed, and where it
	// goes on; 0 if there is none. It holds as long as the line stays what was
	// shown.
	wanted, shown string
	next          int
}

// loadHistory reads a history file, one line an entry. One that is missing or
// cannot be read is an empty history.
func loadHistory(file string) *history {
	h := &history{file: file}
	if file == "" {
		return h
	}
	text, _ := os.ReadFile(file)
	for _, line := range strings.Split(string(text), "\n") {
		h.Add(line)
	}
	h.old = len(h.entries)
	return h
}

// save adds what is new to the file. As in Supervisor nobody is told if that
// fails.
func (h *history) save() {
	added := h.entries[h.old:]
	if h.file == "" || len(added) == 0 {
		return
	}
	f, err := os.OpenFile(h.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	f.WriteString(strings.Join(added, "\n") + "\n")
	h.old = len(h.entries)
}

// Add takes a line that was typed, unless it is empty or the last one again.
func (h *history) Add(line string) {
	if line == "" || len(h.entries) > 0 && h.entries[len(h.entries)-1] == line {
		return
	}
	h.entries = append(h.entries, line)
}

// Len returns the number of entries.
func (h *history) Len() int { return len(h.entries) }

// At returns an entry; 0 is the latest.
func (h *history) At(i int) string { return h.entries[len(h.entries)-1-i] }

// search returns the latest entry that contains line. Asked again with what it
// returned, it goes on to the one before. Without one it returns line.
func (h *history) search(line string) string {
	if h.next == 0 || line != h.shown {
		h.wanted, h.next = line, 0
	}
	for i := h.next; i < h.Len(); i++ {
		if entry := h.At(i); entry != line && strings.Contains(entry, h.wanted) {
			h.shown, h.next = entry, i+1
			return entry
		}
	}
	return line
}

// extend makes a key that is typed at the end of what a search has shown part of
// what is looked for. False: there is no search, or it ends because nothing
// matches, and the key belongs to the line.
func (h *history) extend(line string, pos int, key rune) (found string, ok bool) {
	if h.next > 0 && line == h.shown && pos == len(line) {
		wanted := h.wanted + string(key)
		for i := h.next - 1; i < h.Len(); i++ {
			if entry := h.At(i); strings.Contains(entry, wanted) {
				h.wanted, h.shown, h.next = wanted, entry, i+1
				return entry, true
			}
		}
	}
	h.next = 0
	return "", false
}
