package settlement

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

var (
	day = calendar.MustParse
	kst = time.FixedZone("KST", 9*3600)
)

func line(kind ledger.Kind, points int64) Line {
	return Line{EntryID: id.New(), Kind: kind, Day: day("2026-06-10"), Points: points}
}

// Whatever happens over the months: each begins where the one before ended, and what is payable in all is what was redeemed
// less cancelled, but for what a last month below zero leaves to be made up for.
func TestStatementsAddUp(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var last Statement
		key := Key{MerchantID: id.New(), Month: day("2026-01-01")}
		var net, payable int64
		for n := range 12 {
			var lines []Line
			for range 1 + r.IntN(6) {
				switch r.IntN(3) {
				case 0:
					lines = append(lines, line(ledger.Redemption, 1+r.Int64N(1000)))
				case 1:
					lines = append(lines, line(ledger.Cancellation, -1-r.Int64N(1000)))
				default:
					lines = append(lines, line(ledger.Payment, -1-r.Int64N(1000)))
				}
			}
			s := Draw(key, last, last.Closing, lines, id.New(), time.Unix(0, 0))
			if s.Number != n+1 || s.PreviousHash != last.Hash || s.Lines != len(lines) || s.Closing != s.Opening+s.Redeemed-s.Cancelled-s.Paid {
				t.Fatalf("seed %d: %+v after %+v", seed, s, last)
			}
			net += s.Redeemed - s.Cancelled
			payable += s.Payable
			if s.Payable < 0 || s.Carried > 0 || payable+min(0, s.due()) != net {
				t.Fatalf("seed %d: %d payable of %d net: %+v", seed, payable, net, s)
			}
			for i, l := range lines {
				if l.Number != i+1 || l.StatementID != s.ID {
					t.Fatalf("%+v", l)
				}
			}
			last, key.Month = s, key.Month.AddMonths(1)
		}
	}
}

func TestTheDigestIsOverEverything(t *testing.T) {
	other := id.New()
	lines := []Line{line(ledger.Redemption, 5), line(ledger.Cancellation, -2)}
	s := Draw(Key{id.New(), day("2026-06-01")}, Statement{Hash: "x"}, 7, lines, id.New(), time.Unix(0, 0))
	changes := map[string]func(s *Statement, l []Line){
		"id": func(s *Statement, _ []Line) { s.ID = other }, "merchant": func(s *Statement, _ []Line) { s.MerchantID = other },
		"number": func(s *Statement, _ []Line) { s.Number++ }, "month": func(s *Statement, _ []Line) { s.Month = day("2026-07-01") },
		"opening": func(s *Statement, _ []Line) { s.Opening++ }, "redeemed": func(s *Statement, _ []Line) { s.Redeemed++ },
		"cancelled": func(s *Statement, _ []Line) { s.Cancelled++ }, "paid": func(s *Statement, _ []Line) { s.Paid++ },
		"closing": func(s *Statement, _ []Line) { s.Closing++ }, "carried": func(s *Statement, _ []Line) { s.Carried-- },
		"payable": func(s *Statement, _ []Line) { s.Payable++ }, "when": func(s *Statement, _ []Line) { s.PreparedAt = time.Unix(1, 0) },
		"who": func(s *Statement, _ []Line) { s.PreparedBy = other }, "before": func(s *Statement, _ []Line) { s.PreviousHash = "y" },
		"line's number": func(_ *Statement, l []Line) { l[0].Number++ }, "line's entry": func(_ *Statement, l []Line) { l[0].EntryID = other },
		"line's kind": func(_ *Statement, l []Line) { l[0].Kind = ledger.Payment }, "line's day": func(_ *Statement, l []Line) { l[0].Day = day("2026-06-11") },
		"line's redemption": func(_ *Statement, l []Line) { l[0].RedemptionID = &other }, "line's points": func(_ *Statement, l []Line) { l[0].Points++ },
	}
	for name, change := range changes {
		changed, kept := s, append([]Line(nil), lines...)
		change(&changed, kept)
		if changed.Digest(kept) == s.Hash {
			t.Errorf("%s may be changed", name)
		}
	}
	if s.Digest(lines[:1]) == s.Hash || s.Digest(lines) != s.Hash {
		t.Error("a line may be left out")
	}
}

