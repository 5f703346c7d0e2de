package tablefile

import "github.com/xuri/excelize/v2"

// styles are the numbers of the cell styles: Arial 12 and larger, black on white, no borders, no fills.
type styles struct {
	heading1, heading2  int
	header, headerRight int
	text, flowing, link int // flowing is not wrapped: what stands above a table runs on over the empty cells beside it
	count, mean, date   int
}

func (s styles) of(k Kind) int {
	switch k {
	case CountColumn:
		return s.count
	case MeanColumn, PercentColumn:
		return s.mean
	case DateColumn:
		return s.date
	}
	return s.text
}

func (x *writer) styles() error {
	if err := x.file.SetDefaultFont("Arial"); err != nil {
		return err
	}
	*x.file.Styles.Fonts.Font[0].Sz.Val = 12
	font := func(size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: "Arial", Size: size, Bold: bold}
	}
	link := font(12, false)
	link.Underline = "single"
	whole, decimal, day := "#,##0", "0.0", "d mmm yyyy"
	top := func(horizontal string, wrap bool) *excelize.Alignment {
		return &excelize.Alignment{Horizontal: horizontal, Vertical: "top", WrapText: wrap}
	}
	var err error
	style := func(s excelize.Style) (id int) {
		if err == nil {
			id, err = x.file.NewStyle(&s)
		}
		return id
	}
	x.style = styles{
		heading1:    style(excelize.Style{Font: font(16, true), Alignment: top("left", false)}),
		heading2:    style(excelize.Style{Font: font(14, true), Alignment: top("left", false)}),
		header:      style(excelize.Style{Font: font(12, true), Alignment: top("left", true)}),
		headerRight: style(excelize.Style{Font: font(12, true), Alignment: top("right", true)}),
		text:        style(excelize.Style{Font: font(12, false), Alignment: top("left", true)}),
		flowing:     style(excelize.Style{Font: font(12, false), Alignment: top("left", false)}),
		link:        style(excelize.Style{Font: link, Alignment: top("left", true)}),
		count:       style(excelize.Style{Font: font(12, false), Alignment: top("right", true), CustomNumFmt: &whole}),
		mean:        style(excelize.Style{Font: font(12, false), Alignment: top("right", true), CustomNumFmt: &decimal}),
		date:        style(excelize.Style{Font: font(12, false), Alignment: top("left", true), CustomNumFmt: &day}),
	}
	if err != nil {
		return err
	}
	x.tag(x.style.heading1, "Heading 1", 16)
	x.tag(x.style.heading2, "Heading 2", 17)
	return nil
}

// tag names a cell style as one of the built-in heading styles, so that screen readers announce a heading. excelize has no call
// for this; it lets its style sheet be changed.
func (x *writer) tag(style int, name string, builtin int) {
	sheet := x.file.Styles
	master := sheet.CellXfs.Xf[style]
	master.XfID = nil
	sheet.CellStyleXfs.Xf = append(sheet.CellStyleXfs.Xf, master)
	sheet.CellStyleXfs.Count = len(sheet.CellStyleXfs.Xf)
	id := sheet.CellStyleXfs.Count - 1
	sheet.CellXfs.Xf[style].XfID = &id

	named := *sheet.CellStyles.CellStyle[0]
	named.Name, named.XfID, named.BuiltInID = name, id, &builtin
	sheet.CellStyles.CellStyle = append(sheet.CellStyles.CellStyle, &named)
	sheet.CellStyles.Count = len(sheet.CellStyles.CellStyle)
}
