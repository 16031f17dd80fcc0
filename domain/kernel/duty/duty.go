// Package duty separates duties: nobody decides on what is his own, his family's, or what he entered himself.
package duty

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// ErrConflict refuses a decision to somebody who stands too near to the matter; its case says why.
var ErrConflict = fault.New(fault.Forbidden, "duty.conflict_of_interest")

// Cases of ErrConflict.
const (
	Self      = "self"      // his own
	Guardian  = "guardian"  // of the person whose guardian he is
	Ward      = "ward"      // of his own guardian
	Household = "household" // of somebody he declared to live with, or who declared it of him
	Entered   = "entered"   // he entered it
	Proposed  = "proposed"  // he proposed it
	Decided   = "decided"   // he decided on it before
	Answered  = "answered"  // he spoke for the other side
	Nominated = "nominated" // he nominated the person
	Supported = "supported" // he supports the person
)

// Ties are the persons that somebody stands near to, each with the case that this makes.
type Ties map[id.ID]string

// Register knows who stands near to whom.
type Register interface {
	// Ties gives the wards, guardians (by declaration or by the same mobile number) and household of a person; none for the nil id.
	Ties(ctx context.Context, person id.ID) (Ties, error)
	// Acts says that these accounts have done something, with the persons behind them; unknown accounts are passed over.
	Acts(ctx context.Context, what string, accounts ...id.ID) ([]Act, error)
}

// Act is what somebody has done about a matter before, as the case that it makes for him.
type Act struct {
	Account id.ID
	Person  id.ID // behind the account, where the matter is his family's too; else the nil id
	Case    string
}

// Conflict is the one answer to "may this person decide on this row?": nil, or ErrConflict with its case. Person is whose
// matter it is, the nil id where it is nobody's. Source: 행정안전부 자원봉사 실적 인증 절차, entry and approval by different persons.
func Conflict(p auth.Principal, ties Ties, person id.ID, acts ...Act) error {
	if person != id.Nil {
		if p.VolunteerID == person {
			return ErrConflict.In(Self)
		}
		if tie, ok := ties[person]; ok {
			return ErrConflict.In(tie)
		}
	}
	for _, act := range acts {
		if act.Account != id.Nil && act.Account == p.AccountID {
			return ErrConflict.In(act.Case)
		}
		if tie, ok := ties[act.Person]; ok {
			return ErrConflict.In(tie)
		}
	}
	return nil
}
