// Package serial draws numbers that nobody can guess, and reads them as people type them.
package serial

import (
	"crypto/rand"
	"strings"
)

// alphabet is Crockford's: digits and capitals without I, L, O and U, so that nothing is misread or misheard.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// New draws a number of so many digits, 30 at most, in groups of four: 7K3M-9QXA-…. The last one is the check digit; five bits
// of each other are left to chance.
func New(digits int) string {
	drawn := make([]byte, digits-1)
	if _, err := rand.Read(drawn); err != nil {
		panic(err) // the system has no randomness left
	}
	for i := range drawn {
		drawn[i] %= 32
	}
	var b strings.Builder
	for i, v := range append(drawn, check(drawn)) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[v])
	}
	return b.String()
}

// Parse reads a number of so many digits as people type it, in any case, with or without hyphens and spaces, with O for 0
// and I or L for 1, and gives its one form 7K3M-9QXA-…. A wrong digit, or any two digits exchanged, are found.
func Parse(s string, digits int) (number string, ok bool) {
	var b strings.Builder
	values := make([]byte, 0, digits)
	for _, r := range strings.ToUpper(s) {
		switch r {
		case '-', ' ', '‐', '‑', '–':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		v := strings.IndexRune(alphabet, r)
		if v < 0 || len(values) == digits {
			return "", false
		}
		if len(values) > 0 && len(values)%4 == 0 {
			b.WriteByte('-')
		}
		values = append(values, byte(v))
		b.WriteRune(r)
	}
	if len(values) != digits || check(values[:digits-1]) != values[digits-1] {
		return "", false
	}
	return b.String(), true
}

// check is the check digit: the sum of digits, each times another power of a generator, in the field of 32 elements. As all
// weights differ, and none is that of the check digit itself, no single error and no exchange of two digits goes unseen.
func check(values []byte) byte {
	var sum byte
	weight := byte(1)
	for _, v := range values {
		weight = times(weight, 2)
		sum ^= times(v, weight)
	}
	return sum
}

// times multiplies in the field of 32 elements, polynomials over bits modulo x⁵+x²+1.
func times(a, b byte) byte {
	var product byte
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			product ^= a
		}
		if a <<= 1; a&0x20 != 0 {
			a ^= 0b100101
		}
	}
	return product
}
