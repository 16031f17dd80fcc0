package table

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
)

// writeJSON writes an object of two members: what the items are of, under a name, and the items.
func writeJSON[T any](w io.Writer, name string, of any, items iter.Seq2[T, error]) error {
	out := bufio.NewWriter(w)
	write := func(before string, value any) error {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if _, err := out.WriteString(before); err != nil {
			return err
		}
		_, err = out.Write(text)
		return err
	}
	if err := write(`{"`+name+`":`, of); err != nil {
		return err
	}
	if _, err := out.WriteString(`,"items":[`); err != nil {
		return err
	}
	between := ""
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := write(between, item); err != nil {
			return err
		}
		between = ","
	}
	if _, err := out.WriteString("]}\n"); err != nil {
		return err
	}
	return out.Flush()
}
