package public

import (
	"bytes"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/server/page"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tablefile/document"
)

// fileLanguage is a language that files have words for.
func (p *Pages) fileLanguage(lang string) string {
	if p.Pages.Speaks(lang) {
		return lang
	}
	return "en"
}

// YouSaidFile is the list as a file, in any format that holds a table.
func (p *Pages) YouSaidFile(c echo.Context) error {
	r, err := p.reader(c)
	name := "list." + strings.TrimPrefix(c.Param("format"), "list.")
	if err != nil {
		return moved(c, err, youSaidPath+"/"+name)
	}
	_ = p.frame(c, r.org, r.lang)
	w := wants(c)
	w.before = ""
	format, ok := tablefile.Of(name)
	if !ok || !format.HoldsTables() {
		return echo.ErrNotFound
	}
	r.lang = p.fileLanguage(r.lang)
	return p.serve(c, r, name, w, func() (*response, error) {
		list := r.find(w)
		var b bytes.Buffer
		if format.Document != nil { // a list of texts reads better as one
			err = format.Document(&b, p.youSaidDocument(r, list))
		} else {
			err = format.Table(&b, p.youSaidBook(r, list))
		}
		if err != nil {
			return nil, err
		}
		return newResponse(
			b.Bytes(),
			responseOptions{
				kind:        format.MIME,
				disposition: `attachment; filename="` + r.org.Slug + "-you-said-we-did" + format.Extension() + `"`,
				varies:      r.varies,
			},
		)
	})
}

// span is the period from the first item to the last, in words, and the day of the last change.
func span(f page.Page, today string, list []actions.Item) (period string, last time.Time) {
	first, end := today, ""
	for _, i := range list {
		first, end = min(first, i.Published), max(end, i.Published)
	}
	if end == "" {
		end = today
	}
	last, err := time.Parse(time.DateOnly, newest(list, end))
	if err != nil {
		last = time.Unix(0, 0)
	}
	return f.Period(first, end), last
}

// day is a cell with a date, so that a spreadsheet can sort and group by it.
func day(date string) tablefile.Cell {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return tablefile.Text(date)
	}
	return tablefile.Day(t)
}

