package claim

import (
	"context"
	"fmt"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// maxLines bounds the lines of one file.
const maxLines = 50_000

// Line is an item of a claim as the insurer is told of it: no words about the accident, no health data, no telephone or address.
type Line struct {
	ClaimID        id.ID
	VolunteerID    id.ID
	Name           string
	BirthDate      calendar.Day
	Sex            string
	HappenedAt     time.Time
	Place          string
	OrganiserName  string
	State          State
	Kind           string
	NameKo, NameEn string // of the item
	Days           *int   // approved
	AmountWon      int64  // approved; 0 before
}

// File gives the insurer's file of claims that were filed under a contract for accidents of some days, and not withdrawn. That
// it was made is kept, with the reason and with everybody in it. Errors: auth.forbidden, insurance.contract_not_found,
// request.invalid, insurance.roster_too_long.
func (s *Service) File(ctx context.Context, cmd insurance.Roster) (insurance.Contract, []Line, error) {
	now := s.clock.Now()
	var contract insurance.Contract
	var lines []Line
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanHandle(p); err != nil {
			return err
		}
		whole, err := tx.Insurance().Whole(ctx, cmd.ContractID)
		if err != nil {
			return err
		}
		contract = whole.Contract
		if err := cmd.Check(contract); err != nil {
			return err
		}
		if lines, err = tx.Claims().Lines(ctx, contract.ID, cmd.From, cmd.To, maxLines); err != nil {
			return err
		}
		if len(lines) > maxLines {
			return insurance.ErrTooLong.With("max", maxLines)
		}
		seen := make([]id.ID, len(lines))
		for i, l := range lines {
			seen[i] = l.VolunteerID
		}
		if err := tx.Audit().Looked(ctx, audit.Look{At: now, Day: s.clock.Day(now), By: p, Action: "claim.file_made", Of: seen}); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "claim.file_made",
			SubjectType: "insurance_contract", SubjectID: contract.ID.String(), Reason: cmd.Reason,
			Detail: fmt.Sprintf(`{"from":%q,"to":%q,"format":%q,"rows":%d}`, cmd.From, cmd.To, cmd.Format, len(lines))})
	})
	return contract, lines, err
}
