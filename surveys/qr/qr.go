// Package qr draws the QR codes of feedback links, as small as a receipt allows and as large as a poster wants.
package qr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"strings"

	go_qr "github.com/piglig/go-qr"
)

// Address writes an address so that a QR code of it is small: scheme, host and the path /F/CODE in capitals, which need 5.5 bits a
// character instead of 8. An address with another path keeps it as it is: capitals would lead elsewhere.
func Address(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" || !strings.HasPrefix(u.Path, "/f/") {
		return address
	}
	return strings.ToUpper(address)
}

// Code is a drawn QR code: true is black. Its quiet zone of 4 modules is part of it.
type Code struct{ modules [][]bool }

// quiet is how many white modules stand around a code.
const quiet = 4

// mostBytes is what the largest code holds at level M.
const mostBytes = 2331

// New draws a code at error correction level M, or a higher one where that takes no more modules.
func New(text string) (Code, error) {
	fail := func(err error) (Code, error) { return Code{}, fmt.Errorf("drawing a QR code: %w", err) }
	if len(text) > mostBytes { // with more the library looks for a version without end
		return fail(errors.New("the text is longer than a code holds"))
	}
	segments, err := go_qr.MakeSegmentsOptimally(text, go_qr.Medium, go_qr.MinVersion, go_qr.MaxVersion)
	if err != nil {
		return fail(err)
	}
	q, err := go_qr.EncodeStandardSegments(segments, go_qr.Medium)
	if err != nil {
		return fail(err)
	}
	side := q.Size() + 2*quiet
	c := Code{make([][]bool, side)}
	for y := range c.modules {
		c.modules[y] = make([]bool, side)
		for x := range c.modules[y] {
			c.modules[y][x] = q.Module(x-quiet, y-quiet) // white outside
		}
	}
	return c, nil
}

// Modules is the number of modules along a side, quiet zone included.
func (c Code) Modules() int { return len(c.modules) }

// Size is how a code is printed.
type Size struct {
	Name  string  // in addresses
	Label string  // key|English
	Dots  int     // of the printer for each module
	DPI   float64 // of the printer
}

// MM is the side of a code printed at the size, quiet zone included.
func (s Size) MM(c Code) float64 { return float64(c.Modules()*s.Dots) / s.DPI * 25.4 }

const receiptDPI = 203 // a thermal printer: 8 dots a millimetre

// Sizes are those on offer. On a receipt a module has 5 dots (0.6 mm), never fewer than 4, and the code is at least 20 mm wide; 58
// mm paper has 384 dots. On posters a code is read from further away: about ten times its width.
var Sizes = []Size{
	{"receipt", "qr.receipt|Receipt (203 dpi thermal printer, 58 or 80 mm paper)", 5, receiptDPI},
	{"receipt-large", "qr.receipt_large|Large receipt (203 dpi, 80 mm paper)", 8, receiptDPI},
	{"leaflet", "qr.leaflet|Letter or leaflet (300 dpi, about 35 mm)", 12, 300},
	{"poster", "qr.poster|Poster (300 dpi, about 100 mm)", 36, 300},
}

// SizeOf finds a size by its name.
func SizeOf(name string) (Size, bool) {
	for _, s := range Sizes {
		if s.Name == name {
			return s, true
		}
	}
	return Size{}, false
}

// For gives the size with as many dots as make the code at least 20 mm wide on a receipt.
func (s Size) For(c Code) Size {
	for s.MM(c) < 20 {
		s.Dots++
	}
	return s
}

// SVG is the code as a drawing without a size of its own, black on white.
func (c Code) SVG(title string) []byte {
	n := c.Modules()
	var p bytes.Buffer
	for y, row := range c.modules {
		for x := 0; x < n; x++ {
			if !row[x] {
				continue
			}
			w := 1
			for x+w < n && row[x+w] {
				w++
			}
			fmt.Fprintf(&p, "M%d %dh%dv1h-%dz", x, y, w, w)
			x += w
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" shape-rendering="crispEdges"><title>%s</title>`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		n, n, escaped(title), n, n, p.String())
	return b.Bytes()
}

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// PNG is the code as a picture of whole dots, which says how large it is to be printed.
func (c Code) PNG(s Size) ([]byte, error) {
	n := c.Modules() * s.Dots
	img := image.NewPaletted(image.Rect(0, 0, n, n), color.Palette{color.White, color.Black})
	for y := range n {
		for x := range n {
			if c.modules[y/s.Dots][x/s.Dots] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, err
	}
	return sized(b.Bytes(), s.DPI), nil
}

// sized adds the chunk that says how many dots make a metre, behind the header, which always ends at byte 33.
func sized(file []byte, dpi float64) []byte {
	const header = 33
	chunk := []byte("pHYs")
	perMetre := uint32(dpi/0.0254 + 0.5)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1)
	out := append([]byte{}, file[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(chunk)-4))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, file[header:]...)
}
