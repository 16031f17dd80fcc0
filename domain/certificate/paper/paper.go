// Package paper draws certificates as PDF: A4, in Korean or English, the same bytes for the same certificate.
package paper

import (
	"bytes"
	_ "embed" // the fonts
	"fmt"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"dure/domain/certificate"
)

// The fonts are NanumSquare, under the licence beside them; see fonts/OFL.txt.
var (
	//go:embed fonts/NanumSquareR.ttf
	regular []byte
	//go:embed fonts/NanumSquareB.ttf
	bold []byte
)

// Printer implements certificate.Printer.
type Printer struct{ address string }

// New makes a printer; address is where people reach this API, such as https://dure.example.kr.
func New(address string) Printer { return Printer{address} }

// CheckURL is where anybody can check the certificate of a number.
func (p Printer) CheckURL(number string) string { return p.address + "/api/v1/certificates/" + number }

// Lengths in millimetres.
const (
	margin  = 20.0
	width   = 210 - 2*margin
	bottom  = 297 - 22 // below it stands the foot
	qrSize  = 27.0
	leading = 1.45 // of the size of the letters
)

// Print implements certificate.Printer. How many pages there are is known at the end: it draws for one, which is the usual, and again for more.
func (p Printer) Print(c certificate.Certificate, lines []certificate.Line) ([]byte, error) {
	f, err := sfnt.Parse(regular)
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	var out bytes.Buffer
	seen := map[rune]bool{}
	for pages, drawn := 1, false; !drawn; {
		s := &sheet{Fpdf: blank(c), words: in(c.Language), c: c, url: p.CheckURL(c.Number), pages: pages, font: f, seen: seen}
		if err := s.draw(lines); err != nil {
			return nil, err
		}
		if pages == s.PageCount() {
			drawn = true
			if err := s.Output(&out); err != nil {
				return nil, fmt.Errorf("paper: %w", err)
			}
		}
		pages = s.PageCount()
	}
	return out.Bytes(), nil
}

// blank is an empty document that tells nothing of the machine or the moment at which it was drawn.
func blank(c certificate.Certificate) *fpdf.Fpdf {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCreationDate(c.IssuedAt.UTC())
	f.SetModificationDate(c.IssuedAt.UTC())
	f.SetCatalogSort(true)
	f.SetProducer("dure", false)
	f.SetTitle(c.Number, false)
	f.SetLang(in(c.Language).lang)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes("nanum", "", bytes.Clone(regular))
	f.AddUTF8FontFromBytes("nanum", "B", bytes.Clone(bold))
	f.SetDrawColor(120, 120, 120)
	f.SetLineWidth(0.2)
	return f
}

// sheet is one drawing of a certificate.
type sheet struct {
	*fpdf.Fpdf
	words words
	c     certificate.Certificate
	url   string
	pages int // in all, as far as is known
	font  *sfnt.Font
	buf   sfnt.Buffer
	seen  map[rune]bool // what shows told
}

func (s *sheet) draw(lines []certificate.Line) error {
	s.newPage()
	s.head(lines)
	if s.c.Show == certificate.Activities {
		s.activities(lines)
	} else {
		s.sums(lines)
	}
	if err := s.close(); err != nil {
		return err
	}
	if err := s.Error(); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}

// newPage begins a page and writes its foot.
func (s *sheet) newPage() {
	s.AddPage()
	s.letters("", 8)
	s.SetTextColor(90, 90, 90)
	s.SetXY(margin, bottom+6)
	s.CellFormat(width/2, 5, s.words.number+" "+s.c.Number, "", 0, "L", false, 0, "")
	s.CellFormat(width/2, 5, s.words.page(s.PageNo(), s.pages), "", 0, "R", false, 0, "")
	s.SetTextColor(0, 0, 0)
	s.SetXY(margin, margin)
}

func (s *sheet) letters(style string, points float64) { s.SetFont("nanum", style, points) }

// head is the title, who is meant and what is certified.
func (s *sheet) head(lines []certificate.Line) {
	s.letters("", 9)
	s.CellFormat(width, 5, s.words.number+"  "+s.c.Number, "", 1, "R", false, 0, "")
	s.Ln(7)
	s.letters("B", 22)
	s.CellFormat(width, 12, s.words.title, "", 1, "C", false, 0, "")
	s.Ln(9)
	w, c := s.words, s.c
	rows := [][2]string{
		{w.name, c.Name}, {w.birth, w.date(c.BirthDate)}, {w.volunteer, c.VolunteerNumber},
		{w.period, w.span(w.date(c.FromDay), w.date(c.ToDay))},
		{w.total, fmt.Sprintf("%s (%s)", w.duration(c.Minutes), w.inMinutes(c.Minutes))},
	}
	if c.Purpose != "" {
		rows = append(rows, [2]string{w.purpose, c.Purpose})
	}
	if c.FieldCodes != "" {
		rows = append(rows, [2]string{w.fields, s.fieldList(lines)})
	}
	label := 38.0
	for i, row := range rows {
		s.letters("", 11)
		value := s.wrap(row[1], width-label-6)
		h := max(9, float64(len(value))*6+3)
		y := s.GetY()
		s.SetFillColor(244, 244, 242)
		s.Rect(margin, y, label, h, "FD")
		s.Rect(margin+label, y, width-label, h, "D")
		s.SetXY(margin+3, y)
		s.CellFormat(label-3, h, row[0], "", 0, "L", false, 0, "")
		if i == 0 || row[0] == w.total {
			s.letters("B", 12)
		}
		s.text(value, margin+label+3, y+(h-float64(len(value))*6)/2, width-label-6, 6, "L")
		s.SetXY(margin, y+h)
	}
	s.Ln(8)
	s.letters("", 12)
	statement := s.wrap(w.statement, width)
	s.text(statement, margin, s.GetY(), width, 7, "C")
	s.SetXY(margin, s.GetY()+float64(len(statement))*7+8)
}

