package volunteer

import (
	"crypto/rand"
	"math/big"
	"strings"
)

// newNumber draws a number: seven digits by chance, the first not zero so that a spreadsheet keeps it, and a check digit.
func newNumber() string {
	n, err := rand.Int(rand.Reader, big.NewInt(9_000_000))
	if err != nil {
		panic(err) // the system has no randomness left
	}
	digits := n.Add(n, big.NewInt(1_000_000)).String()
	return write(digits + string('0'+rune(damm(digits))))
}

// ParseNumber reads a volunteer's number as people write it, with spaces, hyphens or full-width digits, and gives its
// one form 1234-5678. A wrong digit, or two neighbours swapped, are found: volunteer.number_wrong.
func ParseNumber(s string) (string, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune('0' + r - '０')
		case !strings.ContainsRune(" \u00a0\u3000\t-‐‑‒–—−－", r):
			return "", ErrNumber
		}
		if b.Len() > 8 {
			return "", ErrNumber
		}
	}
	digits := b.String()
	if len(digits) != 8 || damm(digits) != 0 {
		return "", ErrNumber
	}
	return write(digits), nil
}

func write(digits string) string { return digits[:4] + "-" + digits[4:] }

// quasigroup is Damm's: weak totally anti-symmetric, zeros on the diagonal.
var quasigroup = [10]string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

// damm is the check digit of digits, and 0 for digits that end in theirs.
func damm(digits string) byte {
	var interim byte
	for i := range len(digits) {
		interim = quasigroup[interim][digits[i]-'0'] - '0'
	}
	return interim
}
