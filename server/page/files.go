package page

import (
	"strings"

	"yousaid/surveys/tablefile"
)

// FormatName is what a format is called on pages.
func (p Page) FormatName(f tablefile.Format) string {
	if strings.Contains(f.Label, "|") {
		return p.T(f.Label)
	}
	return f.Label
}

// Files are links to the same content in each format that holds it: address with the suffix of the format, then query, which begins with ?
// or is "".
func (p Page) Files(holds func(tablefile.Format) bool, address, query string) (list []Link) {
	for _, f := range tablefile.Formats(holds) {
		list = append(list, Link{Text: p.FormatName(f), Href: address + f.Extension() + query})
	}
	return list
}
