package serial

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreReadHoweverTheyAreWritten(t *testing.T) {
	number := New(20)
	if len(number) != 24 || number == New(20) {
		t.Fatal(number)
	}
	bare := strings.ReplaceAll(number, "-", "")
	for _, written := range []string{number, bare, strings.ToLower(number), " " + strings.ReplaceAll(number, "-", " ") + " ", strings.ReplaceAll(number, "-", "–"),
		strings.NewReplacer("0", "o", "1", "l").Replace(number), strings.NewReplacer("0", "O", "1", "I").Replace(bare)} {
		if got, ok := Parse(written, 20); !ok || got != number {
			t.Errorf("%q became %q", written, got)
		}
	}
	for _, wrong := range []string{"", "-", bare[:19], bare + "0", bare[:19] + "U", bare[:19] + "*", "０" + bare[1:]} {
		if got, ok := Parse(wrong, 20); ok {
			t.Errorf("%q became %q", wrong, got)
		}
	}
}

func TestWrongAndExchangedDigitsAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(2, 30).Draw(t, "digits")
		bare := []byte(strings.ReplaceAll(New(digits), "-", ""))
		i, j := rapid.IntRange(0, digits-1).Draw(t, "i"), rapid.IntRange(0, digits-1).Draw(t, "j")
		wrong := slices.Clone(bare)
		if rapid.Bool().Draw(t, "exchanged") {
			wrong[i], wrong[j] = wrong[j], wrong[i]
		} else {
			wrong[i] = alphabet[rapid.IntRange(0, 31).Draw(t, "digit")]
		}
		if _, ok := Parse(string(wrong), digits); ok != slices.Equal(wrong, bare) {
			t.Fatalf("%s for %s", wrong, bare)
		}
	})
}
