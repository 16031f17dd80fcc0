package statistics

import (
	"bytes"
	"mime"
	"strconv"
	"strings"

	tables "dure/api/table"
)

// prefersCSV reads Accept: the highest q wins, then the more exact type, then the earlier one. What is not understood, or not
// on offer, is answered in JSON.
func prefersCSV(accept []string) bool {
	best, exactness, preferred := 0.0, 0, false
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaType, params, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		isCSV, exact := false, 0
		switch mediaType {
		case "text/csv":
			isCSV, exact = true, 2
		case "text/*":
			isCSV, exact = true, 1
		case "application/json":
			exact = 2
		case "application/*":
			exact = 1
		case "*/*":
		default:
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		if params["q"] == "" {
			q, err = 1, nil
		}
		if err == nil && q <= 1 && (q > best || q == best && q > 0 && exact > exactness) {
			best, exactness, preferred = q, exact, isCSV
		}
	}
	return preferred
}

// csv writes a table with the columns' names in words.
func (w words) csv(columns []string, rows [][]string) []byte {
	header := make([]string, len(columns))
	for i, column := range columns {
		header[i] = w.say("column."+column, nil)
	}
	var b bytes.Buffer
	_ = tables.CSV(&b, append([][]string{header}, rows...)) // a buffer takes everything
	return b.Bytes()
}
