package paper

import (
	"slices"
	"strings"

	"dure/domain/certificate"
)

// column is one of a table's.
type column struct {
	title string
	width float64
	align string
}

// table writes rows of wrapped cells under a head that stands on every page, and a sum at the end.
type table struct {
	*sheet
	columns []column
	size    float64 // of the letters, in points
}

func (t table) head() {
	t.letters("B", t.size)
	t.SetFillColor(244, 244, 242)
	y, x := t.GetY(), margin
	for _, c := range t.columns {
		t.SetXY(x, y)
		t.CellFormat(c.width, 7, c.title, "1", 0, "C", true, 0, "")
		x += c.width
	}
	t.SetXY(margin, y+7)
	t.letters("", t.size)
}

// row writes one row; cells may hold several parts, each on lines of its own.
func (t table) row(cells ...[]string) {
	line := t.size * 25.4 / 72 * leading
	wrapped, most := make([][]string, len(cells)), 1
	for i, parts := range cells {
		for _, part := range parts {
			if part != "" {
				wrapped[i] = append(wrapped[i], t.wrap(part, t.columns[i].width)...)
			}
		}
		most = max(most, len(wrapped[i]))
	}
	h := float64(most)*line + 2.4
	if t.GetY()+h > bottom {
		t.newPage()
		t.head()
	}
	y, x := t.GetY(), margin
	for i, lines := range wrapped {
		t.Rect(x, y, t.columns[i].width, h, "D")
		t.text(lines, x, y+(h-float64(len(lines))*line)/2, t.columns[i].width, line, t.columns[i].align)
		x += t.columns[i].width
	}
	t.SetXY(margin, y+h)
}

// begin writes a table's heading, never alone at the end of a page.
func (t table) begin(title, note string) {
	if t.GetY()+30 > bottom {
		t.newPage()
	}
	t.letters("B", 11)
	t.CellFormat(width/2, 7, title, "", 0, "L", false, 0, "")
	t.letters("", 9)
	t.CellFormat(width/2, 7, note, "", 1, "R", false, 0, "")
	t.head()
}

func one(s string) []string { return []string{s} }

// activities lists every presence, oldest first.
func (s *sheet) activities(lines []certificate.Line) {
	w := s.words
	t := table{s, []column{{w.day, 22, "C"}, {w.activity, 56, "L"}, {w.organiser, 48, "L"}, {w.field, 22, "C"}, {w.minutes, 22, "R"}}, 8.5}
	t.begin(w.activities, w.count(len(lines)))
	for _, l := range lines {
		t.row(one(w.short(l.Day)), one(l.Title), []string{l.Organiser, l.Place}, one(l.FieldName), one(w.duration(l.Minutes)))
	}
	t.letters("B", t.size)
	t.row(one(w.sum), nil, nil, nil, one(w.duration(s.c.Minutes)))
}

// sums lists what was recognised in each field.
func (s *sheet) sums(lines []certificate.Line) {
	w := s.words
	t := table{s, []column{{w.field, 90, "L"}, {w.minutes, 80, "R"}}, 10}
	t.begin(w.sums, "")
	for _, f := range certificate.ByField(lines) {
		t.row(one(f.FieldName+" ("+f.FieldCode+")"), one(w.duration(f.Minutes)+" ("+w.inMinutes(f.Minutes)+")"))
	}
	t.letters("B", t.size)
	t.row(one(w.sum), one(w.duration(s.c.Minutes)+" ("+w.inMinutes(s.c.Minutes)+")"))
}

// fieldList names the fields that the certificate is limited to; of one without minutes there is only the code.
func (s *sheet) fieldList(lines []certificate.Line) string {
	names := s.c.Fields()
	for _, f := range certificate.ByField(lines) {
		if i := slices.Index(names, f.FieldCode); i >= 0 {
			names[i] = f.FieldName + " (" + f.FieldCode + ")"
		}
	}
	return strings.Join(names, ", ")
}
