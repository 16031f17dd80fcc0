package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Bounds of what is taken apart, whatever a file says of itself.
const (
	maxUnzipped = 16 << 20 // bytes
	maxParts    = 1000     // files in a workbook
	maxTables   = 20
	maxColumns  = 64
	maxRows     = 10_000 // with anything in them
)

// table is a grid of cells; rows without a cell are left out.
type table struct {
	rows  []row
	epoch calendar.Day // day 0 of numbered days
}

type row struct {
	number int // as the spreadsheet numbers it, from one
	cells  []string
}

// add keeps a row with something in it.
func (t *table) add(number int, cells []string) error {
	if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return nil
	}
	if len(t.rows) == maxRows {
		return fault.ErrInvalid.On("rows", "too_many", "max", MaxLines)
	}
	t.rows = append(t.rows, row{number, slices.Clone(cells[:min(len(cells), maxColumns)])})
	return nil
}

var (
	epoch1900 = calendar.Date(1899, 12, 30) // as if 1900 had had a 29 February; right from 1 March on
	epoch1904 = calendar.Date(1904, 1, 1)
)

func readTables(file []byte) ([]table, error) {
	switch {
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return readWorkbook(file)
	case bytes.HasPrefix(file, []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}):
		return nil, ErrLocked // what Excel wrote before 2007, and the envelope of a workbook with a password
	}
	text, err := decode(file)
	if err != nil {
		return nil, err
	}
	t, err := readText(text)
	return []table{t}, err
}

// decode reads UTF-8, UTF-16 with a byte order mark, or CP949 as Korean Excel writes CSV.
func decode(file []byte) (string, error) {
	if bytes.HasPrefix(file, []byte{0xff, 0xfe}) || bytes.HasPrefix(file, []byte{0xfe, 0xff}) {
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(file)
		return whole(decoded, err)
	}
	if bytes.IndexByte(file, 0) >= 0 || bytes.HasPrefix(file, []byte("%PDF")) {
		return "", ErrKind
	}
	if plain, marked := bytes.CutPrefix(file, []byte("\ufeff")); marked || utf8.Valid(plain) {
		return whole(plain, nil)
	}
	return whole(korean.EUCKR.NewDecoder().Bytes(file)) // the WHATWG's, that is CP949
}

func whole(text []byte, err error) (string, error) {
	if err != nil || !utf8.Valid(text) || bytes.ContainsAny(text, "\x00\ufffd") {
		return "", ErrEncoding
	}
	return string(text), nil
}

// readText reads values that are separated by comma, semicolon or tab, whichever the first lines have most of.
func readText(text string) (table, error) {
	t := table{epoch: epoch1900}
	top := text
	if lines := strings.SplitAfterN(text, "\n", 11); len(lines) == 11 {
		top = text[:len(text)-len(lines[10])]
	}
	separator := slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int {
		return strings.Count(top, string(a)) - strings.Count(top, string(b))
	})
	for line := range strings.Lines(text) {
		if strings.Count(line, string(separator)) > 1000 {
			return t, ErrTooLarge
		}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator, -1, true
	folded := 0 // lines that a spreadsheet shows inside a cell
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return t, ErrBrokenCSV.With("line", broken.StartLine)
		}
		if err != nil {
			return t, ErrBroken
		}
		line, _ := r.FieldPos(0)
		number := line - folded
		for _, cell := range cells {
			folded += strings.Count(cell, "\n")
		}
		if err := t.add(number, cells); err != nil {
			return t, err
		}
	}
}

// readWorkbook reads the visible sheets of an XLSX file.
func readWorkbook(file []byte) ([]table, error) {
	if err := examine(file); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(file),
		excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, ErrBroken
	}
	defer book.Close()
	epoch := epoch1900
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		epoch = epoch1904
	}
	var tables []table
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible || len(tables) == maxTables {
			continue
		}
		t, err := readGrid(book, name, epoch)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// examine looks at an archive before anything is built from it, and at every checksum: the library would read half a part.
func examine(file []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return ErrBroken
	}
	if len(archive.File) > maxParts {
		return ErrTooLarge
	}
	left, workbook := uint64(maxUnzipped), false
	for _, part := range archive.File {
		if part.UncompressedSize64 > left {
			return ErrTooLarge
		}
		left -= part.UncompressedSize64
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		if strings.HasSuffix(name, "vbaproject.bin") || strings.HasPrefix(name, "xl/macrosheets/") {
			return ErrMacros
		}
		if err := intact(part); err != nil {
			return ErrBroken
		}
		workbook = workbook || name == "xl/workbook.xml"
	}
	if !workbook {
		return ErrKind
	}
	return nil
}

func intact(part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

func readGrid(book *excelize.File, name string, epoch calendar.Day) (table, error) {
	t := table{epoch: epoch}
	rows, err := book.Rows(name)
	if err != nil {
		return t, ErrBroken
	}
	defer rows.Close()
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return t, ErrBroken
		}
		if err := t.add(number, cells); err != nil {
			return t, err
		}
	}
	if rows.Error() != nil {
		return t, ErrBroken
	}
	return t, nil
}
