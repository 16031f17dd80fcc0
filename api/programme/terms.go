package programme

import (
	"dure/domain/kernel/calendar"
	"dure/domain/programme"
)

// Terms say who may have what: all that a programme is, as data.
type Terms struct {
	Requirements []Requirement `json:"requirements"` // all must be met; none is anybody
	Ranking      *Ranking      `json:"ranking,omitempty"`
	Person       Person        `json:"person"`
	Seasons      []Season      `json:"seasons,omitempty"` // when one may apply, every year; none is always
	Asks         []string      `json:"asks,omitempty" enums:"driving_licence,car_owner,transport_card,local_currency_account"`
	Exchange     *Exchange     `json:"exchange,omitempty"`
	Approval     string        `json:"approval" enums:"none,officer,own_camp" example:"none"`
	Benefit      Benefit       `json:"benefit"`
	Payment      Payment       `json:"payment"`
	Validity     Validity      `json:"validity"`
	Repeat       string        `json:"repeat" enums:"after_expiry,each_window,once" example:"after_expiry"`
	PerYear      int           `json:"per_year,omitempty" example:"1"` // of one person; 0 for any number
	Budget       Budget        `json:"budget"`
	OnePerCar    bool          `json:"one_per_car,omitempty"`
	Transferable bool          `json:"transferable,omitempty"`
} //	@name	IncentiveTerms

// Requirement is met when one of its conditions is.
type Requirement struct {
	AnyOf []Condition `json:"any_of"`
} //	@name	IncentiveRequirement

// Condition wants so much in a window.
type Condition struct {
	Measure string  `json:"measure" enums:"minutes,visits,active_days" example:"minutes"`
	AtLeast int     `json:"at_least" example:"21900"`
	Window  Window  `json:"window"`
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
} //	@name	IncentiveCondition

// Window is the stretch of days that counts, seen from the day of the claim.
type Window struct {
	Kind       string `json:"kind" enums:"lifetime,rolling,this_year,previous_year,this_month,previous_month" example:"previous_year"`
	Months     int    `json:"months,omitempty" example:"24"`      // of a rolling window, which ends with the day of the claim
	FirstMonth int    `json:"first_month,omitempty" example:"12"` // of a year: 12 for December to November
} //	@name	IncentiveWindow

// Scope says where service must have been given.
type Scope struct {
	Kind   string `json:"kind" enums:"city,region,own_gu,own_camp" example:"region"`
	Region string `json:"region,omitempty" example:"1230000000"` // code of a gu or dong
} //	@name	IncentiveScope

// Entries says which entries count; field codes that end in 00 stand for their group.
type Entries struct {
	Fields      []string `json:"fields,omitempty" example:"0800"`
	NotFields   []string `json:"not_fields,omitempty" example:"1700"`
	Evidence    []string `json:"evidence,omitempty" enums:"qr,leader,self,imported"`
	NotEvidence []string `json:"not_evidence,omitempty" enums:"qr,leader,self,imported"`
	NotBlood    bool     `json:"exclude_blood_donation,omitempty"`
	NotRemote   bool     `json:"exclude_remote,omitempty"`
} //	@name	IncentiveEntries

// Ranking keeps only the first; equals are told apart by the other measure, and share the place when they are equal there too.
type Ranking struct {
	Measure string  `json:"measure" enums:"minutes,visits" example:"visits"`
	Top     int     `json:"top" example:"1"`
	Window  Window  `json:"window"`
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
} //	@name	IncentiveRanking

// Person says who may have it.
type Person struct {
	AgeFrom     int      `json:"age_from,omitempty" example:"19"`
	AgeTo       int      `json:"age_to,omitempty" example:"64"`
	Residence   []string `json:"residence,omitempty" example:"1230000000"`
	CityOnly    bool     `json:"city_only,omitempty"`
	Affiliation []string `json:"affiliation,omitempty" example:"1230000000"` // where his own camp stands
} //	@name	IncentivePerson

// Season is a stretch of every year, as MM-DD, both days included.
type Season struct {
	From string `json:"from" example:"03-01"`
	To   string `json:"to" example:"06-30"`
} //	@name	IncentiveSeason

// Exchange makes the benefit cost holdings of another programme.
type Exchange struct {
	Programme string `json:"programme" example:"hwacheon-coupon"`
	Count     int    `json:"count" example:"10"`
} //	@name	IncentiveExchange

// Benefit is what one gets; which members it has depends on its kind.
type Benefit struct {
	Kind          string  `json:"kind" enums:"card,badge,mileage,voucher,merchant_discount,facility_discount,parking,award" example:"parking"`
	Level         string  `json:"level,omitempty" example:"gold"`
	Percent       int     `json:"percent,omitempty" example:"50"`
	HoursADay     int     `json:"hours_a_day,omitempty" example:"3"`
	PointsPerHour int     `json:"points_per_hour,omitempty" example:"1000"`
	PointsPerYear int     `json:"points_per_year,omitempty" example:"100000"`
	PointsExpire  string  `json:"points_expire,omitempty" example:"year_end"` // year_end, never or months:N
	Donation      bool    `json:"donation,omitempty"`
	Counts        *Counts `json:"counts,omitempty"`             // which minutes mileage is for; all of them without it
	Won           int     `json:"won,omitempty" example:"5000"` // a voucher of so many points, paid out of the programme's budget; 0 is for a thing
	Items         []Item  `json:"items,omitempty"`
} //	@name	IncentiveBenefit

