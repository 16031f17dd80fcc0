package activity

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/site"
)

// portal names the national portal as the origin of activities.
const portal = "1365"

// Importing is what the import of listings needs of the repository.
type Importing interface {
	// Fields gives all fields of activity by code.
	Fields(ctx context.Context) ([]Field, error)
	// Gu finds the code of the city's gu of a name that is in force; "" when there is none.
	Gu(ctx context.Context, name string) (string, error)
	// Origin locks the activity that was imported under a number; found is false when none was.
	Origin(ctx context.Context, system, number string) (a Activity, found bool, err error)
	// Site finds the demand site of a name in a region, whatever its state, or keeps the given one.
	Site(ctx context.Context, s site.Site) (id.ID, error)
}

// Imported tells what an import did.
type Imported struct {
	Created   int
	Updated   int
	Unchanged int
	Skipped   []Skipped
}

// importedAtOnce bounds the listings of one transaction.
const importedAtOnce = 50

// Import takes listings over as approved activities of demand sites, with a shift on each service day. A listing that
// changed is followed unless its activity was edited or called off here: new service days are added, and shifts that
// it lists no longer are cancelled if they have not begun. The same listings again change nothing. It acts for nobody:
// only the operator's command reaches it.
func (s *Service) Import(ctx context.Context, listings []Listing) (Imported, error) {
	now := s.clock.Now()
	var total Imported
	for chunk := range slices.Chunk(listings, importedAtOnce) {
		var part Imported
		err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			part = Imported{}
			fields, err := tx.Activities().Fields(ctx)
			if err != nil {
				return err
			}
			for _, l := range chunk {
				if err := s.take(ctx, tx, l, FieldOf(fields, l.Field), now, &part); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, err
		}
		total.Created += part.Created
		total.Updated += part.Updated
		total.Unchanged += part.Unchanged
		total.Skipped = append(total.Skipped, part.Skipped...)
	}
	return total, nil
}

// take creates or follows one listing's activity, and counts it.
func (s *Service) take(ctx context.Context, tx Tx, l Listing, field string, now time.Time, done *Imported) error {
	region, err := tx.Activities().Gu(ctx, l.Gu)
	if err != nil {
		return err
	}
	a, found, err := tx.Activities().Origin(ctx, portal, l.OriginID)
	if err != nil {
		return err
	}
	hash := l.hash()
	if found && (a.State != Approved || a.OriginHash == nil || *a.OriginHash == hash) {
		done.Unchanged++
		return nil
	}
	if !found {
		a = imported(l, now)
	}
	spans := l.spans(s.clock.Zone, s.clock.Day(now))
	a.follow(l, hash, field, region)
	if a.FirstDay, a.LastDay = period(spans, s.clock); len(spans) == 0 {
		a.FirstDay, a.LastDay = l.Begin, l.End
	}
	if err := a.validate(); err != nil {
		done.Skipped = append(done.Skipped, Skipped{ID: l.OriginID, Reason: firstField(err)})
		return nil
	}
	if found {
		done.Updated++
		return s.update(ctx, tx, a, l, spans, now)
	}
	done.Created++
	if a.OrganiserID, err = tx.Activities().Site(ctx, site.Site{
		ID: id.New(), Name: l.Organiser, Search: text.Search(l.Organiser), Kind: site.Other, RegionCode: region,
		State: site.Approved, AppliedAt: now, DecidedAt: &now, Reason: "imported from " + portal, Version: 1,
	}); err != nil {
		return err
	}
	if err := tx.Activities().Add(ctx, a); err != nil {
		return err
	}
	return tx.Activities().AddShifts(ctx, shiftsOf(a, l, spans, nil))
}

// update brings a listing's activity and shifts up to date.
func (s *Service) update(ctx context.Context, tx Tx, a Activity, l Listing, spans []calendar.Span, now time.Time) error {
	a.Version++
	if err := tx.Activities().Update(ctx, a); err != nil {
		return err
	}
	had, err := tx.Activities().Spans(ctx, a.ID, true)
	if err != nil {
		return err
	}
	if err := tx.Activities().CancelUpcoming(ctx, a.ID, now, spans...); err != nil {
		return err
	}
	return tx.Activities().AddShifts(ctx, shiftsOf(a, l, spans, had))
}

// imported begins an activity that was approved on the portal.
func imported(l Listing, now time.Time) Activity {
	system, number := portal, l.OriginID
	return Activity{ID: id.New(), OrganiserType: ByDemandSite, State: Approved, OriginSystem: &system, OriginID: &number,
		CreatedAt: now, DecidedAt: &now, Version: 1}
}

// follow takes over what the listing says.
func (a *Activity) follow(l Listing, hash, field, region string) {
	a.Title, a.Search, a.Description, a.FieldCode = l.Title, Search(l.Title), l.Content, field
	a.RegionCode, a.Place, a.Lat, a.Lon = region, l.Place, l.Lat, l.Lon
	a.Adults, a.Youths, a.Families, a.Groups = l.Adults, l.Youths, l.Families, l.Groups
	a.OriginHash = &hash
}

// shiftsOf makes the shifts that an activity has not had yet, cancelled ones included.
func shiftsOf(a Activity, l Listing, spans, had []calendar.Span) []Shift {
	var shifts []Shift
	for _, span := range spans {
		if !slices.ContainsFunc(had, same(span)) {
			shifts = append(shifts, newShift(a, span, 0, l.Places))
		}
	}
	return shifts
}

// firstField names the first wrong member.
func firstField(err error) string {
	if f, ok := fault.From(err); ok && len(f.Fields) > 0 {
		return f.Fields[0].Path
	}
	return err.Error()
}

// otherField takes what fits no field: 1501 기타.
const otherField = "1501"

// FieldOf finds the code behind the portal's text "문화행사 > 공연활동": by the names of group and field, else the
// group's 기타, else 1501. A code is taken as it is.
func FieldOf(fields []Field, name string) string {
	group, field, _ := strings.Cut(name, ">")
	group, field = letters(group), letters(field)
	other := ""
	for _, f := range fields {
		switch {
		case f.Code == name:
			return f.Code
		case letters(f.GroupName) != group:
		case letters(f.Name) == field:
			return f.Code
		case f.Name == "기타":
			other = f.Code
		}
	}
	for _, f := range fields { // 방과후 for 방과후 교육, and the other way round
		if letters(f.GroupName) == group && field != "" && (strings.HasPrefix(letters(f.Name), field) || strings.HasPrefix(field, letters(f.Name))) {
			return f.Code
		}
	}
	return cmp.Or(other, otherField)
}

// letters keeps what counts in a name that is spelled with and without spaces, and with all sorts of dots.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) && r != 'ㆍ' || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
