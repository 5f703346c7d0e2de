// Package static holds what the site is made of besides Go: pages, question templates, words, style sheets.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Files has the folders pages, questions, locales and assets as they stand in the program.
//
//go:embed pages questions locales assets
var Files embed.FS

// Assets are the files a browser asks for by an address that changes with their
// content: an address once given is good for a year, and a new content has a new address.
type Assets struct {
	addresses map[string]string // "public.css" → "/assets/public.1a2b3c4d5e6f.css"
	files     map[string]file   // by address
}

type file struct {
	kind                string // content type
	plain, brotli, gzip []byte // the last two nil where compressing does not pay
}

// Load gives every embedded asset. They are compressed once, however many sites a program runs.
func Load() (*Assets, error) { return loaded() }

var loaded = sync.OnceValues(func() (*Assets, error) {
	folder, err := fs.Sub(Files, "assets")
	if err != nil {
		return nil, fmt.Errorf("opening the assets: %w", err)
	}
	return load(folder)
})

func load(folder fs.FS) (*Assets, error) {
	a := &Assets{addresses: map[string]string{}, files: map[string]file{}}
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		f := file{kind: mime.TypeByExtension(path.Ext(name)), plain: body}
		if f.kind == "" {
			return fmt.Errorf("asset %s: no content type is known for the ending %q", name, path.Ext(name))
		}
		if f.brotli, f.gzip, err = compress(body); err != nil {
			return fmt.Errorf("asset %s: %w", name, err)
		}
		sum := sha256.Sum256(body)
		ending := path.Ext(name)
		address := "/assets/" + strings.TrimSuffix(name, ending) + "." + hex.EncodeToString(sum[:6]) + ending
		a.addresses[name], a.files[address] = address, f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the assets: %w", err)
	}
	return a, nil
}

// compress gives body as brotli and gzip, or nil where the result is not smaller.
func compress(body []byte) (br, gz []byte, err error) {
	var b, g bytes.Buffer
	bw := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err := bw.Write(body); err != nil {
		return nil, nil, err
	}
	if err := bw.Close(); err != nil {
		return nil, nil, err
	}
	gw, err := gzip.NewWriterLevel(&g, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if _, err := gw.Write(body); err != nil {
		return nil, nil, err
	}
	if err := gw.Close(); err != nil {
		return nil, nil, err
	}
	if b.Len() < len(body) {
		br = b.Bytes()
	}
	if g.Len() < len(body) {
		gz = g.Bytes()
	}
	return br, gz, nil
}

// Address is where a browser finds the asset, such as "/assets/public.1a2b3c4d5e6f.css".
func (a *Assets) Address(name string) (string, error) {
	address, ok := a.addresses[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q in static/assets", name)
	}
	return address, nil
}

// ServeHTTP answers /assets/…: brotli, gzip or plain, as the browser can read. An address
// that was never given, or belongs to an older content, is 404.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD work here.", http.StatusMethodNotAllowed)
		return
	}
	f, ok := a.files[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "There is no file at this address.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := f.plain
	if f.brotli != nil || f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		accepts := r.Header.Get("Accept-Encoding")
		switch {
		case f.brotli != nil && accepted(accepts, "br"):
			h.Set("Content-Encoding", "br")
			body = f.brotli
		case f.gzip != nil && accepted(accepts, "gzip"):
			h.Set("Content-Encoding", "gzip")
			body = f.gzip
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // an error here is a browser that went away
}

// accepted tells whether an Accept-Encoding header names the coding, with a weight above 0.
func accepted(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		value, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(value, 64)
		return err == nil && q > 0
	}
	return false
}
