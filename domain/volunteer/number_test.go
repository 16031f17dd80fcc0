package volunteer

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	number := newNumber()
	digits := strings.ReplaceAll(number, "-", "")
	wide := strings.Map(func(r rune) rune { return '０' + r - '0' }, digits)
	for _, s := range []string{number, digits, " " + number + " ", digits[:2] + " " + digits[2:4] + " " + digits[4:], wide, wide[:12] + "－" + wide[12:],
		digits[:4] + "–" + digits[4:]} {
		if got, err := ParseNumber(s); err != nil || got != number {
			t.Errorf("%q: %q %v", s, got, err)
		}
	}
	for _, s := range []string{"", "-", digits[:7], digits + "0", digits + digits, "x" + digits[1:], digits + "번", "１２３", "+" + digits, "\x00" + digits} {
		if got, err := ParseNumber(s); !errors.Is(err, ErrNumber) {
			t.Errorf("%q: %q %v", s, got, err)
		}
	}
}

// Every single wrong digit, and every swap of neighbours, is found.
func TestSlipsAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.StringMatching(`[0-9]{7}`).Draw(t, "payload")
		digits := payload + string('0'+rune(damm(payload)))
		if got, err := ParseNumber(digits); err != nil || got != digits[:4]+"-"+digits[4:] {
			t.Fatalf("%s: %v", digits, err)
		}
		for i := range digits {
			for d := byte('0'); d <= '9'; d++ {
				wrong := []byte(digits)
				wrong[i] = d
				if _, err := ParseNumber(string(wrong)); (err == nil) != (d == digits[i]) {
					t.Fatalf("%s read as %s: %v", digits, wrong, err)
				}
			}
			if i > 0 && digits[i] != digits[i-1] {
				swapped := []byte(digits)
				swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
				if _, err := ParseNumber(string(swapped)); err == nil {
					t.Fatalf("%s read as %s", digits, swapped)
				}
			}
		}
	})
}

func TestNumbersAndCodesDiffer(t *testing.T) {
	numbers, codes := map[string]bool{}, map[string]bool{}
	for range 1000 {
		number, code := newNumber(), newCode()
		if _, err := ParseNumber(number); err != nil || number[0] == '0' {
			t.Fatal(number, err)
		}
		if len(code) != 14 || strings.ContainsAny(code, "ILOU") {
			t.Fatal(code)
		}
		numbers[number], codes[code] = true, true
	}
	if len(numbers) < 990 || len(codes) != 1000 {
		t.Fatalf("%d numbers and %d codes of 1000", len(numbers), len(codes))
	}
	if hashCode("7k3m 9qwx-2b4d") != hashCode("7K3M-9QWX-2B4D") || hashCode("O0IL") != hashCode("0011") || hashCode("7K3M") == hashCode("7K3N") {
		t.Fatal("codes are not compared as people write them")
	}
}
