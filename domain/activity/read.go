package activity

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Listed is an activity as lists and pages show it.
type Listed struct {
	Activity
	FieldName     string
	GroupCode     string // of the field
	GroupName     string
	OrganiserName string
	GuName        string
	DongName      string // empty where the region is a gu
}

// Filter says which activities are wanted; zero members do not restrict.
type Filter struct {
	Region    string       // code of a city, gu or dong, present or past
	Field     string       // code of a field, or of a group of fields
	From, To  calendar.Day // with a shift on these city days, both included
	Word      string       // words of the title
	Organiser id.ID
	State     State
}

// Scope is whose activities a list shows: the public's (approved, of organisers in good standing), one organiser's or all.
type Scope struct {
	Organiser id.ID
	All       bool
}

// Public is what everybody may see.
var Public = Scope{}

// ListedShift is a shift as lists show it.
type ListedShift struct {
	Shift
	ActivityTitle string
}

// ShiftFilter says which shifts are wanted; shifts that are cancelled never are.
type ShiftFilter struct {
	Activity id.ID        // nil id for those of all approved activities
	From, To calendar.Day // touching these city days, both included; no day does not restrict
}

// Reader reads activities and shifts; there are no personal data in them.
type Reader interface {
	// Listed finds one activity in the scope, or fails with ErrNotFound.
	Listed(ctx context.Context, s Scope, id id.ID) (Listed, error)
	// List gives the activities of the scope, the newest first.
	List(ctx context.Context, s Scope, f Filter, p page.Request) (page.Page[Listed], error)
	// Shifts gives the shifts of the scope by their start.
	Shifts(ctx context.Context, s Scope, f ShiftFilter, p page.Request) (page.Page[ListedShift], error)
	// Fields gives all fields of activity by code.
	Fields(ctx context.Context) ([]Field, error)
	// Organiser finds a camp or demand site, or fails with camp.ErrNotFound or site.ErrNotFound.
	Organiser(ctx context.Context, t OrganiserType, id id.ID) (Organiser, error)
}

// OfOrganiser gives an organiser's activities in all states to its people. Errors: auth.forbidden, camp.not_found, site.not_found.
func (s *Service) OfOrganiser(ctx context.Context, t OrganiserType, organiser id.ID, f Filter, p page.Request) (page.Page[Listed], error) {
	if err := s.canLook(ctx, t, organiser); err != nil {
		return page.Page[Listed]{}, err
	}
	return s.reader.List(ctx, Scope{Organiser: organiser}, f, p)
}

// ShiftsOfOrganiser gives an organiser's shifts to its people: those of approved activities, or all of one activity.
// Errors: auth.forbidden, camp.not_found, site.not_found.
func (s *Service) ShiftsOfOrganiser(ctx context.Context, t OrganiserType, organiser id.ID, f ShiftFilter, p page.Request) (page.Page[ListedShift], error) {
	if err := s.canLook(ctx, t, organiser); err != nil {
		return page.Page[ListedShift]{}, err
	}
	return s.reader.Shifts(ctx, Scope{Organiser: organiser}, f, p)
}

func (s *Service) canLook(ctx context.Context, t OrganiserType, organiser id.ID) error {
	o, err := s.reader.Organiser(ctx, t, organiser)
	if err != nil {
		return err
	}
	return canOrganiseAt(auth.From(ctx), o)
}

// Submissions gives the centre the activities that wait for its decision. Errors: auth.forbidden.
func (s *Service) Submissions(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error) {
	if !auth.From(ctx).Is(auth.CentreOfficer) {
		return page.Page[Listed]{}, auth.ErrForbidden
	}
	f.State = Submitted
	return s.reader.List(ctx, Scope{All: true}, f, p)
}
