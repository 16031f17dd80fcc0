package document

import (
	"slices"

	"dure/domain/kernel/auth"
)

// readers are the city's roles that look at what was handed in for a purpose. A purpose stands here, or nothing can be
// handed in for it.
var readers = map[Purpose][]auth.Role{
	LateProof:  {auth.CentreOfficer, auth.LateApprover},
	Dispute:    {auth.CentreOfficer},
	Claim:      {auth.ClaimsOfficer},
	Nomination: {auth.CentreOfficer},
}

// Purposes lists what documents can be handed in for.
func Purposes() []Purpose { return []Purpose{LateProof, Dispute, Claim, ClaimHealth, Nomination} }

func (p Purpose) known() bool { return slices.Contains(Purposes(), p) }

// CanRead shows a document to who uploaded it and to those whose business its purpose is. To all others it is not there. Health
// data are shown to nobody here, whoever handed them in: the claim knows whether the person still consents.
func CanRead(p auth.Principal, d Document) error {
	if d.Purpose == ClaimHealth {
		return ErrNotFound
	}
	if p.AccountID == d.UploadedBy || p.Is(readers[d.Purpose]...) {
		return nil
	}
	return ErrNotFound
}
