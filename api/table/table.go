// Package table writes tables as spreadsheets and notebooks open them, row after row, so that a download starts at once and none needs
// more memory than another.
package table

import (
	"fmt"
	"io"
	"iter"
	"mime"
	"strconv"
	"strings"

	"dure/api/i18n"
)

// Kind says what a column holds.
type Kind int

const (
	Text Kind = iota
	Whole
	Decimal
	Rate // a share: 0.0697, shown as 6.97 % where the format can
	Truth
)

// Column is one column of a table.
type Column struct {
	Name  string // for programs, as in JSON
	Title string // for people
	Kind  Kind
}

// Note is something said about the table as a whole: a definition, of when it is.
type Note struct{ Title, Text string }

// Table is what can be written. Rows give a value for each column: nil where there is none, and otherwise a string, an int, int64,
// float64 or bool, or a pointer to one, as the kind wants it. A row is good until the next one is asked for.
type Table struct {
	Name    string // of the file, without its ending
	Lang    i18n.Lang
	Columns []Column
	Rows    iter.Seq2[[]any, error]
	Notes   []Note
}

// Format is how a table is written.
type Format string

const (
	JSON        Format = "json"
	CSVFile     Format = "csv"
	XLSXFile    Format = "xlsx"
	ParquetFile Format = "parquet"
)

// ContentType is a format's media type.
func (f Format) ContentType() string { return mediaTypes[f] }

var mediaTypes = map[Format]string{
	JSON: "application/json", CSVFile: "text/csv", XLSXFile: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	ParquetFile: "application/vnd.apache.parquet",
}

// Accepted reads Accept: of the formats on offer the highest q wins, then the more exact type, then the earlier one. What is not
// understood, or not on offer, is answered with the first.
func Accepted(accept []string, offered ...Format) Format {
	best, exactness, preferred := 0.0, 0, offered[0]
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaType, params, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		format, exact := Format(""), 0
		for i := len(offered) - 1; i >= 0; i-- { // of those that a range takes in, the first
			own := offered[i].ContentType()
			family, _, _ := strings.Cut(own, "/")
			switch mediaType {
			case own:
				format, exact = offered[i], 2
			case family + "/*":
				format, exact = offered[i], max(exact, 1)
			case "*/*":
				format = offered[i]
			}
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		if params["q"] == "" {
			q, err = 1, nil
		}
		if err == nil && format != "" && q <= 1 && (q > best || q == best && q > 0 && exact > exactness) {
			best, exactness, preferred = q, exact, format
		}
	}
	return preferred
}

// Write writes a table in a format other than JSON.
func Write(w io.Writer, f Format, t Table) error {
	switch f {
	case CSVFile:
		return writeCSV(w, t)
	case XLSXFile:
		return writeXLSX(w, t, sheetRows)
	case ParquetFile:
		return writeParquet(w, t)
	}
	return fmt.Errorf("tables are not written as %q", f)
}

// plain takes the pointer off a value; a nil one is no value.
func plain(value any) any {
	switch v := value.(type) {
	case *string:
		return pointed(v)
	case *int:
		return pointed(v)
	case *int64:
		return pointed(v)
	case *float64:
		return pointed(v)
	case *bool:
		return pointed(v)
	case int:
		return int64(v)
	}
	return value
}

func pointed[T any](p *T) any {
	if p == nil {
		return nil
	}
	return plain(*p)
}

// written is a value in letters: those that spreadsheets and programs both read.
func written(value any) string {
	switch v := plain(value).(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		panic(fmt.Sprintf("a table cannot hold %T", value)) // a mistake of the program
	}
}
