package links

import "embed"

//go:embed examples/*
var examples embed.FS

// Example is a small program that signs a job reference, to copy.
type Example struct{ Language, File, Text string }

// Examples lists the programs that docs/job-links.md and the page for administrators show.
func Examples() []Example {
	list := []Example{{Language: "Shell", File: "sign.sh"}, {Language: "C#", File: "Sign.cs"}, {Language: "Python", File: "sign.py"},
		{Language: "PHP", File: "sign.php"}}
	for i := range list {
		text, _ := examples.ReadFile("examples/" + list[i].File) // embedded: it is there
		list[i].Text = string(text)
	}
	return list
}
