package ctl

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// isSpace reports whether Python takes r for white space: Unicode's and the
// four separators of ASCII.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f
}

// fields splits s around white space.
func fields(s string) []string { return strings.FieldsFunc(s, isSpace) }

// trim removes white space from both ends.
func trim(s string) string { return strings.TrimFunc(s, isSpace) }

// parseInt reads a word as Python's int does: a sign, and single underscores
// between digits. Numbers that are out of range come out as the nearest int.
func parseInt(s string) (int, bool) {
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" || strings.Trim(digits, "0123456789_") != "" ||
		strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return 0, false
	}
	n, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
	if err != nil && n == 0 {
		return 0, false
	}
	return n, true
}

// wireInt reports whether n is an integer of XML-RPC, which has 32 bits.
func wireInt(n int) bool { return math.MinInt32 <= n && n <= math.MaxInt32 }

// left pads s with blanks to width characters.
func left(s string, width int) string {
	var b strings.Builder
	writeLeft(&b, s, width)
	return b.String()
}

// writeLeft writes what left returns.
func writeLeft(b *strings.Builder, s string, width int) {
	b.WriteString(s)
	for range width - len([]rune(s)) {
		b.WriteByte(' ')
	}
}

// columns lays words out top-down in as few lines as fit into width, two blanks
// between the columns, as Python's cmd does.
func columns(words []string, width int) string {
	if len(words) == 0 {
		return "<empty>\n"
	}
	if len(words) == 1 {
		return words[0] + "\n"
	}
	rows, widths := 1, []int(nil)
	for ; rows < len(words); rows++ {
		var total int
		if widths, total = columnWidths(words, rows); total <= width {
			break
		}
	}
	if rows == len(words) {
		widths = []int{0}
	}
	var b strings.Builder
	for row := range rows {
		var cells []string
		for col, i := 0, row; i < len(words); col, i = col+1, i+rows {
			cells = append(cells, left(words[i], widths[col]))
		}
		b.WriteString(strings.Join(cells, "  ") + "\n")
	}
	return b.String()
}

// columnWidths returns the width of each column when words stand in rows rows,
// and of them all with the blanks between.
func columnWidths(words []string, rows int) (widths []int, total int) {
	total = -2
	for first := 0; first < len(words); first += rows {
		widest := 0
		for _, w := range words[first:min(first+rows, len(words))] {
			widest = max(widest, len([]rune(w)))
		}
		widths = append(widths, widest)
		total += widest + 2
	}
	return widths, total
}
