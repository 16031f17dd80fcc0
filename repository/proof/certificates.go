package proof

import (
	"database/sql"

	"dure/domain/certificate"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/repository"
)

// certificates reads all certificates of persons; of the papers no more than one at a time is in memory.
func (v View) certificates(volunteers []id.ID, tell func(proof.Certificate)) error {
	var rows []certificate.Certificate
	owners := repository.IDs(volunteers)
	if err := v.Tx.Raw(`SELECT c.* FROM `+v.Tx.Records("id uuid")+` JOIN certificates c ON c.volunteer_id = r.id ORDER BY c.id`, owners).
		Scan(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]id.ID, len(rows))
	for i, c := range rows {
		ids[i] = c.ID
	}
	of := repository.IDs(ids)
	lines := map[id.ID][]certificate.Line{}
	if err := v.Tx.Each(func(rows repository.Scanner) error {
		var (
			of id.ID
			l  certificate.Line
		)
		err := rows.Scan(&of, &l.AttendanceID, &l.Day, &l.Minutes, &l.Title, &l.Organiser, &l.Place, &l.FieldCode, &l.FieldName)
		lines[of] = append(lines[of], l)
		return err
	}, `SELECT l.certificate_id, l.attendance_id, l.day, l.minutes, l.title, l.organiser, l.place, l.field_code, l.field_name
		FROM `+v.Tx.Records("id uuid")+` JOIN certificate_lines l ON l.certificate_id = r.id ORDER BY l.certificate_id, l.line`, of); err != nil {
		return err
	}
	stored := make(map[id.ID]string, len(rows))
	if err := v.Tx.Each(func(rows repository.Scanner) error {
		var (
			of  id.ID
			pdf sql.RawBytes
		)
		err := rows.Scan(&of, &pdf)
		stored[of] = certificate.PaperHash(pdf)
		return err
	}, `SELECT p.certificate_id, p.pdf FROM `+v.Tx.Records("id uuid")+` JOIN certificate_papers p ON p.certificate_id = r.id`, of); err != nil {
		return err
	}
	for _, c := range rows {
		tell(proof.Certificate{Certificate: c, Lines: lines[c.ID], Stored: stored[c.ID]})
	}
	return nil
}
