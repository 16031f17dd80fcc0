package table

import (
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// groupRows is how many rows are gathered before they are written: few, so that memory stays flat and the first come soon.
const groupRows = 10_000

// columns is a group of columns in their own order; parquet's own is that of their names.
type columns struct {
	parquet.Group
	order []Column
}

// Fields implements parquet.Node.
func (c columns) Fields() []parquet.Field {
	named := map[string]parquet.Field{}
	for _, f := range c.Group.Fields() {
		named[f.Name()] = f
	}
	fields := make([]parquet.Field, len(c.order))
	for i, column := range c.order {
		fields[i] = named[column.Name]
	}
	return fields
}

// GoType implements parquet.Node.
func (c columns) GoType() reflect.Type { return c.Group.GoType() }

func writeParquet(w io.Writer, t Table) error {
	group := columns{parquet.Group{}, t.Columns}
	for _, column := range t.Columns {
		node := parquet.String()
		switch column.Kind {
		case Whole:
			node = parquet.Int(64)
		case Decimal, Rate:
			node = parquet.Leaf(parquet.DoubleType)
		case Truth:
			node = parquet.Leaf(parquet.BooleanType)
		}
		group.Group[column.Name] = parquet.Optional(node)
	}
	options := []parquet.WriterOption{parquet.NewSchema("table", group), parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(groupRows)}
	for _, note := range t.Notes {
		options = append(options, parquet.KeyValueMetadata(note.Title, note.Text))
	}
	out := parquet.NewWriter(w, options...)
	one := make(parquet.Row, len(t.Columns))
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		for i := range t.Columns {
			value, level := plain(row[i]), 1
			if value == nil {
				level = 0
			}
			one[i] = parquet.ValueOf(value).Level(0, level, i)
		}
		if _, err := out.WriteRows([]parquet.Row{one}); err != nil {
			return err
		}
	}
	return out.Close()
}
