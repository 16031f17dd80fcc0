// Package merchant knows the shops (할인가맹점) and facilities that give volunteers a discount and take their vouchers.
package merchant

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/place"
	"dure/domain/kernel/text"
)

// Kind is what sort of place it is.
type Kind string

const (
	Shop     Kind = "merchant" // 가맹점: a shop of its own
	Facility Kind = "facility" // 이용시설: a museum, a course, a sports hall
	Public   Kind = "public"   // 공공시설: of the city or a gu, such as a car park
)

// State is how far the centre's decision on a merchant has come.
type State string

const (
	Applied   State = "applied"
	Approved  State = "approved" // found by everybody, and takes vouchers
	Rejected  State = "rejected"
	Suspended State = "suspended" // takes nothing until it is approved again
	Closed    State = "closed"
)

// Merchant is one shop or facility.
type Merchant struct {
	ID              id.ID
	Name            string
	Search          string // Name in the form that searches compare
	Kind            Kind
	BusinessNumber  string // 사업자등록번호 or 고유번호, ten digits; public facilities may have none
	RegionCode      string // the dong it stands in
	Address         string
	Phone           string  // of the business, not of a person
	Lat, Lon        float64 // degrees, WGS84
	Discount        string  // in words, with its conditions
	DiscountPercent *int
	DiscountWon     *int
	ValidFrom       calendar.Day
	ValidTo         calendar.Day // the last day; no day while there is none
	State           State
	AppliedBy       id.ID // account
	AppliedAt       time.Time
	DecidedBy       *id.ID
	DecidedAt       *time.Time
	Reason          string // of the last decision
	Version         int
}

// Listed is a merchant as lists and pages show it.
type Listed struct {
	Merchant
	GuName   string
	DongName string
	Distance *int // metres from the point asked for; nil when none was
}

// Filter says which merchants are wanted; zero members do not restrict.
type Filter struct {
	Region string // code of a city, gu or dong, present or past
	Kind   Kind
	State  State // of the register only: everybody finds none but approved ones
	Near   *place.Circle
	Word   string // part of the name
}

var (
	ErrNotFound    = fault.New(fault.NotFound, "merchant.not_found")
	ErrState       = fault.New(fault.Conflict, "merchant.state")
	ErrNotApproved = fault.New(fault.Conflict, "merchant.not_approved")
	ErrRegistered  = fault.New(fault.Conflict, "merchant.already_registered") // another live merchant has the number
	ErrChanged     = fault.New(fault.PreconditionFailed, "request.changed")

	errRegion = fault.ErrInvalid.On("region_code", "unknown")
)

// Open tells whether the merchant takes cards and vouchers on a day.
func (m Merchant) Open(d calendar.Day) bool {
	return m.State == Approved && !d.Before(m.ValidFrom) && (m.ValidTo.IsZero() || !d.After(m.ValidTo))
}

func (m Merchant) validate() error {
	f := fault.Collect()
	text.Line(f, "name", m.Name, 1, 100)
	switch m.Kind {
	case Shop, Facility, Public:
	default:
		f.Add("kind", "unknown")
	}
	if m.BusinessNumber != "" && !isBusinessNumber(m.BusinessNumber) {
		f.Add("business_number", "business_number")
	} else if m.Kind != Public {
		f.Require(m.BusinessNumber != "", "business_number")
	}
	f.Require(m.RegionCode != "", "region_code")
	text.Line(f, "address", m.Address, 1, 200)
	text.Line(f, "phone", m.Phone, 0, 40)
	if !(m.Lat >= -90 && m.Lat <= 90) {
		f.Add("lat", "range", "min", -90, "max", 90)
	}
	if !(m.Lon >= -180 && m.Lon <= 180) {
		f.Add("lon", "range", "min", -180, "max", 180)
	}
	text.Block(f, "discount", m.Discount, 1, 500)
	if m.DiscountPercent != nil && m.DiscountWon != nil {
		f.Add("discount_won", "one_of_two", "other", "discount_percent")
	}
	if p := m.DiscountPercent; p != nil && (*p < 1 || *p > 100) {
		f.Add("discount_percent", "range", "min", 1, "max", 100)
	}
	if w := m.DiscountWon; w != nil && (*w < 1 || *w > 10_000_000) {
		f.Add("discount_won", "range", "min", 1, "max", 10_000_000)
	}
	if f.Require(!m.ValidFrom.IsZero(), "valid_from") && !m.ValidTo.IsZero() && m.ValidTo.Before(m.ValidFrom) {
		f.Add("valid_to", "order", "after", "valid_from")
	}
	return f.Err()
}

// isBusinessNumber tells whether ten digits are a business registration number: the last one is the check digit over the
// others (국세청 사업자등록번호 검증).
func isBusinessNumber(s string) bool {
	if len(s) != 10 || s == "0000000000" {
		return false
	}
	weights := [...]int{1, 3, 7, 1, 3, 7, 1, 3, 5}
	sum := 0
	for i := range s {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		if d := int(s[i] - '0'); i < len(weights) {
			sum += d * weights[i]
			if i == 8 {
				sum += d * 5 / 10
			}
		}
	}
	return (10-sum%10)%10 == int(s[9]-'0')
}

// Repository keeps merchants inside a transaction.
type Repository interface {
	// Get finds a merchant, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Merchant, error)
	// Lock finds a merchant and keeps others from changing it, or fails with ErrNotFound.
	Lock(ctx context.Context, id id.ID) (Merchant, error)
	// IsDong tells whether a code is a dong, present or past.
	IsDong(ctx context.Context, code string) (bool, error)
	// Add keeps a new merchant; ErrRegistered when another shop that stands has its business number.
	Add(ctx context.Context, m Merchant) error
	// Update replaces a locked merchant; ErrRegistered as with Add.
	Update(ctx context.Context, m Merchant) error
	// Entrust makes an account the manager of a merchant, without end, unless it is already; made tells which.
	Entrust(ctx context.Context, m Merchant, account, by id.ID, at time.Time) (made bool, err error)
	// Dismiss ends all roles that are held for a merchant, and tells how many.
	Dismiss(ctx context.Context, m Merchant, by id.ID, at time.Time) (int, error)
}

// Reader reads merchants; there are no personal data in them.
type Reader interface {
	// Find gives approved merchants that are valid on a day, by distance where a circle is asked for, else by name.
	Find(ctx context.Context, f Filter, on calendar.Day, p page.Request) (page.Page[Listed], error)
	// Found is one of those that Find gives, or ErrNotFound.
	Found(ctx context.Context, id id.ID, on calendar.Day) (Listed, error)
	// Register gives the merchants of a scope in whatever state, by name.
	Register(ctx context.Context, s Scope, f Filter, p page.Request) (page.Page[Listed], error)
	// Registered is one merchant of a scope, or ErrNotFound.
	Registered(ctx context.Context, s Scope, id id.ID) (Listed, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Merchants() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases that write merchants.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

// checked refuses a merchant whose members break rules, the region among them.
func checked(ctx context.Context, tx Tx, m Merchant) error {
	if err := m.validate(); err != nil {
		return err
	}
	known, err := tx.Merchants().IsDong(ctx, m.RegionCode)
	if err == nil && !known {
		return errRegion
	}
	return err
}
