package demo

import (
	"context"
	_ "embed" // the programmes
	"encoding/json"
	"fmt"

	"dure/domain/programme"
	programmestore "dure/repository/programme"
)

//go:embed data/programmes.json
var realProgrammes []byte

// programmes enters real incentive programmes of Gwangju and of other places, as an officer would: they are bodies of
// POST /incentive-programmes.
func (s store) programmes(ctx context.Context) error {
	var all []struct {
		Code, Name, Owner, Source string
		NameEn                    string `json:"name_en"`
		Terms                     programme.Terms
	}
	if err := json.Unmarshal(realProgrammes, &all); err != nil {
		return err
	}
	began := s.city.today.Start(s.clock.Zone).UTC()
	for _, p := range all {
		d := programme.Draft{Code: p.Code, Name: p.Name, NameEn: p.NameEn, Owner: p.Owner, Source: p.Source, Terms: p.Terms}
		if _, err := d.Begin(ctx, programmestore.Unit{Tx: s.tx}, s.city.staff[0].account, began, s.city.today); err != nil {
			return fmt.Errorf("%s: %w", p.Code, err)
		}
	}
	return s.tell("%d incentive programmes", len(all))
}
