package ledger_test

import (
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

// What was posted before there were points verifies for ever: these digests were made then.
func TestDigestsOfMinutesStayWhatTheyWere(t *testing.T) {
	account, volunteer, attendance := id.ID{1}, id.ID{2}, id.ID{3}
	first := ledger.Entry{Draft: ledger.Draft{Kind: ledger.Recognition, VolunteerID: volunteer, SourceType: "attendance", SourceID: attendance,
		EffectiveDay: calendar.MustParse("2026-07-14"), Minutes: 480, Visits: 1, WorkedMinutes: 600,
		Reductions: []ledger.Reduction{{Rule: "daily_cap", Minutes: 120}}, FieldCode: "0104", Evidence: "leader", RuleVersion: 1, ActorID: id.ID{4}},
		ID: id.ID{5}, AccountID: account, Sequence: 1, PostedAt: time.Date(2026, 7, 15, 1, 0, 0, 123456000, time.UTC)}
	second := ledger.Entry{Draft: ledger.Draft{Kind: ledger.Reversal, VolunteerID: volunteer, SourceType: "attendance", SourceID: attendance,
		EffectiveDay: calendar.MustParse("2026-07-14"), Minutes: -480, Visits: -1, Reductions: []ledger.Reduction{}, FieldCode: "0104",
		Evidence: "leader", ActorID: id.ID{4}, Reason: "다른 사람이었음"},
		ID: id.ID{6}, AccountID: account, Sequence: 2, PostedAt: time.Date(2026, 7, 16, 1, 0, 0, 0, time.UTC)}
	for i, want := range []string{"1b64c07d66f96593efb9f21ab0bcef9238ed42eb9118442a164debec0bde17c1",
		"736ce34631bbbe78437c5b5c77277ea9360b4f86b8df5df3804e1d67d7ac61e9"} {
		e := first
		if i == 1 {
			e = second
			e.PreviousHash = first.Digest(first.Legs())
		}
		if got := e.Digest(e.Legs()); got != want {
			t.Errorf("entry %d: %s", i+1, got)
		}
	}
}
