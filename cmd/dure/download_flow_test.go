package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"dure/domain/cube"
)

// seen are the kinds of cells that a test has compared, so that none passes because there was nothing to compare.
type seen struct{ rows, nulls, hidden, zeros, rates, names int }

// compare asks a question in each format, and compares every cell of the files with what JSON says.
func (s *seen) compare(p *client, question string) {
	p.t.Helper()
	sep := "?"
	if strings.Contains(question, "?") {
		sep = "&"
	}
	var told struct{ Items []map[string]any }
	answer := p.get(question).want(http.StatusOK)
	if err := json.Unmarshal(answer.Body, &told); err != nil {
		p.t.Fatalf("%s: %v", question, err)
	}
	read := func(format string) []byte { return p.get(question + sep + "format=" + format).want(http.StatusOK).Body }
	columns, typed := parquetCells(p.t, read("parquet"))
	titles, lettered := csvCells(p.t, read("csv"))
	heads, booked := xlsxCells(p.t, read("xlsx"))
	if len(typed) != len(told.Items) || len(lettered) != len(told.Items) || len(booked) != len(told.Items) {
		p.t.Fatalf("%s: %d items, and %d rows in parquet, %d in csv, %d in xlsx", question, len(told.Items), len(typed), len(lettered), len(booked))
	}
	if !slices.Equal(heads, titles) || len(titles) != len(columns) {
		p.t.Fatalf("%s: columns %q in parquet, %q in csv, %q in xlsx", question, columns, titles, heads)
	}
	for i, item := range told.Items {
		delete(item, "row_parent") // the one member that files have no column for
		if len(item) != len(columns) {
			p.t.Fatalf("%s: JSON has %v, files have %v", question, item, columns)
		}
		for k, column := range columns {
			want, there := item[column]
			if !there || typed[i][k] != want {
				p.t.Errorf("%s: %s of row %d is %v in parquet, %v in JSON", question, column, i, typed[i][k], want)
			}
			if got := lettered[i][k]; got != letters(want) {
				p.t.Errorf("%s: %s of row %d is %q in csv, %v in JSON", question, column, i, got, want)
			}
			if booked[i][k] != want {
				p.t.Errorf("%s: %s of row %d is %v in xlsx, %v in JSON", question, column, i, booked[i][k], want)
			}
			s.count(column, want)
		}
		s.rows++
	}
	if p.t.Failed() {
		p.t.FailNow() // one question's differences are enough to read
	}
}

func (s *seen) count(column string, value any) {
	switch {
	case value == nil:
		s.nulls++
	case value == true:
		s.hidden++
	case value == 0.0:
		s.zeros++
	case strings.HasSuffix(column, "_rate"):
		s.rates++
	case column == "row_name" && strings.ContainsFunc(value.(string), func(r rune) bool { return r >= '가' && r <= '힣' }):
		s.names++
	}
}

