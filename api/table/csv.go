package table

import (
	"encoding/csv"
	"io"
	"strings"
)

// bom tells Korean Excel that a file is UTF-8.
const bom = "\ufeff"

// CSV writes rows as Korean Excel opens them: UTF-8 with BOM, lines ended by CRLF, no text run as a formula.
func CSV(w io.Writer, rows [][]string) error {
	out, err := newCSV(w)
	if err != nil {
		return err
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = neutral(cell)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func newCSV(w io.Writer) (*csv.Writer, error) {
	if _, err := io.WriteString(w, bom); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return out, nil
}

func writeCSV(w io.Writer, t Table) error {
	out, err := newCSV(w)
	if err != nil {
		return err
	}
	cells := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		cells[i] = neutral(column.Title)
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		for i, column := range t.Columns {
			cells[i] = written(row[i])
			if column.Kind == Text { // a number below zero is none of the texts that could be run
				cells[i] = neutral(cells[i])
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// neutral keeps a spreadsheet from running a text as a formula.
func neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