// Counts says which recognised minutes bring points.
type Counts struct {
	Scope   Scope   `json:"scope"`
	Entries Entries `json:"entries"`
} //	@name	IncentiveCounts

// Item is one thing that a benefit opens.
type Item struct {
	Name    string `json:"name" example:"시립미술관"`
	Percent int    `json:"percent,omitempty" example:"100"`
	WonOff  int    `json:"won_off,omitempty" example:"500"`
} //	@name	IncentiveItem

// Payment says when a benefit begins after it was granted; of mileage, on which days points are paid for the days before.
type Payment struct {
	Kind string `json:"kind" enums:"at_once,monthly,quarterly" example:"at_once"`
	Day  int    `json:"day,omitempty" example:"15"`
} //	@name	IncentivePayment

// Validity says how long a benefit lasts.
type Validity struct {
	Kind   string       `json:"kind" enums:"unlimited,months,year_end,until" example:"months"`
	Months int          `json:"months,omitempty" example:"12"`
	Day    calendar.Day `json:"day,omitzero" format:"date" swaggertype:"string" example:"2026-12-31"`
} //	@name	IncentiveValidity

// Budget bounds what is given to all; 0 is no bound.
type Budget struct {
	Holdings int    `json:"holdings,omitempty" example:"81"`
	Won      int    `json:"won,omitempty" example:"10000000"`
	Each     string `json:"each,omitempty" enums:"year,programme" example:"year"`
} //	@name	IncentiveBudget

func (t Terms) terms() programme.Terms {
	d := programme.Terms{Person: programme.Person(t.Person), Asks: t.Asks, Approval: t.Approval, Benefit: t.Benefit.benefit(),
		Payment: programme.Payment(t.Payment), Validity: programme.Validity(t.Validity), Repeat: t.Repeat, PerYear: t.PerYear,
		Budget: programme.Budget(t.Budget), OnePerCar: t.OnePerCar, Transferable: t.Transferable,
		Requirements: make([]programme.Requirement, len(t.Requirements))}
	for i, r := range t.Requirements {
		for _, c := range r.AnyOf {
			d.Requirements[i].AnyOf = append(d.Requirements[i].AnyOf, programme.Condition{Measure: c.Measure, AtLeast: c.AtLeast,
				Window: programme.Window(c.Window), Scope: programme.Scope(c.Scope), Entries: programme.Entries(c.Entries)})
		}
	}
	if r := t.Ranking; r != nil {
		d.Ranking = &programme.Ranking{Measure: r.Measure, Top: r.Top, Window: programme.Window(r.Window), Scope: programme.Scope(r.Scope),
			Entries: programme.Entries(r.Entries)}
	}
	for _, s := range t.Seasons {
		d.Seasons = append(d.Seasons, programme.Season(s))
	}
	if t.Exchange != nil {
		d.Exchange = &programme.Exchange{Programme: t.Exchange.Programme, Count: t.Exchange.Count}
	}
	return d
}

func (b Benefit) benefit() programme.Benefit {
	d := programme.Benefit{Kind: b.Kind, Level: b.Level, Percent: b.Percent, HoursADay: b.HoursADay, PointsPerHour: b.PointsPerHour,
		PointsPerYear: b.PointsPerYear, PointsExpire: b.PointsExpire, Donation: b.Donation, Won: b.Won}
	if c := b.Counts; c != nil {
		d.Counts = &programme.Counts{Scope: programme.Scope(c.Scope), Entries: programme.Entries(c.Entries)}
	}
	for _, item := range b.Items {
		d.Items = append(d.Items, programme.Item(item))
	}
	return d
}

func presentTerms(t programme.Terms) Terms {
	r := Terms{Person: Person(t.Person), Asks: t.Asks, Approval: t.Approval, Benefit: presentBenefit(t.Benefit), Payment: Payment(t.Payment),
		Validity: Validity(t.Validity), Repeat: t.Repeat, PerYear: t.PerYear, Budget: Budget(t.Budget), OnePerCar: t.OnePerCar,
		Transferable: t.Transferable, Requirements: make([]Requirement, len(t.Requirements))}
	for i, d := range t.Requirements {
		for _, c := range d.AnyOf {
			r.Requirements[i].AnyOf = append(r.Requirements[i].AnyOf, Condition{c.Measure, c.AtLeast, Window(c.Window), Scope(c.Scope), Entries(c.Entries)})
		}
	}
	if d := t.Ranking; d != nil {
		r.Ranking = &Ranking{d.Measure, d.Top, Window(d.Window), Scope(d.Scope), Entries(d.Entries)}
	}
	for _, s := range t.Seasons {
		r.Seasons = append(r.Seasons, Season(s))
	}
	if t.Exchange != nil {
		r.Exchange = &Exchange{t.Exchange.Programme, t.Exchange.Count}
	}
	return r
}

func presentBenefit(b programme.Benefit) Benefit {
	r := Benefit{Kind: b.Kind, Level: b.Level, Percent: b.Percent, HoursADay: b.HoursADay, PointsPerHour: b.PointsPerHour,
		PointsPerYear: b.PointsPerYear, PointsExpire: b.PointsExpire, Donation: b.Donation, Won: b.Won}
	if c := b.Counts; c != nil {
		r.Counts = &Counts{Scope(c.Scope), Entries(c.Entries)}
	}
	for _, item := range b.Items {
		r.Items = append(r.Items, Item(item))
	}
	return r
}
