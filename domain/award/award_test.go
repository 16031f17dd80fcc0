package award

import (
	"slices"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

var day = calendar.MustParse

func wrong(err error) (got []string) {
	if f, ok := fault.From(err); ok {
		for _, field := range f.Fields {
			got = append(got, field.Path+" "+field.Code)
		}
	}
	slices.Sort(got)
	return got
}

func TestWhatIsWrongWithARound(t *testing.T) {
	item := []Item{{"one", "하나", "one"}}
	good := Round{Name: "자원봉사대상", Year: 2026, OpensOn: day("2026-07-15"), ClosesOn: day("2026-07-15"), VerifiedFrom: day("2026-07-16"),
		VerifiedTo: day("2026-07-16"), Reference: "공고", Categories: item, Grades: item, Questions: item}
	for name, c := range map[string]struct {
		change func(r *Round)
		want   []string
	}{
		"the shortest":           {func(*Round) {}, nil},
		"closed before it opens": {func(r *Round) { r.ClosesOn = day("2026-07-14") }, []string{"closes_on order", "closes_on past"}},
		"verified at once":       {func(r *Round) { r.VerifiedFrom = r.ClosesOn }, []string{"verified_from order"}},
		"verified backwards":     {func(r *Round) { r.VerifiedTo = r.ClosesOn }, []string{"verified_to order"}},
		"no days": {func(r *Round) {
			r.OpensOn, r.ClosesOn, r.VerifiedFrom, r.VerifiedTo = calendar.Day{}, calendar.Day{}, calendar.Day{}, calendar.Day{}
		}, []string{"closes_on required", "opens_on required", "verified_from required", "verified_to required"}},
		"the year before last": {func(r *Round) { r.Year = 2024 }, []string{"year range"}},
		"nothing to give":      {func(r *Round) { r.Grades = nil }, []string{"grades required"}},
		"a question twice":     {func(r *Round) { r.Questions = append(slices.Clone(item), item...) }, []string{"questions[1].code repeated"}},
		"a code with spaces":   {func(r *Round) { r.Categories = []Item{{"a b", "가", "a"}} }, []string{"categories[0].code code"}},
	} {
		r := good
		if c.change(&r); !slices.Equal(wrong(r.check(day("2026-07-15"))), c.want) {
			t.Errorf("%s: %q", name, wrong(r.check(day("2026-07-15"))))
		}
	}
}

func TestTheLastFindingOnAQuestionCounts(t *testing.T) {
	questions := []Item{{Code: "a"}, {Code: "b"}}
	yes, no := func(q string) Finding { return Finding{QuestionCode: q, Passed: true} }, func(q string) Finding { return Finding{QuestionCode: q} }
	for _, c := range []struct {
		findings          []Finding
		missing, excluded bool
	}{
		{nil, true, false},
		{[]Finding{yes("a")}, true, false},
		{[]Finding{no("a")}, true, true},
		{[]Finding{yes("a"), yes("b")}, false, false},
		{[]Finding{yes("a"), no("b")}, false, true},
		{[]Finding{no("a"), yes("b"), yes("a")}, false, false},
		{[]Finding{yes("a"), yes("b"), no("a")}, false, true},
	} {
		if missing, excluded := judged(questions, c.findings); missing != c.missing || excluded != c.excluded {
			t.Errorf("%v: %t %t", c.findings, missing, excluded)
		}
	}
}

func TestTheLastYear(t *testing.T) {
	for today, first := range map[string]string{"2026-07-15": "2025-07-16", "2026-01-01": "2025-01-02", "2024-02-29": "2023-03-01", "2025-03-01": "2024-03-02"} {
		if got := since(day(today)); got != day(first) {
			t.Errorf("%s: %s", today, got)
		}
	}
}

func TestWhatIsNext(t *testing.T) {
	s := Scale{Code: "vms", Thresholds: []Threshold{{Code: "green", Minutes: 200}, {Code: "silver", Minutes: 500}}}
	gu := Scale{Code: "gu", RegionCode: "1221000000", Thresholds: s.Thresholds, RecentVisits: 12}
	hung := func(codes ...string) (list []Hung) {
		for _, c := range codes {
			list = append(list, Hung{Award: Award{ScaleCode: "vms", ThresholdCode: c}})
		}
		return list
	}
	gone := time.Now()
	for name, c := range map[string]struct {
		wall Wall
		want []int // missing minutes by scale
	}{
		"nothing yet":          {Wall{}, []int{200}},
		"one minute short":     {Wall{Balance: 199}, []int{1}},
		"the first":            {Wall{Balance: 200, Hung: hung("green")}, []int{300}},
		"all":                  {Wall{Balance: 500, Hung: hung("green", "silver")}, nil},
		"lost one":             {Wall{Balance: 150, Hung: []Hung{{Award: Award{ScaleCode: "vms", ThresholdCode: "green", RevokedAt: &gone}}}}, []int{50}},
		"of the gu, and years": {Wall{Balance: 300, GuCode: "1221000000", Hung: hung("green")}, []int{200, 0}},
	} {
		var got []int
		for _, n := range c.wall.ahead([]Scale{s, gu}) {
			got = append(got, n.MissingMinutes)
			if n.Scale.Code == "gu" && n.MissingVisits != 12 {
				t.Error(name, n)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhoMayJudge(t *testing.T) {
	p := auth.Principal{AccountID: id.New(), VolunteerID: id.New()}
	near := id.New()
	n := Nomination{NomineeID: id.New(), NominatorID: id.New(), NominatedBy: id.New()}
	ties := duty.Ties{near: duty.Household}
	for name, c := range map[string]struct {
		change     func(n *Nomination)
		supporters []Supporter
		proposed   []duty.Act
		want       string
	}{
		"nobody near":              {func(*Nomination) {}, []Supporter{{VolunteerID: id.New(), AccountID: id.New()}}, nil, ""},
		"the nominee":              {func(n *Nomination) { n.NomineeID = p.VolunteerID }, nil, nil, duty.Self},
		"near to the nominee":      {func(n *Nomination) { n.NomineeID = near }, nil, nil, duty.Household},
		"who nominated":            {func(n *Nomination) { n.NominatedBy = p.AccountID }, nil, nil, duty.Nominated},
		"near to who nominated":    {func(n *Nomination) { n.NominatorID = near }, nil, nil, duty.Household},
		"a supporter":              {func(*Nomination) {}, []Supporter{{VolunteerID: p.VolunteerID, AccountID: p.AccountID}}, nil, duty.Supported},
		"near to a supporter":      {func(*Nomination) {}, []Supporter{{VolunteerID: near, AccountID: id.New()}}, nil, duty.Household},
		"who proposed":             {func(*Nomination) {}, nil, []duty.Act{{Account: p.AccountID, Case: duty.Proposed}}, duty.Proposed},
		"near to whoever proposed": {func(*Nomination) {}, nil, []duty.Act{{Account: id.New(), Person: near, Case: duty.Proposed}}, duty.Household},
	} {
		n := n
		c.change(&n)
		got := ""
		if f, ok := fault.From(CanJudge(p, n, c.supporters, ties, c.proposed...)); ok {
			got = f.Case
		}
		if got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWhyABadgeWent(t *testing.T) {
	for kind, want := range map[ledger.Kind]string{ledger.Reversal: "hours_reversed", ledger.Correction: "hours_corrected", ledger.Adjustment: "hours_recounted"} {
		if got := (Hung{TakenKind: kind}).Why(); got != want {
			t.Errorf("%s: %s", kind, got)
		}
	}
}
