package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"dure/api/i18n"
)

func TestFormatIsTheOneThatIsPreferred(t *testing.T) {
	offered := []Format{JSON, CSVFile, XLSXFile, ParquetFile}
	for accept, want := range map[string]Format{
		"":                                   JSON,
		"*/*":                                JSON,
		"application/json":                   JSON,
		"text/csv":                           CSVFile,
		"TEXT/CSV; charset=utf-8":            CSVFile,
		"text/*":                             CSVFile,
		"text/csv, */*":                      CSVFile,
		"*/*, text/csv":                      CSVFile,
		"application/json, text/csv":         JSON,
		"text/csv, application/json":         CSVFile,
		"text/csv;q=0.5, application/json":   JSON,
		"text/csv, application/json;q=0.9":   CSVFile,
		"text/csv;q=0, */*;q=0.1":            JSON,
		"text/csv;q=0":                       JSON,
		"text/csv;q=much, application/json":  JSON,
		"text/html, image/png;q=0.8":         JSON, // nothing of these is on offer: JSON
		"text/html, text/csv;q=0.8, ;;;, / ": CSVFile,
	} {
		if got := Accepted([]string{accept}, offered...); got != want {
			t.Errorf("%q: %s", accept, got)
		}
	}
	if Accepted([]string{"text/html", "text/csv"}, offered...) != CSVFile {
		t.Error("two header lines are one list")
	}
	for _, f := range offered {
		if Accepted([]string{f.ContentType()}, offered...) != f {
			t.Error(f)
		}
	}
	if got := Accepted([]string{XLSXFile.ContentType()}, JSON, CSVFile); got != JSON {
		t.Errorf("%s was not on offer", got)
	}
}

func figures() Table {
	rate, none := 0.0697, (*float64)(nil)
	return Table{Name: "home-time", Lang: i18n.Korean,
		Columns: []Column{{"row", "구분", Text}, {"persons", "실인원", Whole}, {"rate", "참여율", Rate}, {"mean", "평균", Decimal}, {"hidden", "가림", Truth}},
		Rows: func(yield func([]any, error) bool) {
			_ = yield([]any{"=충장동,\"가\"", 1234567, &rate, 1.5, true}, nil) && yield([]any{"<&>\x01", int64(-2), none, nil, false}, nil)
		},
		Notes: []Note{{"실인원", "서로 다른 사람 수"}, {"기준", "2026-11"}},
	}
}

func TestCSVOpensInExcelAndRunsNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, CSVFile, figures()); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff구분,실인원,참여율,평균,가림\r\n\"'=충장동,\"\"가\"\"\",1234567,0.0697,1.5,true\r\n<&>\x01,-2,,,false\r\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func TestWorkbookHasTypedCellsAndItsDefinitions(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, XLSXFile, figures()); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(book.GetSheetList()); got != "[통계 정의]" {
		t.Error(got)
	}
	for sheet, want := range map[string]string{
		"통계": "[[구분 실인원 참여율 평균 가림] [=충장동,\"가\" 1,234,567 6.97% 1.5 TRUE] [<&>\ufffd -2   FALSE]]",
		"정의": "[[실인원 서로 다른 사람 수] [기준 2026-11]]",
	} {
		rows, err := book.GetRows(sheet)
		if err != nil || fmt.Sprint(rows) != want {
			t.Errorf("%q %v", rows, err)
		}
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeUnset, "E2": excelize.CellTypeBool} {
		if got, err := book.GetCellType("통계", cell); err != nil || got != want {
			t.Errorf("%s: %v %v", cell, got, err)
		}
	}
	if formula, err := book.GetCellFormula("통계", "A2"); err != nil || formula != "" {
		t.Errorf("%q is run", formula)
	}
}

func TestParquetKeepsTypesOrderAndNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, ParquetFile, figures()); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if said, _ := file.Lookup("실인원"); said != "서로 다른 사람 수" {
		t.Error(said)
	}
	if got := fmt.Sprint(file.Schema().Columns()); got != "[[row] [persons] [rate] [mean] [hidden]]" {
		t.Error(got)
	}
	rows := make([]parquet.Row, 3)
	n, err := parquet.NewReader(bytes.NewReader(b.Bytes())).ReadRows(rows)
	if n != 2 || err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(n, err)
	}
	for i, want := range []string{"=충장동,\"가\" 1234567 0.0697 1.5 true", "<&>\x01 -2 <null> <null> false"} {
		var got []string
		for _, v := range rows[i] {
			got = append(got, v.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q", s)
		}
	}
}

// counted counts bytes and keeps none.
type counted struct{ n int64 }

func (c *counted) Write(b []byte) (int, error) { c.n += int64(len(b)); return len(b), nil }

// Rows go out while they come; many take no more memory than a few.
func TestManyRowsFlowThroughFlatMemory(t *testing.T) {
	const rows = 150_000
	for _, f := range []Format{CSVFile, XLSXFile, ParquetFile} {
		var out counted
		before, early, most := heap(), int64(0), uint64(0)
		many := figures()
		many.Rows = func(yield func([]any, error) bool) {
			row := make([]any, 5)
			for i := range rows {
				if i == 20_000 {
					early = out.n
				}
				if i%50_000 == 49_999 {
					most = max(most, heap())
				}
				row[0], row[1], row[2], row[3], row[4] = "1221052500", i*7919%1000003, float64(i%97)/97, nil, i%2 == 0
				if !yield(row, nil) {
					return
				}
			}
		}
		if err := Write(&out, f, many); err != nil {
			t.Fatal(err)
		}
		if early == 0 {
			t.Errorf("%s: nothing is sent before 20,000 rows are known", f)
		}
		if grown := int64(most) - int64(before); grown > 8<<20 {
			t.Errorf("%s: %d MiB are held", f, grown>>20)
		}
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestWhatIsTooLongForASheetGoesOnOnAnother(t *testing.T) {
	many := Table{Lang: i18n.English, Columns: []Column{{"n", "n", Whole}}, Rows: func(yield func([]any, error) bool) {
		for i := range 5 {
			if !yield([]any{i}, nil) {
				return
			}
		}
	}}
	var b bytes.Buffer
	if err := writeXLSX(&b, many, 4); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	second, err := archive.Open("xl/worksheets/sheet2.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(second)
	if err != nil || !strings.Contains(string(text), `<v>3</v></c></row><row r="3"><c r="A3" s="2"><v>4</v>`) {
		t.Errorf("%s %v", text, err)
	}
}

// Whoever gets only a part must see that it is one.
func TestADownloadThatBreaksOffCutsTheConnection(t *testing.T) {
	e := gin.New()
	broken := figures()
	broken.Rows = func(yield func([]any, error) bool) {
		for range 10_000 {
			yield([]any{"1221052500", 1, 0.5, 2.5, false}, nil)
		}
		yield(nil, errors.New("the database went away"))
	}
	e.GET("/", func(c *gin.Context) { Send(c, CSVFile, broken) })
	e.GET("/whole", func(c *gin.Context) { Send(c, XLSXFile, figures()) })
	server := httptest.NewServer(e)
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err == nil || len(body) == 0 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	whole, err := http.Get(server.URL + "/whole")
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Body.Close()
	if got := whole.Header.Get("Content-Disposition"); got != "attachment; filename=home-time.xlsx" {
		t.Error(got)
	}
	if _, err := io.ReadAll(whole.Body); err != nil {
		t.Error(err)
	}
}
