package volunteer

import (
	"errors"
	"slices"
	"testing"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

var (
	today = calendar.MustParse("2026-07-15")
	texts = Texts{Terms: "1", Privacy: "1"}
	both  = []Consent{{Terms, "1", true}, {Privacy, "1", true}}
)

func somebody() Person {
	return Person{Name: "홍길동", BirthDate: calendar.MustParse("1987-03-14"), Sex: Male, RegionCode: "1221052500", Consents: both}
}

func fields(err error) (paths []string) {
	f, _ := fault.From(err)
	if f == nil {
		return nil
	}
	for _, field := range f.Fields {
		paths = append(paths, field.Path+" "+field.Code)
	}
	return paths
}

func TestWhatIsWrongWithAPerson(t *testing.T) {
	day := calendar.MustParse
	for name, c := range map[string]struct {
		change func(p *Person)
		want   []string
	}{
		"nothing":              {func(*Person) {}, nil},
		"everything is absent": {func(p *Person) { *p = Person{} }, []string{"name required", "birth_date required", "sex required", "region_code required"}},
		"born tomorrow":        {func(p *Person) { p.BirthDate = today.Add(1) }, []string{"birth_date future"}},
		"born 131 years ago":   {func(p *Person) { p.BirthDate = calendar.Date(1895, 1, 1) }, []string{"birth_date too_long_ago"}},
		"born today":           {func(p *Person) { p.BirthDate = today; p.Guardian = &Guardian{"홍판서", "010-1234-5678", "부"} }, nil},
		"fourteen tomorrow":    {func(p *Person) { p.BirthDate = day("2012-07-16") }, []string{"guardian required"}},
		"fourteen today":       {func(p *Person) { p.BirthDate = day("2012-07-15") }, nil},
		"a guardian unneeded":  {func(p *Person) { p.Guardian = &Guardian{"홍판서", "010-1234-5678", "부"} }, nil},
		"no good guardian": {func(p *Person) { p.Guardian = &Guardian{} },
			[]string{"guardian.name required", "guardian.relation required", "guardian.mobile mobile"}},
		"strange values": {func(p *Person) { p.Sex, p.Mobile, p.Email, p.Name = "x", "02-123-4567", "a@b", "홍\x01길동" },
			[]string{"name control_characters", "sex unknown", "mobile mobile", "email email"}},
		"strange consents": {func(p *Person) {
			p.Consents = []Consent{{Terms, "1", true}, {Terms, "1", true}, {GuardianSaid, "1", true}, {Messages, "", true}}
		}, []string{"consents[1].purpose repeated", "consents[2].purpose unknown", "consents[3].version required"}},
	} {
		p := somebody()
		c.change(&p)
		f := fault.Collect()
		p.Check(f, today).NeedGuardian(f, today)
		if got := fields(f.Err()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestEverybodyMustAgreeToTheTextsInForce(t *testing.T) {
	for name, c := range map[string]struct {
		consents []Consent
		missing  int
	}{
		"both":         {append(slices.Clone(both), Consent{Messages, "7", false}), 0},
		"none":         {nil, 2},
		"one":          {both[:1], 1},
		"one refused":  {[]Consent{{Terms, "1", true}, {Privacy, "1", false}}, 1},
		"one outdated": {[]Consent{{Terms, "0", true}, {Privacy, "1", true}}, 1},
	} {
		err := texts.Granted(c.consents)
		if (c.missing == 0) != (err == nil) || err != nil && !errors.Is(err, ErrConsentMissing) || len(fields(err)) != c.missing {
			t.Errorf("%s: %v %q", name, err, fields(err))
		}
	}
}

func TestContactsHaveOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"010-1234-5678": "01012345678", "+82 10-1234-5678": "01012345678", "+8201012345678": "01012345678", "011-123-4567": "0111234567",
		"019 1234 5678": "01912345678", "010-123-4567": "", "012-1234-5678": "", "02-123-4567": "", "010-1234-56789": "", "": "",
		"０１０12345678": "", "010.1234.5678": "", "++821012345678": "",
	} {
		if got, ok := Mobile(in); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", in, got, ok)
		}
	}
	for in, want := range map[string]string{
		"GilDong@Example.KR": "gildong@example.kr", "a.b+c@d.e.kr": "a.b+c@d.e.kr", "홍길동@예시.한국": "홍길동@예시.한국",
		"\u1112\u1169\u11bc@\u110b\u1168.kr": "홍@예.kr",
		"":                                   "", "a": "", "a@b": "", "a@b.": "", "@b.kr": "", "a b@c.kr": "", "A <a@b.kr>": "", "a@b.kr,c@d.kr": "", `"a b"@c.kr`: "", "a@[127.0.0.1]": "",
		"a@b.kr\n": "", "a\x00@b.kr": "",
	} {
		if got, ok := Email(in); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", in, got, ok)
		}
	}
}

func TestWhatIsTyped(t *testing.T) {
	number := newNumber()
	for q, want := range map[string]Filter{
		"":     {},
		"길동":   {Word: "길동"},
		"5678": {Word: "5678", LastFour: "5678"},
		"567":  {Word: "567"},
		number: {Word: number, Number: number},
	} {
		if got := Search(q); got != want {
			t.Errorf("%q: %+v", q, got)
		}
	}
}

func TestNobodyConfirmsForHisOwn(t *testing.T) {
	officer := auth.Principal{AccountID: id.New(), VolunteerID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer}}}
	ward := Volunteer{ID: id.New()}
	camp := id.New()
	for name, c := range map[string]struct {
		p    auth.Principal
		v    Volunteer
		ties duty.Ties
		want error
	}{
		"an officer":         {officer, ward, duty.Ties{id.New(): duty.Guardian}, nil},
		"for his ward":       {officer, ward, duty.Ties{id.New(): duty.Guardian, ward.ID: duty.Guardian}, duty.ErrConflict},
		"for himself":        {officer, Volunteer{ID: officer.VolunteerID}, nil, duty.ErrConflict},
		"a camp's head":      {auth.Principal{Grants: []auth.Grant{{Role: auth.CampHead, ScopeID: camp}}}, ward, nil, ErrNotFound},
		"an analyst":         {auth.Principal{Grants: []auth.Grant{{Role: auth.Analyst}}}, ward, nil, ErrNotFound},
		"an administrator":   {auth.Principal{Grants: []auth.Grant{{Role: auth.Administrator}}}, ward, nil, ErrNotFound},
		"a volunteer":        {auth.Principal{AccountID: id.New(), VolunteerID: ward.ID}, ward, nil, ErrNotFound},
		"officer of a scope": {auth.Principal{Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeID: camp}}}, ward, nil, ErrNotFound},
	} {
		if err := CanConfirm(c.p, c.v, c.ties); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := id.New()
	if CanHandOver(auth.Principal{}, Volunteer{CampID: &camp}, camp, nil) != nil || CanHandOver(auth.Principal{}, Volunteer{CampID: &other}, camp, nil) == nil ||
		CanHandOver(auth.Principal{}, Volunteer{}, camp, nil) == nil {
		t.Error("codes are made by the camp that registered the person, and by no other")
	}
}
