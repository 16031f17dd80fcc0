package statistics

import (
	"bytes"

	tables "dure/api/table"
)

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
