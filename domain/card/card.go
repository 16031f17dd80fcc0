// Package card knows the volunteer card (자원봉사증) that a phone shows and a merchant's device checks, with or without a network.
package card

import (
	"cmp"
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/merchant"
)

// Life is how long a card that is shown stays good: long enough for a counter, too short for a picture of it.
const Life = 5 * time.Minute

// Card is what is shown. It names nobody: its id is another one every day, and the name is masked.
type Card struct {
	ID         string
	Level      string // code of a level
	LevelName  string
	Name       string       // masked
	ValidUntil calendar.Day // up to when the level holds without more hours; no day when for good
	IssuedAt   time.Time
	ExpiresAt  time.Time
}

// Counted says which minutes make a level.
type Counted string

const (
	Total Counted = "total" // all that were ever recognised
	Year  Counted = "year"  // those of this calendar year, or of the last one
)

// Off are a level's minutes that take it away.
const Off = -1

// Level is a step of the card, as data.
type Level struct {
	ID            id.ID
	Code          string
	Rank          int // the highest one that is reached counts
	Name          string
	NameEn        string
	Counted       Counted
	Minutes       int // at least; Off for no longer
	EffectiveFrom calendar.Day
	Version       int
	Reference     string // where it is written
}

// Holder is somebody and his recognised minutes.
type Holder struct {
	Name     string
	Active   bool
	Minutes  int64 // ever
	ThisYear int64
	LastYear int64
	Held     []Held
}

// Held is a programme's card that somebody holds, and has not had anything taken back since it was looked at.
type Held struct {
	Programme string // code
	Level     string // as the programme calls it; may be empty
	Name      string // of the programme
	NameEn    string
	Minutes   int          // that it took
	Until     calendar.Day // the last day; no day when for good
}

var (
	ErrNone  = fault.New(fault.Conflict, "card.none")  // no level is reached, or the person is not active
	ErrToken = fault.New(fault.Invalid, "card.token")  // not a card of this service, or not one any more
	ErrCode  = fault.New(fault.Conflict, "card.level") // another rank has the code, or another code the rank
)

// Best is the highest level that a holder has on a day, by his hours and the levels in force or by a card of a programme, and
// until when it holds. A programme's card that bears a level's code is that level; others are no level of the city's and rank
// with its lowest, where more minutes go before fewer.
func Best(levels []Level, h Holder, on calendar.Day) (best Level, until calendar.Day, ok bool) {
	offer := func(l Level, to calendar.Day) {
		order := cmp.Or(cmp.Compare(l.Rank, best.Rank), cmp.Compare(l.Minutes, best.Minutes))
		if !ok || order > 0 || order == 0 && !until.IsZero() && (to.IsZero() || to.After(until)) {
			best, until, ok = l, to, true
		}
	}
	force := InForce(levels, on)
	for _, l := range force {
		if l.Minutes == Off {
			continue
		}
		need := int64(l.Minutes)
		switch {
		case l.Counted == Total && h.Minutes >= need:
			offer(l, calendar.Day{})
		case l.Counted == Year && h.ThisYear >= need:
			offer(l, calendar.Date(on.Year()+1, time.December, 31))
		case l.Counted == Year && h.LastYear >= need:
			offer(l, calendar.Date(on.Year(), time.December, 31))
		}
	}
	for _, held := range h.Held {
		if l, ok := force[held.Level]; ok && l.Minutes != Off {
			offer(l, held.Until)
		} else {
			offer(Level{Code: cmp.Or(held.Level, held.Programme), Name: held.Name, NameEn: held.NameEn, Minutes: held.Minutes}, held.Until)
		}
	}
	return best, until, ok
}

// InForce gives the newest row of each code that holds on a day.
func InForce(levels []Level, on calendar.Day) map[string]Level {
	force := map[string]Level{}
	for _, l := range levels {
		if !l.EffectiveFrom.After(on) && l.Version > force[l.Code].Version {
			force[l.Code] = l
		}
	}
	return force
}

// Seal signs cards, and opens what was signed.
type Seal interface {
	// Alias is the id under which a person shows his card on a day. Nobody can tell whose it is, nor link two days.
	Alias(ctx context.Context, volunteer id.ID, on calendar.Day) (string, error)
	// Sign makes the token of a card.
	Sign(ctx context.Context, c Card) (string, error)
	// Open reads a token as a merchant's device does, or fails with ErrToken.
	Open(ctx context.Context, token string, at time.Time) (Card, error)
}

// Reader reads what a card is made of.
type Reader interface {
	// Holder finds a person as he stands on a day; the years are that of the day and the one before. ledger.ErrNoPerson when
	// there is none.
	Holder(ctx context.Context, volunteer id.ID, on calendar.Day) (Holder, error)
	// Levels gives all rows, oldest version first.
	Levels(ctx context.Context) ([]Level, error)
}

// Repository keeps levels inside a transaction.
type Repository interface {
	// Lock keeps others from adding levels until the transaction ends, and gives all there are, oldest version first.
	Lock(ctx context.Context) ([]Level, error)
	// Add keeps a new level.
	Add(ctx context.Context, l Level) error
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Merchants() merchant.Repository
	Levels() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of cards.
type Service struct {
	store  Store
	reader Reader
	seal   Seal
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, seal Seal, clock calendar.Clock) *Service {
	return &Service{store, reader, seal, clock}
}

// Levels gives all levels, past and coming ones included, oldest version first.
func (s *Service) Levels(ctx context.Context) ([]Level, error) { return s.reader.Levels(ctx) }

// owner is the person behind the account.
func owner(ctx context.Context) (id.ID, error) {
	me := auth.From(ctx).VolunteerID
	if me == id.Nil {
		return id.Nil, ledger.ErrNoPerson
	}
	return me, nil
}
