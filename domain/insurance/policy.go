package insurance

import (
	"dure/domain/kernel/auth"
	"dure/domain/volunteer"
)

// CanManage lets the centre enter contracts and what they cover, and give rosters to the insurer.
func CanManage(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanAsk lets the centre ask about everybody, and an organiser's people about who has a place or was present at their shifts
// then; to them nobody else is there. What they may know of he did there.
func CanAsk(p auth.Principal, places []Place) ([]Place, error) {
	if p.Is(auth.CentreOfficer) {
		return places, nil
	}
	var theirs []Place
	for _, place := range places {
		if p.Has(place.OrganiserID, auth.CampHead, auth.CampKeeper, auth.SiteManager) {
			theirs = append(theirs, place)
		}
	}
	if len(theirs) == 0 {
		return nil, volunteer.ErrNotFound
	}
	return theirs, nil
}
