package demo

import (
	"time"

	"dure/domain/activity"
	"dure/domain/attendance"
	"dure/domain/camp"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/merchant"
	"dure/domain/signup"
	"dure/domain/site"
	"dure/domain/volunteer"
)

// city is everything that is invented, before any of it is written.
type city struct {
	Scale
	zone      *time.Location
	today     calendar.Day
	now       time.Time // nothing has happened later: the beginning of today
	name      string    // as addresses begin
	dongs     []*dong
	people    []*person
	staff     []*person // of the centre: accounts without a volunteer
	houses    []*house
	listings  []*listing
	merchants []merchant.Merchant
	handlers  []*person // of claims on the insurance, accounts as the staff's
	events    []audit.Event
}

// person is somebody with all that the city knows about him, or an account without a person.
type person struct {
	volunteer.Volunteer
	dong     *dong // where he lives; nil outside the city
	moves    []move
	given    []volunteer.Given
	guardian *guardian
	kin      []*person // wards and guardians
	account  id.ID     // nil id for who cannot sign in
	login    string
	joined   time.Time // of the account
	grants   []grant

	visits    int             // expected in two years
	busy      []calendar.Span // places that he holds, as far as they may still matter
	presences []*presence
}

// move is a residence since a day.
type move struct {
	since calendar.Day
	code  string
}

// guardian is who consents for a minor.
type guardian struct {
	id id.ID
	volunteer.Guardian
	person      *person // nil when he is no volunteer himself
	confirmedAt *time.Time
	confirmedBy *id.ID
}

// grant is a role as it was given.
type grant struct {
	id id.ID
	auth.Grant
	since time.Time
}

// house is where volunteering is organised: a camp or a demand site.
type house struct {
	attendance.Organiser
	camp  *camp.Camp
	site  *site.Site
	dong  *dong
	staff []*person // the first is the head
	verifies
}

// verifies is when a house's people sit down to verify what came in.
type verifies struct {
	days   [2]time.Weekday
	minute int // of the day
}

// open tells whether a house organises on a day.
func (h *house) open(day calendar.Day) bool {
	if h.camp != nil {
		return h.camp.OpenOn(day)
	}
	return h.site.State == site.Approved
}

// listing is an activity with its shifts and the people who like to come.
type listing struct {
	activity.Activity
	template
	house  *house
	shifts []*shift
	fans   []fan
}

// fan is somebody who comes to a listing's shifts with a probability.
type fan struct {
	*person
	likely float64
}

// shift is one dated slot with the places on it.
type shift struct {
	activity.Shift
	listing *listing
	signUps []*signup.SignUp
	present map[*person]bool
	waiting int64

	recorder   *person // who writes the sheet, and when
	recordedAt time.Time
}

// presence is one attendance and what becomes of it.
type presence struct {
	attendance.Attendance
	shift  *shift
	person *person
	waits  bool // nobody verifies it
	steps  []step
	change *attendance.Change
}

// step is something that happens to a presence and moves the ledger: it is verified, or a change of it is applied.
type step struct {
	at     time.Time
	by     id.ID // the account that acts
	change *attendance.Change
}

// at is the instant of a minute of a day in the city.
func (c *city) at(day calendar.Day, minute int) time.Time {
	return day.Start(c.zone).Add(time.Duration(minute) * time.Minute).UTC()
}

// note keeps an act for the audit log.
func (c *city) note(r chance, at time.Time, by id.ID, action, subjectType string, subject id.ID, whose *id.ID, reason string) {
	c.events = append(c.events, audit.Event{ID: r.id(at), HappenedAt: at, AccountID: &by, Action: action, SubjectType: subjectType,
		SubjectID: subject.String(), VolunteerID: whose, Reason: reason})
}

// Parts of the city that are drawn separately.
const (
	partPeople = iota + 1
	partHouses
	partListings
	partDays
	partVerification
	partMerchants
	partHandlers
	partCounters
	partCrowd
)

// invent draws a whole city.
func invent(scale Scale, clock calendar.Clock) (*city, error) {
	today := clock.Day(clock.Now())
	c := &city{Scale: scale, zone: clock.Zone, today: today, now: today.Start(clock.Zone).UTC(), name: "전남광주통합특별시"}
	if today.Before(codesChanged) {
		c.name = "광주광역시"
	}
	var err error
	if c.dongs, err = dongs(); err != nil {
		return nil, err
	}
	c.populate(newChance(partPeople))
	c.settle(newChance(partHouses))
	c.list(newChance(partListings))
	c.live(newChance(partDays))
	c.verify(newChance(partVerification))
	c.trade(newChance(partMerchants))
	c.handle(newChance(partHandlers))
	return c, nil
}
