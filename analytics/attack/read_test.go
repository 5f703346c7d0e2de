package attack

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func readFile(t *testing.T, name string) []Table {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := Read(name, content)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// spreadsheet makes a workbook as it is published out of a CSV: a cover, notes, and the table under a title and sentences.
func spreadsheet(t *testing.T, csvFile string, above ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", csvFile))
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "Clawr"))
	must(f.SetCellStr("Clawr", "A1", "Pa mor fodlon ydych chi?"))
	for _, name := range []string{"Nodiadau", "rating_by_service"} {
		_, err := f.NewSheet(name)
		must(err)
	}
	must(f.SetSheetRow("Nodiadau", "A1", &[]any{"Rhif y nodyn", "Testun y nodyn"}))
	for i, s := range above {
		must(f.SetCellStr("rating_by_service", cellName(t, 1, i+1), s))
	}
	for i, l := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		for j, c := range strings.Split(strings.TrimSpace(l), ",") {
			at := cellName(t, j+1, len(above)+1+i)
			if n, ok := whole64(c); ok && i > 0 {
				must(f.SetCellInt("rating_by_service", at, n))
				continue
			}
			must(f.SetCellStr("rating_by_service", at, strings.NewReplacer(" (number)", "\n(number)", " [note", "\n[note").Replace(c)))
		}
	}
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

