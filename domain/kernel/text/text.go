// Package text bounds and searches what people write.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dure/domain/kernel/fault"
)

// Line notes a member that is not one line of min to max characters without control characters.
// Texts reach the domain in NFC; lengths count characters.
func Line(f fault.Fields, name, s string, minimum, maximum int) {
	check(f, name, s, minimum, maximum, false)
}

// Block is Line for texts of several lines: line breaks and tabs are allowed.
func Block(f fault.Fields, name, s string, minimum, maximum int) {
	check(f, name, s, minimum, maximum, true)
}

func check(f fault.Fields, name, s string, minimum, maximum int, breaks bool) {
	n := utf8.RuneCountInString(s)
	switch {
	case minimum > 0 && strings.TrimSpace(s) == "":
		f.Add(name, "required")
	case n < minimum:
		f.Add(name, "too_short", "min", minimum)
	case n > maximum:
		f.Add(name, "too_long", "max", maximum)
	case strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !(breaks && (r == '\n' || r == '\r' || r == '\t'))
	}):
		f.Add(name, "control_characters")
	}
}

// Search is the form in which texts are stored for searching and search words are compared:
// lower case, white space folded.
func Search(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// Like escapes a search word for a LIKE pattern with '\' as escape character, wildcards around it.
func Like(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(Search(s)) + "%"
}

// Mask hides a name but for its ends: 홍길동 → 홍*동, 김철 → 김*.
func Mask(name string) string {
	r := []rune(name)
	switch {
	case len(r) <= 1:
		return "*"
	case len(r) == 2:
		return string(r[0]) + "*"
	default:
		return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
	}
}

// MaskPhone hides the middle of a phone number: 01012345678 → 010-****-5678.
func MaskPhone(number string) string {
	if len(number) < 8 {
		return ""
	}
	return number[:3] + "-****-" + number[len(number)-4:]
}