func TestWhatFollowsWhat(t *testing.T) {
	now := time.Date(2026, 7, 20, 3, 0, 0, 0, time.UTC)
	s := NewService(nil, nil, calendar.Clock{Instant: func() time.Time { return now }, Zone: kst})
	standing := func(state State, moved string, payable int64) Full {
		return Full{Listed: Listed{State: state, MovedAt: day(moved).Start(kst), Statement: Statement{Payable: payable}}}
	}
	allowed := map[[2]State]bool{{Prepared, Confirmed}: true, {Prepared, Disputed}: true, {Answered, Confirmed}: true, {Answered, Disputed}: true,
		{Disputed, Answered}: true, {Confirmed, Approved}: true, {Approved, Paid}: true}
	for _, at := range States() {
		for _, to := range States() {
			if got := s.ready(standing(at, "2026-07-20", 1), to, now) == nil; got != allowed[[2]State{at, to}] {
				t.Errorf("%s to %s: %v", at, to, got)
			}
		}
	}
	// Ten days of silence, and not one less; a dispute is never passed over.
	for moved, want := range map[string]error{"2026-07-10": ErrWaiting, "2026-07-09": nil} {
		for _, at := range []State{Prepared, Answered} {
			if err := s.ready(standing(at, moved, 1), Approved, now); !errors.Is(err, want) {
				t.Error(at, moved, err)
			}
		}
	}
	if err := s.ready(standing(Disputed, "2020-01-01", 1), Approved, now); !errors.Is(err, ErrState) {
		t.Error(err)
	}
	if err := s.ready(standing(Approved, "2026-07-01", 0), Paid, now); !errors.Is(err, ErrNotPayable) {
		t.Error(err)
	}
}

func TestWhatADecisionMustSay(t *testing.T) {
	f := Full{Listed: Listed{Statement: Statement{Month: day("2026-06-01")}}}
	for name, c := range map[string]struct {
		d    Decision
		path string
	}{
		"a confirmation":              {Decision{To: Confirmed}, ""},
		"a dispute without words":     {Decision{To: Disputed}, "reason"},
		"an answer without words":     {Decision{To: Answered}, "reason"},
		"a payment":                   {Decision{To: Paid, Payment: Payment{"2026-0001", day("2026-07-20")}}, ""},
		"a payment without reference": {Decision{To: Paid, Payment: Payment{"", day("2026-07-20")}}, "reference"},
		"a payment without day":       {Decision{To: Paid, Payment: Payment{Reference: "1"}}, "paid_on"},
		"a payment of tomorrow":       {Decision{To: Paid, Payment: Payment{"1", day("2026-07-21")}}, "paid_on"},
		"a payment within the month":  {Decision{To: Paid, Payment: Payment{"1", day("2026-06-30")}}, "paid_on"},
	} {
		err := c.d.check(f, day("2026-07-20"))
		if c.path == "" && err != nil {
			t.Error(name, err)
		}
		if told, ok := fault.From(err); c.path != "" && (!ok || len(told.Fields) != 1 || told.Fields[0].Path != c.path) {
			t.Errorf("%s: %+v", name, told)
		}
	}
}

func TestAMonthEndsInTheCitysZone(t *testing.T) {
	s := NewService(nil, nil, calendar.Clock{Zone: kst})
	end := time.Date(2026, 6, 30, 15, 0, 0, 0, time.UTC) // midnight in Seoul
	for after, want := range map[time.Duration]error{-time.Second: ErrMonthOpen, time.Minute: ErrMonthOpen, 2 * time.Minute: nil} {
		if err := s.ended(day("2026-06-01"), end.Add(after)); !errors.Is(err, want) {
			t.Error(after, err)
		}
	}
}

func TestWhoMay(t *testing.T) {
	shop := id.New()
	manager := auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.MerchantManager, ScopeType: auth.Merchant, ScopeID: shop}}}
	officer := auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}}
	other := auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.MerchantManager, ScopeType: auth.Merchant, ScopeID: id.New()}}}
	family := id.New()
	if CanSee(manager, shop) != nil || CanSee(officer, shop) != nil || !errors.Is(CanSee(other, shop), ErrNotFound) {
		t.Error("who sees")
	}
	if CanPrepare(officer) != nil || CanPrepare(manager) == nil {
		t.Error("who prepares")
	}
	prepared := []duty.Act{{Account: officer.AccountID, Case: duty.Entered}}
	if CanSpeak(manager, nil, shop, prepared) != nil || CanSpeak(officer, nil, shop, prepared) == nil || CanSpeak(other, nil, shop, prepared) == nil {
		t.Error("who speaks")
	}
	both := officer
	both.Grants = append(both.Grants, manager.Grants...)
	if !errors.Is(CanSpeak(both, nil, shop, prepared), duty.ErrConflict) {
		t.Error("who prepared confirms")
	}
	for name, c := range map[string]struct {
		p    auth.Principal
		ties duty.Ties
		acts []duty.Act
		want error
	}{
		"an officer":                  {officer, nil, nil, nil},
		"a manager":                   {manager, nil, nil, auth.ErrForbidden},
		"an officer whose shop it is": {officer, nil, []duty.Act{{Account: officer.AccountID, Case: duty.Self}}, duty.ErrConflict},
		"his family's":                {officer, duty.Ties{family: duty.Household}, []duty.Act{{Account: id.New(), Person: family, Case: duty.Self}}, duty.ErrConflict},
		"who prepared":                {officer, nil, prepared, duty.ErrConflict},
	} {
		if err := CanDecide(c.p, c.ties, c.acts); !errors.Is(err, c.want) {
			t.Error(name, err)
		}
	}
}
