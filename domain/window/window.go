// Package window says until when a presence may be entered: some months after the activity, as each centre has set it.
package window

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Bounds of a window in months. Centres give one or three: 1365 자원봉사 실적 입력 기한.
const (
	MinMonths = 1
	MaxMonths = 24
)

// Window is one row of the table: data with a version and a source, never a constant in code, and never changed.
type Window struct {
	ID            id.ID
	GuCode        string // region code of the centre's gu; "" is what holds where a gu has set nothing
	Months        int    // how long after the activity its presences may be entered
	EffectiveFrom calendar.Day
	Version       int    // among rows of one gu that hold on a day the highest wins
	Reference     string // where it is written
}

// Windows are the rows that bear on one centre: its gu's own and the city's, in any order.
type Windows []Window

// On is the window that holds for an activity of a day: the gu's own before the city's. ok is false where none holds.
func (w Windows) On(activity calendar.Day) (found Window, ok bool) {
	for _, row := range w {
		if row.EffectiveFrom.After(activity) {
			continue
		}
		own, foundOwn := row.GuCode != "", found.GuCode != ""
		if !ok || own && !foundOwn || own == foundOwn && row.Version > found.Version {
			found, ok = row, true
		}
	}
	return found, ok
}

// LastDay is the last day on which a presence at an activity of a day may be entered, that day included. ok is false
// where there is no limit.
func (w Windows) LastDay(activity calendar.Day) (last calendar.Day, ok bool) {
	row, ok := w.On(activity)
	return activity.AddMonths(row.Months), ok
}

// SurelyOpen tells, without a look at the table, that an activity is too recent for any window to be over.
func SurelyOpen(activity, today calendar.Day) bool {
	return !today.After(activity.AddMonths(MinMonths))
}

// Repository keeps windows inside a transaction.
type Repository interface {
	// Lock keeps others from adding windows until the transaction ends, and gives the highest version there is.
	Lock(ctx context.Context) (version int, err error)
	// Gu tells whether a code is a gu's on a day.
	Gu(ctx context.Context, code string, on calendar.Day) (known bool, err error)
	// Add keeps a new window.
	Add(ctx context.Context, w Window) error
}

// Reader reads windows for everybody who is signed in.
type Reader interface {
	// List gives the newest version first.
	List(ctx context.Context, p page.Request) (page.Page[Window], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Windows() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use case that sets windows.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }
