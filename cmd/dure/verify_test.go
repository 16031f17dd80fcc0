package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"dure/domain/ledger"
	"dure/repository/dbtest"
)

// What a person or a script sees of the proof; that every breach is found is proved beside repository/proof.
func TestVerifyTellsWhatDoesNotHold(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		verify := func(code int, told ...string) {
			t.Helper()
			var out bytes.Buffer
			if got := run(t.Context(), []string{"verify"}, []string{"DURE_DATABASE_URL=" + url}, nil, &out, &out); got != code {
				t.Errorf("exit code %d instead of %d", got, code)
			}
			for _, text := range told {
				if !strings.Contains(out.String(), text) {
					t.Errorf("%q is not told in:\n%s", text, out.String())
				}
			}
		}
		verify(0, "ok  days-recomputed", "0 accounts, 0 entries", "invariants hold")
		if _, err := dbtest.Open(t, url).Pool().Exec(`UPDATE ledger_accounts SET balance = 1`); err != nil {
			t.Fatal(err)
		}
		verify(1, "ok      days-recomputed", "FAILED  system-account-keeps-none", "  ledger_accounts "+ledger.ServiceGiven.String(), "1 of ")
		url = "sqlite:" + filepath.Join(t.TempDir(), "none.db")
		verify(2, "nothing is proved: there is no database")
	})
}
