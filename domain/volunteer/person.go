package volunteer

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Sex as people state it; tables of population know the first two.
type Sex string

const (
	Female      Sex = "female"
	Male        Sex = "male"
	Undisclosed Sex = "undisclosed"
)

// Person is what somebody tells about himself, or is told about him on paper, to be registered.
type Person struct {
	Name       string
	BirthDate  calendar.Day
	Sex        Sex
	RegionCode string
	Mobile     string
	Email      string
	Consents   []Consent
	Guardian   *Guardian // needed under 14, not kept otherwise
}

// Guardian (보호자) consents for a person under 14.
type Guardian struct {
	Name     string
	Mobile   string
	Relation string
}

// Purpose says what a consent is for.
type Purpose string

const (
	Terms        Purpose = "terms"
	Privacy      Purpose = "privacy"
	Insurance    Purpose = "insurance"
	Link1365     Purpose = "link_1365"
	Messages     Purpose = "messages"
	GuardianSaid Purpose = "guardian" // written when the guardian's consent is confirmed, never sent by clients
)

// Consent is a yes or no to one purpose, as worded in a version of its text.
type Consent struct {
	Purpose Purpose
	Version string
	Granted bool
}

// Medium says how a consent was given.
type Medium string

const (
	Online Medium = "online"
	Paper  Medium = "paper"
)

// Given is a consent as it is kept.
type Given struct {
	Consent
	VolunteerID id.ID
	At          time.Time
	By          *id.ID // the account that wrote it down; nil when the person did it himself while registering
	Medium      Medium
}

// Texts names what everybody must agree to, and in which version.
type Texts map[Purpose]string

const (
	ofAge   = 14  // years from which one consents for oneself
	longest = 130 // years that nobody has lived
)

// Minor tells whether a guardian must consent for somebody, on a day.
func Minor(birth, on calendar.Day) bool { return calendar.AgeOn(birth, on) < ofAge }

// Check notes what is wrong with a person's details and gives them in the form that is kept.
func (p Person) Check(f fault.Fields, today calendar.Day) Person {
	text.Line(f, "name", p.Name, 1, 100)
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	if f.Require(!p.BirthDate.IsZero(), "birth_date") {
		if p.BirthDate.After(today) {
			f.Add("birth_date", "future")
		} else if calendar.AgeOn(p.BirthDate, today) > longest {
			f.Add("birth_date", "too_long_ago")
		}
	}
	if f.Require(p.Sex != "", "sex") && !p.Sex.known() {
		f.Add("sex", "unknown")
	}
	f.Require(p.RegionCode != "", "region_code")
	p.Mobile, p.Email = contact(f, p.Mobile, p.Email)
	checkConsents(f, p.Consents)
	if p.Guardian != nil {
		g := *p.Guardian
		under := f.Under("guardian")
		text.Line(under, "name", g.Name, 1, 100)
		text.Line(under, "relation", g.Relation, 1, 20)
		if number, ok := Mobile(g.Mobile); ok {
			g.Mobile = number
		} else {
			under.Add("mobile", "mobile")
		}
		p.Guardian = &g
	}
	return p
}

func (s Sex) known() bool { return s == Female || s == Male || s == Undisclosed }

// NeedGuardian notes a missing guardian of a minor.
func (p Person) NeedGuardian(f fault.Fields, today calendar.Day) {
	if !p.BirthDate.IsZero() && !p.BirthDate.After(today) && Minor(p.BirthDate, today) {
		f.Require(p.Guardian != nil, "guardian")
	}
}

func contact(f fault.Fields, mobile, email string) (string, string) {
	if mobile != "" {
		number, ok := Mobile(mobile)
		if !ok {
			f.Add("mobile", "mobile")
		}
		mobile = number
	}
	if email != "" {
		address, ok := Email(email)
		if !ok {
			f.Add("email", "email")
		}
		email = address
	}
	return mobile, email
}

func checkConsents(f fault.Fields, consents []Consent) {
	if len(consents) > 10 {
		f.Add("consents", "too_many", "max", 10)
		return
	}
	seen := map[Purpose]bool{}
	for i, c := range consents {
		under := f.Under("consents[%d]", i)
		switch {
		case !slices.Contains([]Purpose{Terms, Privacy, Insurance, Link1365, Messages}, c.Purpose):
			under.Add("purpose", "unknown")
		case seen[c.Purpose]:
			under.Add("purpose", "repeated")
		}
		seen[c.Purpose] = true
		text.Line(under, "version", c.Version, 1, 20)
	}
}

// Granted refuses consents among which a text that everybody must agree to is missing, refused or outdated:
// volunteer.consent_missing.
func (t Texts) Granted(consents []Consent) error {
	refusal := ErrConsentMissing
	for _, purpose := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(consents, Consent{purpose, t[purpose], true}) {
			refusal = refusal.On("consents", "consent", "purpose", purpose, "version", t[purpose])
		}
	}
	if len(refusal.Fields) == 0 {
		return nil
	}
	return refusal
}

var mobileForm = regexp.MustCompile(`^(010\d{8}|01[16789]\d{7,8})$`)

// Mobile reads a Korean mobile number into digits: +82 10-1234-5678 → 01012345678.
func Mobile(s string) (digits string, ok bool) {
	s = strings.NewReplacer("-", "", " ", "").Replace(s)
	if national, found := strings.CutPrefix(s, "+82"); found {
		s = "0" + strings.TrimPrefix(national, "0")
	}
	return s, mobileForm.MatchString(s)
}

// Email reads an e-mail address into lower case, NFC.
func Email(s string) (address string, ok bool) {
	s = norm.NFC.String(strings.ToLower(s))
	parsed, err := mail.ParseAddress(s)
	_, domain, _ := strings.Cut(s, "@")
	return s, err == nil && parsed.Address == s && len(s) <= 254 && strings.Contains(strings.Trim(domain, "."), ".") &&
		!strings.ContainsAny(s, `"[]`)
}