// text writes wrapped lines under one another.
func (s *sheet) text(lines []string, x, y, w, h float64, align string) {
	for i, line := range lines {
		s.SetXY(x, y+float64(i)*h)
		s.CellFormat(w, h, line, "", 0, align, false, 0, "")
	}
	s.SetXY(x, y)
}

// close is the day, who certifies, and how to check it; it stands together on one page.
func (s *sheet) close() error {
	const height = 74.0
	if s.GetY()+height > bottom {
		s.newPage()
	}
	s.Ln(5)
	s.letters("", 8.5)
	s.SetTextColor(90, 90, 90)
	note := s.wrap(s.words.footnote, width)
	s.text(note, margin, s.GetY(), width, 4.5, "L")
	s.SetTextColor(0, 0, 0)
	s.SetXY(margin, s.GetY()+float64(len(note))*4.5+6)
	s.letters("", 12)
	s.CellFormat(width, 7, s.words.date(s.c.IssuedOn), "", 1, "C", false, 0, "")
	s.Ln(2)
	s.letters("B", 16)
	issuer := s.wrap(s.c.Issuer, width)
	s.text(issuer, margin, s.GetY(), width, 9, "C")
	s.SetXY(margin, s.GetY()+float64(len(issuer))*9+6)
	y := s.GetY()
	if err := s.code(margin, y); err != nil {
		return err
	}
	x, w := margin+qrSize+5, width-qrSize-5
	s.SetXY(x, y+1)
	s.letters("B", 9)
	s.CellFormat(w, 5, s.words.check, "", 0, "L", false, 0, "")
	s.letters("", 8.5)
	how := append(s.wrap(s.words.checkHow, w), s.wrap(s.url, w)...)
	s.text(how, x, y+7, w, 4.5, "L")
	return nil
}

// code draws the QR code of the check address as squares, sharp at every size.
func (s *sheet) code(x, y float64) error {
	q, err := qrcode.New(s.url, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	q.DisableBorder = true
	bits := q.Bitmap()
	side := qrSize / float64(len(bits))
	s.SetFillColor(0, 0, 0)
	for row, line := range bits {
		for from := 0; from < len(line); from++ {
			to := from
			for to < len(line) && line[to] {
				to++
			}
			if to > from {
				s.Rect(x+float64(from)*side, y+float64(row)*side, float64(to-from)*side, side, "F")
				from = to
			}
		}
	}
	return nil
}

// shows tells whether the font has something to see for a sign; for many it has an empty one.
func (s *sheet) shows(r rune) bool {
	if shown, told := s.seen[r]; told {
		return shown
	}
	index, err := s.font.GlyphIndex(&s.buf, r)
	if err == nil && index != 0 {
		outline, err := s.font.LoadGlyph(&s.buf, index, fixed.I(10), nil)
		s.seen[r] = err == nil && (len(outline) > 0 || r == ' ')
	}
	return s.seen[r]
}

// wrap cuts a text into lines of a width with the letters as they are set: at spaces, and inside words that are too long.
// Signs that the font does not have become □, so that nothing vanishes unseen.
func (s *sheet) wrap(text string, w float64) []string {
	var lines []string
	var line []rune
	space := -1 // the last one in the line
	for _, r := range text {
		if r == '\n' || r == '\t' || r == '\u00a0' {
			r = ' '
		}
		if !s.shows(r) {
			r = '□'
		}
		line = append(line, r)
		if r == ' ' {
			space = len(line) - 1
		}
		if s.GetStringWidth(string(line)) <= w-2*s.GetCellMargin() || len(line) == 1 {
			continue
		}
		switch {
		case r == ' ':
			lines, line = append(lines, string(line[:len(line)-1])), nil
		case space > 0:
			lines, line = append(lines, string(line[:space])), append([]rune{}, line[space+1:]...)
		default:
			lines, line = append(lines, string(line[:len(line)-1])), []rune{r}
		}
		space = -1
	}
	return append(lines, string(line))
}
