package bank

import (
	"embed"
	"path"
	"strings"
)

//go:embed questionnaires/*.yaml
var questionnaires embed.FS

// Templates lists the names of the ready questionnaires.
func Templates() []string {
	files, _ := questionnaires.ReadDir("questionnaires") // embedded: the folder is there
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

// Template gives a ready questionnaire as YAML; surveys.Template reads it.
func Template(name string) (yaml []byte, ok bool) {
	yaml, err := questionnaires.ReadFile(path.Join("questionnaires", path.Base(name)+".yaml"))
	return yaml, err == nil
}
