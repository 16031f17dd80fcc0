package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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

// plainly is the digest as it is defined: every part as fmt prints it, after its length.
func plainly(e ledger.Entry, legs []ledger.Posting) string {
	reductions, _ := json.Marshal(e.Reductions)
	h := sha256.New()
	for _, part := range []any{
		e.PreviousHash, e.ID, e.AccountID, e.Sequence, e.Kind, e.VolunteerID, e.SourceType, e.SourceID, e.EffectiveDay,
		e.PostedAt.UnixMicro(), e.Visits, e.WorkedMinutes, string(reductions), e.FieldCode, e.Evidence, e.RuleVersion,
		e.ActorID, e.Reason,
	} {
		text := fmt.Sprint(part)
		fmt.Fprintf(h, "%d:%s\n", len(text), text)
	}
	for _, leg := range legs {
		fmt.Fprintf(h, "%s %d\n", leg.AccountID, leg.Amount)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestTheDigestIsThatOfTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(20261129, 1))
	anID := func() (u id.ID) {
		for i := range u {
			u[i] = byte(random.Uint32())
		}
		return u
	}
	texts := []string{"", "a", "급식 <봉사> & \"따옴표\"\n", "0104", "attendance", "\xff\x00", "leader"}
	text := func() string { return texts[random.IntN(len(texts))] }
	for range 2000 {
		e := ledger.Entry{ID: anID(), AccountID: anID(), Sequence: random.Int64() >> random.IntN(63), PreviousHash: text(), Draft: ledger.Draft{
			Kind: ledger.Kind(text()), VolunteerID: anID(), SourceType: text(), SourceID: anID(), EffectiveDay: calendar.Date(1900+random.IntN(200), 1, random.IntN(366)),
			Minutes: random.IntN(3000) - 1500, Visits: random.IntN(3) - 1, WorkedMinutes: random.IntN(1441), FieldCode: text(), Evidence: text(),
			RuleVersion: random.IntN(100) - 1, ActorID: anID(), Reason: text()},
			PostedAt: time.UnixMicro(random.Int64N(4e15) - 2e15).UTC()}
		if random.IntN(10) == 0 {
			e.EffectiveDay = calendar.Day{}
		}
		for range random.IntN(3) {
			e.Reductions = append(e.Reductions, ledger.Reduction{Rule: text(), Minutes: random.IntN(600)})
		}
		if random.IntN(2) == 0 {
			e.Against = []ledger.Posting{{AccountID: anID(), Amount: random.Int64() - 1<<62}, {AccountID: anID(), Amount: -5}}
		}
		if legs := e.Legs(); e.Digest(legs) != plainly(e, legs) {
			t.Fatalf("%+v", e)
		}
	}
}
