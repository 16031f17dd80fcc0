// Package i18n says things in Korean and English.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

//go:embed ko.json en.json
var files embed.FS

// Lang is a language that the API speaks.
type Lang string

const (
	Korean  Lang = "ko"
	English Lang = "en"
)

var (
	catalogue = map[Lang]map[string]string{Korean: load("ko.json"), English: load("en.json")}
	matcher   = language.NewMatcher([]language.Tag{language.Korean, language.English})
)

func load(name string) map[string]string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return texts
}

// Choose reads Accept-Language; Korean when unsure.
func Choose(acceptLanguage string) Lang {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Korean
	}
	_, index, confidence := matcher.Match(tags...)
	if confidence > language.No && index == 1 {
		return English
	}
	return Korean
}

// Has tells whether a text is there in a language.
func Has(lang Lang, key string) bool { _, ok := catalogue[lang][key]; return ok }

// Keys lists the keys of a language.
func Keys(lang Lang) []string {
	keys := make([]string, 0, len(catalogue[lang]))
	for k := range catalogue[lang] {
		keys = append(keys, k)
	}
	return keys
}

// Text gives the text of a key with its {arguments} filled in, and the key itself where there is none.
func Text(lang Lang, key string, args map[string]any) string {
	text, ok := catalogue[lang][key]
	if !ok {
		return key
	}
	for name, value := range args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}