// letters is a value of JSON as a CSV file has it.
func letters(value any) string {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func csvCells(t *testing.T, file []byte) (titles []string, rows [][]string) {
	t.Helper()
	text, marked := strings.CutPrefix(string(file), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked {
		t.Fatal(err, marked)
	}
	return rows[0], rows[1:]
}

// parquetCells are the values of a file, as JSON's decoder would give them.
func parquetCells(t *testing.T, file []byte) (columns []string, rows [][]any) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range f.Schema().Columns() {
		columns = append(columns, strings.Join(path, "."))
	}
	in := parquet.NewReader(f)
	defer in.Close()
	for buffer := make([]parquet.Row, 100); err == nil; {
		var n int
		n, err = in.ReadRows(buffer)
		for _, row := range buffer[:n] {
			cells := make([]any, len(row))
			for _, v := range row {
				switch {
				case v.IsNull():
				case v.Kind() == parquet.Int64:
					cells[v.Column()] = float64(v.Int64())
				case v.Kind() == parquet.Double:
					cells[v.Column()] = v.Double()
				case v.Kind() == parquet.Boolean:
					cells[v.Column()] = v.Boolean()
				case v.Kind() == parquet.ByteArray:
					cells[v.Column()] = string(v.ByteArray())
				default:
					t.Fatalf("a parquet file has a %s", v.Kind())
				}
			}
			rows = append(rows, cells)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return columns, rows
}

// xlsxCells are the values of the first sheet, as JSON's decoder would give them: by the types of the cells, not as they are shown.
func xlsxCells(t *testing.T, file []byte) (titles []string, rows [][]any) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	raw, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	titles = raw[0]
	for i, line := range raw[1:] {
		cells := make([]any, len(titles))
		for k, text := range line {
			at, err := excelize.CoordinatesToCellName(k+1, i+2)
			if err != nil {
				t.Fatal(err)
			}
			kind, err := book.GetCellType(sheet, at)
			switch {
			case err != nil:
				t.Fatal(err)
			case kind == excelize.CellTypeInlineString:
				cells[k] = text
			case kind == excelize.CellTypeBool:
				cells[k] = text == "1"
			case text != "": // no text and no type is no cell
				if cells[k], err = strconv.ParseFloat(text, 64); err != nil {
					t.Fatalf("%s holds %q, which is no number", at, text)
				}
			}
		}
		rows = append(rows, cells)
	}
	return titles, rows
}

// The same question has the same answer in every format: live, with what is zero and what is not known.
func TestFilesOfCubesEqualTheAPI(t *testing.T) {
	eachCity(t, func(c *city) {
		c.took(crowd(7, 60, 2025, nil))
		c.confirmed(c.volunteer("홍길동"), "13:00", "16:00")
		c.counted()
		var all seen
		for _, one := range cube.Listed {
			levels := func(a cube.Axis) []cube.Level { return []cube.Level{a.Levels()[0], cube.Total} }
			for _, rows := range levels(one.Row) {
				for _, columns := range levels(one.Column) {
					all.compare(c.officer(), "/statistics/cubes/"+one.Name()+"?from=2025&to=2026&zeros=true&rows="+string(rows)+"&columns="+string(columns))
				}
			}
		}
		all.compare(c.officer(), "/statistics/cubes/home-time?columns=quarter&from=2025-Q1&to=2026-Q3")
		if all.hidden > 0 || all.nulls == 0 || all.zeros == 0 || all.rates == 0 || all.names == 0 {
			t.Errorf("not everything was compared: %+v", all)
		}
	})
}

// The same of what is published (S15), where cells are hidden, too.
func TestFilesOfPublicationsEqualTheAPI(t *testing.T) {
	eachCity(t, func(c *city) {
		c.took(crowd(5, 90, 2025, nil))
		for path, reader := range map[string]*client{
			"/statistics/publications/" + c.published(2025, "analyst"): c.officer(),
			"/open-data/publications/" + c.published(2025, "public"):   c.stranger(),
		} {
			var all seen
			for _, one := range cube.Listed {
				all.compare(reader, path+"/cubes/"+one.Name())
			}
			all.compare(reader, path+"/cubes/home-time?rows=gu&columns=quarter")
			all.compare(reader, path+"/download")
			if all.hidden == 0 || all.nulls == 0 || all.zeros == 0 || all.rates == 0 || all.names == 0 {
				t.Errorf("not everything was compared: %+v", all)
			}
			for format, magic := range map[string]string{"xlsx": "PK", "parquet": "PAR1"} {
				file := reader.get(path + "/download?format=" + format).want(http.StatusOK)
				if !strings.HasPrefix(string(file.Body), magic) || !strings.HasSuffix(file.Header.Get("Content-Disposition"), "."+format) {
					t.Errorf("%s: %.4q %v", format, file.Body, file.Header)
				}
			}
			if whole := reader.get(path + "/download").want(http.StatusOK); whole.text("publication.hash") == "" {
				t.Errorf("%.300s", whole.Body)
			}
		}
	})
}
