package table

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"dure/api/i18n"
)

// sheetRows is how many rows a sheet of a workbook can hold; what is more goes on, on a further one.
const sheetRows = 1 << 20

// longest is how many characters a cell of a workbook can hold.
const longest = 32_767

// book is a workbook that is written while its rows come: first the sheets, then what says how they belong together. Libraries
// write a workbook when its last row is known, which for a million rows is too late for whoever waits.
type book struct {
	zip    *zip.Writer
	sheets []string // their names
	out    *bufio.Writer
	row    int
	err    error
}

// The styles of cells, by their place in styles.xml.
const (
	normal = iota
	bold
	thousands
	percent
	wrapped
)

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpec = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	relSpec  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packSpec = `http://schemas.openxmlformats.org/package/2006/`
	partType = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
	styles   = xmlHead + `<styleSheet xmlns="` + mainSpec + `"><fonts count="2"><font><sz val="11"/><name val="맑은 고딕"/></font>` +
		`<font><b/><sz val="11"/><name val="맑은 고딕"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">` +
		`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
		`<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="10" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
		`</cellXfs></styleSheet>`
)

// writeXLSX puts at most so many rows on a sheet, that of titles included.
func writeXLSX(w io.Writer, t Table, most int) error {
	b := &book{zip: zip.NewWriter(w)}
	say := func(key string) string { return i18n.Text(t.Lang, "table."+key, nil) }
	header, kinds := make([]any, len(t.Columns)), make([]int, len(t.Columns))
	for i, column := range t.Columns {
		header[i] = column.Title
		kinds[i] = map[Kind]int{Whole: thousands, Rate: percent}[column.Kind]
	}
	letters := columnLetters(max(len(t.Columns), 2))
	begin := func() {
		name := say("figures")
		if n := len(b.sheets); n > 0 {
			name += " " + strconv.Itoa(n+1)
		}
		b.begin(name, `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
		b.add(letters, header, func(int) int { return bold })
	}
	begin()
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		if b.row == most {
			b.end()
			begin()
		}
		if b.add(letters, row[:len(t.Columns)], func(i int) int { return kinds[i] }); b.err != nil {
			return b.err // whoever wanted it has gone away
		}
	}
	b.end()
	if len(t.Notes) > 0 {
		b.begin(say("definitions"), `<cols><col min="1" max="1" width="24" customWidth="1"/><col min="2" max="2" width="100" customWidth="1"/></cols>`)
		for _, note := range t.Notes {
			b.add(letters, []any{note.Title, note.Text}, func(i int) int { return []int{bold, wrapped}[i] })
		}
		b.end()
	}
	return b.close()
}

// begin opens a new sheet.
func (b *book) begin(name, view string) {
	b.sheets = append(b.sheets, name)
	b.row = 0
	b.part(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets)))
	b.print(xmlHead, `<worksheet xmlns="`, mainSpec, `">`, view, `<sheetData>`)
}

func (b *book) end() {
	b.print(`</sheetData></worksheet>`)
	b.flush()
}

// add writes a row; numbers are numbers, and texts never formulas.
func (b *book) add(letters []string, values []any, style func(column int) int) {
	b.row++
	number := strconv.Itoa(b.row)
	b.print(`<row r="`, number, `">`)
	for i, value := range values {
		value = plain(value)
		if value == nil {
			continue
		}
		b.print(`<c r="`, letters[i], number)
		if s := style(i); s != normal {
			b.print(`" s="`, strconv.Itoa(s))
		}
		switch v := value.(type) {
		case string:
			b.print(`" t="inlineStr"><is><t xml:space="preserve">`)
			b.text(v)
			b.print(`</t></is></c>`)
		case bool:
			b.print(`" t="b"><v>`, map[bool]string{true: "1", false: "0"}[v], `</v></c>`)
		default:
			b.print(`"><v>`, written(value), `</v></c>`)
		}
	}
	b.print(`</row>`)
}

// close writes what says how the sheets belong together.
func (b *book) close() error {
	var list, rels, types strings.Builder
	for i, name := range b.sheets {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i+1, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relSpec, i+1)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i+1, partType)
	}
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns="` + mainSpec + `" xmlns:r="` + relSpec + `"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packSpec + `relationships">` + rels.String() +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(b.sheets)+1, relSpec)},
		{"xl/styles.xml", strings.TrimPrefix(styles, xmlHead)},
		{"_rels/.rels", `<Relationships xmlns="` + packSpec + `relationships"><Relationship Id="rId1" Type="` + relSpec +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", `<Types xmlns="` + packSpec + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + partType + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + partType + `styles+xml"/>` + types.String() + `</Types>`},
	} {
		b.part(part[0])
		b.print(xmlHead, part[1])
		b.flush()
	}
	if b.err != nil {
		return b.err
	}
	return b.zip.Close()
}

// part opens the next file of the archive. The first thing that goes wrong is kept, and nothing is written after it.
func (b *book) part(name string) {
	if b.err != nil {
		return
	}
	var w io.Writer
	if w, b.err = b.zip.Create(name); b.err == nil {
		b.out = bufio.NewWriter(w)
	}
}

func (b *book) print(parts ...string) {
	for _, s := range parts {
		if b.err == nil {
			_, b.err = b.out.WriteString(s)
		}
	}
}

func (b *book) text(s string) {
	if len(s) > longest {
		if r := []rune(s); len(r) > longest {
			s = string(r[:longest])
		}
	}
	if b.err == nil {
		b.err = xml.EscapeText(b.out, []byte(s))
	}
}

func (b *book) flush() {
	if b.err == nil {
		b.err = b.out.Flush()
	}
}

// columnLetters are A to Z, AA, AB and so on.
func columnLetters(n int) []string {
	letters := make([]string, n)
	for i := range letters {
		for k := i; k >= 0; k = k/26 - 1 {
			letters[i] = string(rune('A'+k%26)) + letters[i]
		}
	}
	return letters
}
