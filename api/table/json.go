package table

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
)

// writeJSON writes an object: the members of head, then the items, then the members of tail, which is asked for when all items are
// written; nil for none. Both have a member at least.
func writeJSON[T any](w io.Writer, head any, items iter.Seq2[T, error], tail func() any) error {
	out := bufio.NewWriter(w)
	before, err := json.Marshal(head)
	if err != nil {
		return err
	}
	out.Write(before[:len(before)-1]) // what goes wrong is told by Flush
	out.WriteString(`,"items":[`)
	between := ""
	for item, err := range items {
		if err != nil {
			return err
		}
		text, err := json.Marshal(item)
		if err != nil {
			return err
		}
		out.WriteString(between)
		if _, err := out.Write(text); err != nil {
			return err
		}
		between = ","
	}
	out.WriteString("]")
	if tail != nil {
		after, err := json.Marshal(tail())
		if err != nil {
			return err
		}
		out.WriteString(",")
		out.Write(after[1 : len(after)-1])
	}
	out.WriteString("}\n")
	return out.Flush()
}
