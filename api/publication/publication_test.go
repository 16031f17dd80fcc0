package publication

import (
	"strings"
	"testing"

	"dure/api/i18n"
	"dure/api/legend"
	"dure/domain/kernel/calendar"
	"dure/domain/publication"
)

// What was frozen before new persons were told keeps its words, and with them the tags of its files.
func TestFrozenWordsStay(t *testing.T) {
	w := words{legend.Words{Lang: i18n.English}}
	for version, says := range map[int]bool{1: false, 2: true} {
		l := publication.Listed{Publication: publication.Publication{Year: 2025, Through: calendar.MustParse("2025-12-31"), Threshold: 5, RoundTo: 1, DefinitionVersion: version}}
		if text := w.definition(l); strings.Contains(text, "New and returning persons are published") != says {
			t.Errorf("version %d: %s", version, text)
		}
	}
}