func (p *Pages) youSaidBook(r reader, list []actions.Item) tablefile.Book {
	r.plain = true
	f := p.pageOf(r, r.lang)
	period, last := span(f, r.today, list)
	t := tablefile.Sheet{Name: "You_said_we_did", Title: f.T("said.title|You said, we did"), Columns: []tablefile.Column{
		{
			Header: f.T("said.column_number|Number"),
			Kind:   tablefile.CodeColumn,
		},
		{Header: f.T("said.column_published|Published"), Kind: tablefile.DateColumn},
		{
			Header: f.T("said.service|Service"),
		},
		{Header: f.T("said.theme|Theme")}, {Header: f.T("said.you|You said")}, {Header: f.T("said.quote|In somebody’s words")},
		{
			Header: f.T("said.figure|The figure"),
		},
		{Header: f.T("said.column_answer|Our answer")}, {Header: f.T("said.column_text|What we do")}, {Header: f.T("said.after|The figure " +
			"afterwards")}, {Header: f.T("said.column_state|State")}, {Header: f.T("said.column_corrected|Corrected")}}}
	for _, i := range list {
		v := p.itemView(r, i, r.lang)
		var corrected []string
		for _, c := range v.Corrections {
			corrected = append(corrected, strings.TrimSuffix(c.On+": "+c.Note.Text, ": "))
		}
		service := v.Service.Text
		if service == "" {
			service = f.T("said.whole|The whole council")
		}
		row := []tablefile.Cell{tablefile.Text(number(i.Number)), day(i.Published)}
		for _, s := range []string{service, v.Theme.Text, v.YouSaid.Text, v.Quote.Text, lines(v.Figure), v.Did.Text, v.WeDid.Text, lines(v.After),
			strings.TrimSpace(v.State.Text + " " + v.StateMore.Text), strings.Join(corrected, "; ")} {
			if strings.TrimSpace(s) == "" {
				s = f.T("said.cell_none|none")
			}
			row = append(row, tablefile.Text(s))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(list) == 0 { // whoever reads the file every day finds one every day
		row := make([]tablefile.Cell, len(t.Columns))
		for i := range row {
			row[i] = tablefile.Text(f.T("said.cell_none|none"))
		}
		t.Rows = append(t.Rows, row)
	}
	return tablefile.Book{
		Title:        f.T("said.title|You said, we did"),
		Organisation: f.Organisation,
		Words:        f,
		Period:       period,
		Published:    last,
		Source:       p.base(r) + "/" + r.org.Slug + youSaidPath,
		Tables:       []tablefile.Sheet{t},
	}
}

func (p *Pages) youSaidDocument(r reader, list []actions.Item) document.Document {
	r.plain = true
	f := p.pageOf(r, r.lang)
	period, last := span(f, r.today, list)
	d := document.Document{
		Title:        f.T("said.title|You said, we did"),
		Organisation: f.Organisation,
		Subject:      period,
		Lang:         tablefile.Tag(r.lang),
		Published:    last,
	}
	add := func(part document.Part) { d.Parts = append(d.Parts, part) }
	words := func(strong string, t page.Text) {
		if t.Text == "" {
			return
		}
		lang := ""
		if t.Lang != "" {
			lang = tablefile.Tag(t.Lang)
		}
		add(document.Paragraph{Strong: strong + ":", Text: t.Text, Lang: lang})
	}
	add(document.Heading{Level: 1, Text: d.Title})
	add(document.Paragraph{Text: f.Organisation + ", " + period})
	for _, i := range list {
		v := p.itemView(r, i, r.lang)
		heading := v.Service.Text
		if heading == "" {
			heading = f.T("said.whole|The whole council")
		}
		add(document.Heading{Level: 2, Text: heading + ", " + f.T("said.number|number %s", number(i.Number))})
		words(v.Said.Text, v.YouSaid)
		words(f.T("said.quote|In somebody’s words"), v.Quote)
		if v.Figure.Text.Text != "" {
			add(document.Paragraph{Text: lines(v.Figure)})
		}
		words(v.Did.Text, v.WeDid)
		if v.After.Text.Text != "" {
			add(document.Paragraph{Text: lines(v.After)})
		}
		words(f.T("said.deliverable|What will be there to see"), v.Deliverable)
		if v.State.Text != "" {
			add(document.Paragraph{Strong: v.State.Text, Text: v.StateMore.Text})
		}
		for _, c := range v.Corrections {
			words(f.T("said.corrected|Corrected on %s", c.On), c.Note)
		}
		add(document.Paragraph{Text: f.T("said.published|Published on %s", v.Published), Link: p.base(r) + v.Href})
	}
	return d
}

// inWords is an item as plain text.
func inWords(v page.ItemView) string {
	parts := []string{v.Said.Text + ": " + v.YouSaid.Text}
	if v.Quote.Text != "" {
		parts = append(parts, "“"+v.Quote.Text+"”")
	}
	if v.Figure.Text.Text != "" {
		parts = append(parts, lines(v.Figure))
	}
	parts = append(parts, v.Did.Text+": "+v.WeDid.Text)
	if v.After.Text.Text != "" {
		parts = append(parts, lines(v.After))
	}
	if v.Deliverable.Text != "" {
		parts = append(parts, v.Deliverable.Text)
	}
	if v.State.Text != "" {
		parts = append(parts, strings.TrimSpace(v.State.Text+" "+v.StateMore.Text))
	}
	for _, c := range v.Corrections {
		parts = append(parts, strings.TrimSuffix(c.On+": "+c.Note.Text, ": "))
	}
	return strings.Join(parts, "\n\n")
}