func cellName(t *testing.T, column, row int) string {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// same leaves out what formats write differently: names, and labels where there are none.
func same(t *testing.T, what string, got, want Table) {
	t.Helper()
	strip := func(table Table) Table {
		table.Name = ""
		table.Dimensions = slices.Clone(table.Dimensions)
		for i, d := range table.Dimensions {
			table.Dimensions[i].Nodes = slices.Clone(d.Nodes)
			for j := range d.Nodes {
				table.Dimensions[i].Nodes[j].Label = ""
			}
		}
		return table
	}
	if diff := cmp.Diff(strip(want), strip(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func interval(n int64) *Interval { return &Interval{n, n} }

// One table of services in directorates by channel reads the same from all four formats.
func TestFourFormats(t *testing.T) {
	t.Parallel()
	table := readFile(t, "services.csv")[0]
	if len(table.Dimensions) != 2 || table.Dimensions[0].ID != "service" || len(table.Dimensions[0].Nodes) != 5 || len(table.Rows) != 18 {
		t.Fatalf("%+v", table)
	}
	if n := table.Dimensions[0].Nodes[2]; n != (Node{"bins", "place", "Biniau"}) {
		t.Errorf("the node %+v", n)
	}
	bare := Row{Codes: []string{"bins", "web"}, State: Shown, N: interval(20), Mean: &Figure{}, Satisfied: &Figure{}}
	*bare.Mean, *bare.Satisfied = around(15, 20), around(500, 2000)
	i := slices.IndexFunc(table.Rows, func(r Row) bool { return slices.Equal(r.Codes, bare.Codes) })
	if diff := cmp.Diff(bare, table.Rows[i]); diff != "" {
		t.Error(diff)
	}
	content := spreadsheet(t, "services.csv", "Services by channel, Riverton", "This worksheet contains one table.", "[c] means confidential.")
	tables, err := Read("services.xlsx", content)
	if err != nil || len(tables) != 1 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	same(t, "the spreadsheet", tables[0], table)
	page := readFile(t, "services.html")[0]
	if page.Name != "Services by channel" || page.Dimensions[0].ID != "Service" ||
		page.Dimensions[0].Nodes[2] != (Node{"Biniau", "Lle", "Biniau"}) {
		t.Errorf("the page: %+v", page)
	}
	for i := range page.Rows {
		page.Rows[i].Codes = table.Rows[i].Codes // its codes are the labels
	}
	page.Dimensions = table.Dimensions
	same(t, "the page", page, table)
	for _, name := range []string{"services.json", "services_cells.json"} {
		answer := readFile(t, name)[0]
		for i, r := range answer.Rows { // JSON has the figures whole
			if r.Mean != nil {
				if printed := table.Rows[i].Mean; r.Mean.Low < printed.Low || r.Mean.High > printed.High {
					t.Errorf("%s: the mean %v is not within %v", name, *r.Mean, *printed)
				}
				answer.Rows[i].Mean, answer.Rows[i].Satisfied = table.Rows[i].Mean, table.Rows[i].Satisfied
			}
		}
		if name == "services_cells.json" {
			if s := answer.Answers[0].Score; s == nil || *s != 2 || answer.Answers[0].Satisfied == nil {
				t.Errorf("the answers %+v", answer.Answers)
			}
		}
		answer.Answers = table.Answers
		same(t, name, answer, table)
	}
	var says []string
	for _, tables := range [][]Table{{table}, tables, {page}, readFile(t, "services.json")} {
		says = append(says, Attack(tables, Options{Exact: true}).String())
	}
	for _, s := range says {
		if s != says[0] || !strings.HasPrefix(s, "0 exactly disclosed, 0 unknown, ") {
			t.Errorf("the attacks: %q", says)
		}
	}
}

// What is written about every aggregate is read wherever it stands.
func TestSpellings(t *testing.T) {
	t.Parallel()
	const header = "Gwasanaeth,Code of service,Number of answers [note 2],Da (number),Drwg (number)\r\n"
	want := Table{
		Dimensions: []Dimension{{ID: "service", Nodes: []Node{{"a", All, "Âb"}, {None, All, "Dim ateb"}, {"=x", All, "Arall"}}}},
		Answers:    []Answer{{Code: "Da"}, {Code: "Drwg"}},
		Rows: []Row{
			{Codes: []string{"a"}, State: Shown, N: interval(1200), Distribution: []Interval{{1000, 1000}, {200, 200}}},
			{Codes: []string{None}},
			{Codes: []string{"=x"}, State: Impossible},
			{Codes: []string{All}, State: Shown, N: interval(1300)},
		},
	}
	const rows = "Âb,a,1200,1000,200\r\nDim ateb,(no answer),[c],[c],[c]\r\nArall,'=x,[z],[z],[z]\r\nPawb,(all),1300,[c],[c]\r\n"
	for what, content := range map[string]string{
		"as published":                header + rows,
		"with a byte order mark":      "\ufeff" + header + rows,
		"with line feeds":             strings.ReplaceAll(header+rows, "\r\n", "\n"),
		"with semicolons":             strings.ReplaceAll(header+rows, ",", ";"),
		"with tabs":                   strings.ReplaceAll(header+rows, ",", "\t"),
		"with CR alone":               strings.ReplaceAll(header+rows, "\r\n", "\r"),
		"with sep=":                   "\ufeffsep=;\r\n" + strings.ReplaceAll(header+rows, ",", ";"),
		"with empty lines at its end": header + rows + "\r\n,,,,\r\n",
		"with words above":            "Bodlonrwydd\r\n\"Mae [c], hynny yw, yn gyfrinachol\"\r\n" + header + rows,
		"with thousands commas":       strings.NewReplacer("1200", `"1,200"`, "1300", `"1,300"`).Replace(header + rows),
	} {
		tables, err := Read("t.CSV", []byte(content))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if tables[0].Dimensions[0].Nodes[0].Label != "Âb" {
			t.Errorf("%s: the label %q", what, tables[0].Dimensions[0].Nodes[0].Label)
		}
		same(t, what, tables[0], want)
	}
	arabic := "المصدر,Code of source,Number of answers\nالويب \u200f(عبر الإنترنت)\u200f,الويب,12\nالكل,(all),12\n"
	tables, err := Read("a.csv", []byte(arabic))
	if err != nil || tables[0].Dimensions[0].Nodes[0].Code != "الويب" || tables[0].Rows[0].N.Low != 12 {
		t.Errorf("right to left: %+v, %v", tables, err)
	}
	marked, err := Read("m.csv", []byte("\ufeffSianel,Number of answers\nGwe,12\nAll,12\n"))
	if err != nil || marked[0].Dimensions[0].ID != "Sianel" || marked[0].Rows[1].Codes[0] != All {
		t.Errorf("labels with a byte order mark: %+v, %v", marked, err)
	}
	rounded, err := Read(
		"r.csv",
		[]byte("Counts are rounded to the nearest 5.\nChannel,Code of channel,Number of answers,Yes (number)\nWeb,web,10,0\nAll,(all),15,[c]\n"),
	)
	if err != nil || *rounded[0].Rows[0].N != (Interval{6, 14}) || rounded[0].Rows[0].Distribution[0] != (Interval{0, 4}) {
		t.Errorf("rounded: %+v, %v", rounded, err)
	}
	rounded, err = Read("r.json", []byte(`[{"channel":"web","n":10,"distribution":{"yes":0},"rounded":5},{"channel":null,"hidden":true}]`))
	if err != nil || *rounded[0].Rows[0].N != (Interval{6, 14}) || rounded[0].Rows[1].Codes[0] != None ||
		rounded[0].Rows[0].Distribution[0] != (Interval{0, 4}) {
		t.Errorf("rounded: %+v, %v", rounded, err)
	}
	named, err := Read(
		"n.json",
		[]byte(
			`{"version":2,"cells":[{"by":{"n":"a","by":null},"part_of":{"n":"(all)"},"n":7,"mean":2},{"by":{"n":"(all)","by":null},"hidden":true}]}`,
		),
	)
	if err != nil || len(named[0].Dimensions) != 2 || named[0].Dimensions[0].ID != "n" || named[0].Rows[0].N.Low != 7 ||
		named[0].Rows[0].Codes[1] != None ||
		named[0].Rows[1].State != Hidden {
		t.Errorf("dimensions that are called as figures are: %+v, %v", named, err)
	}
	one, err := Read("one.csv", []byte("Who,Number of answers,Satisfied (percent)\nAll,[c],33.3\n"))
	if err != nil || len(one[0].Dimensions) != 0 || one[0].Rows[0].State != Hidden || one[0].Rows[0].Satisfied == nil {
		t.Errorf("one figure: %+v, %v", one, err)
	}
	part, err := Read(
		"p.csv",
		[]byte(
			"Channel,Code of channel,Number of answers,Yes (number),No (number)\nWeb,web,9,4,[c]\nPost,post,9,[c],[c]\nAll,(all),18,[c],[c]\n",
		),
	)
	if err != nil || part[0].Rows[0].Distribution[1] != (Interval{0, 9}) || part[0].Rows[1].Distribution != nil {
		t.Errorf("one answer hidden: %+v, %v", part, err)
	}
}

// What is no published table is refused in a sentence that says where and what to do.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	const header = "Service,Code of service,Part of (service),Number of answers\n"
	for _, c := range []struct{ name, content, says string }{
		{"a.csv", "", "a.csv is empty: publish the table again"},
		{"a.csv", " \r\n", "is empty"},
		{"a.txt", "x", `ends in ".txt": give a file that ends in .csv`},
		{"a.csv", "name,age\nJo,3\n", "a.csv, line 1: there is no column “Number of answers”: give the file of a published table"},
		{"a.csv", "a\xff,b\n", "save it as CSV UTF-8"},
		{"a.csv", header + "Bins,\"bins,place,4\n", "line 2: a quotation mark"},
		{"a.csv", header, "line 1: the table has no rows"},
		{"a.csv", header + "Bins,bins,place,4\n", "a.csv, line 2: “bins” is part of “place”, and no row has that code: publish the row " +
			"of “place” as well"},
		{"a.csv", header + "A,a,b,4\nB,b,a,4\n", "line 2: “a” is in the end part of itself"},
		{"a.csv", header + "A,a,(all),4\nB,b,(all),4\nC,c,a,4\nD,c,b,4\n", "line 5: “c” is part of “b” here and of “a” further up (4)"},
		{"a.csv", header + "A,a,(all),4\nA,a,(all),4\n", "line 3: the place a stands here a second time, the first is 2: leave one of them out"},
		{"a.csv", header + "A,a,,4\n", "line 2: “a” is part of nothing"},
		{"a.csv", header + "A,,(all),4\n", "line 2: the dimension service has no code"},
		{"a.csv", header + "A,a,(all),-4\n", "line 2: “-4” is no count"},
		{"a.csv", header + "A,a,(all),4.5\n", "no count"},
		{"a.csv", header + "A,a,(all),*\n", "line 2: “*” is no count: write a whole number of at most 1099511627776, [c] or [z]"},
		{"a.csv", header + "A,a,(all),4,5\n", "line 2: there are 5 cells and 4 headers"},
		{"a.csv", "Part of (x),Code of y,Number of answers\na,b,1\n",
			"line 1: the column “Part of (x)” speaks of a dimension that has no column"},
		{"a.csv", "A,Code of a,Number of answers,Yes (number),Yes (number)\na,b,1,1,1\n", "two columns are called “Yes”"},
		{"a.csv", "A,Code of a,Number of answers,Yes (number)\na,b,[c],1\n",
			"line 2: 1 answers have a number and the “Number of answers” has none"},
		{"a.csv", "A,Code of a,Number of answers,Mean score\na,b,1,good\n", "line 2: “good” is no mean"},
		{"a.xlsx", "PK\x03\x04 nonsense", "cannot be read as a spreadsheet"},
		{"a.html", "<p>No table</p>", "has no table with a caption"},
		{"a.html", "<table><caption>T</caption><tr><td>x</td></tr></table>", "its first table with a caption has no column"},
		{"a.json", "{", "a.json, line 1: this is not what a table looks like"},
		{"a.json", "3", "line 1: this is not what a table looks like"},
		{"a.json", "[]", "has no cells"},
		{"a.json", "[\n{\"a\":\"x\",\"n\":1},\n{\"a\":\"y\"}]", "a.json, line 3: n is missing"},
		{"a.json", "[\n{\"a\":\"x\",\"n\":1},\n{\"n\":1}]", "line 3: the record has no code for the dimension a"},
		{"a.json", `[{"a":"x","n":1,"hidden":true}]`, "hidden and has a number of answers"},
		{"a.json", `[{"a":"x","n":1.5}]`, "wrong kind"},
		{"a.json", `[{"a":"x","n":1e30}]`, "line 1: "},
		{"a.json", `[{"a":"x","n":1,"n":2}]`, `the field "n" stands in it twice`},
		{"a.json", "[\n{\"by\":{\"a\":\"x\"},\"n\":1},\n{\"by\":{},\"n\":1}]", "line 3: the record has no code for the dimension a"},
		{"a.json", `[{"by":{"a":"x","a":"y"},"n":1}]`, `the field "a" stands in it twice`},
		{"a.json", `[{"by":{"a":3},"n":1}]`, "the record has no code for the dimension a"},
		{"a.json", `[{"a":"x","n":1,"overlap":true}]`, "do not add up"},
		{"a.json", `[{"a":"x","n":1,"distribution":{"p":1}},{"a":"y","n":1,"distribution":{"q":1}}]`, "every record needs all answers"},
		{"a.json", `[{"a":"x","n":1}] and more`, "not what a table looks like"},
		{"a.json", `[{"a":"x","n":1,"part_of":{"a":"up"}}]`, "“x” is part of “up”, and no row has that code"},
	} {
		tables, err := Read(c.name, []byte(c.content))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %q: %v and %d tables, want %q", c.name, c.content, err, len(tables), c.says)
		}
	}
	big, err := Read("b.csv", []byte("A,Code of a,Number of answers\nx,x,1000000000\ny,y,[c]\nz,z,[c]\nAll,(all),2000000000\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r := Attack(big, Options{Exact: true}); r.Unknown > 0 || r.Findings[0].High != 1_000_000_000 || r.Findings[0].Low != 0 {
		t.Errorf("a thousand million people: %+v", r)
	}
}

// Whatever is read, nothing falls over, and what is read can be attacked.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/services*")
	if err != nil || len(files) < 4 {
		f.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for kind := range byte(4) {
			f.Add(kind, content)
		}
	}
	f.Add(
		byte(0),
		[]byte("A,Code of a,Part of (a),Number of answers,X (number),Mean score\nx,x,(all),3,[c],2.5\ny,y,x,[c],[c],[c]\nAll,(all),,3,3,[c]\n"),
	)
	f.Add(byte(3), []byte(`[{"a":"x","n":10,"mean":4.5,"distribution":{"5":9,"4":1},"rounded":5},{"a":null,"not_asked":true}]`))
	f.Fuzz(func(t *testing.T, kind byte, content []byte) {
		tables, err := Read("f."+[]string{"csv", "xlsx", "html", "json"}[kind%4], content)
		if err != nil {
			if len(tables) > 0 || err.Error() == "" {
				t.Errorf("%d tables and %v", len(tables), err)
			}
			return
		}
		for i := range tables {
			for j := range tables[i].Answers {
				score := float64(j)
				tables[i].Answers[j].Score = &score
			}
		}
		if len(content) < 2000 {
			r := Attack(tables, Options{Work: 5_000_000})
			for _, f := range r.Findings {
				if f.Kind != Unknown && f.Low > f.High {
					t.Errorf("%+v", f)
				}
			}
		}
	})
}
