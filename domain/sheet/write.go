package sheet

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// CSV writes rows as Korean Excel opens them: UTF-8 with BOM, lines ended by CRLF, and no cell that a spreadsheet would run.
func CSV(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = neutral(cell)
		}
		_ = out.Write(cells) // a buffer takes everything
	}
	out.Flush()
	return b.Bytes()
}

// XLSX writes rows as a workbook of one sheet, all cells as text: none is a formula.
func XLSX(name string, rows [][]string) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName(book.GetSheetName(0), name); err != nil {
		return nil, err
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, cell := range row {
			cells[j] = neutral(cell) // whoever saves the sheet as CSV must not make a formula of it
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return nil, err
		}
		if err := out.SetRow(at, cells); err != nil {
			return nil, err
		}
	}
	if err := out.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = book.Write(&b)
	return b.Bytes(), err
}

// neutral keeps a spreadsheet from running a text as a formula.
func neutral(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
