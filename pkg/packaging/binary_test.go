package packaging_test

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// program returns an ELF file with nothing but what a Go binary says of itself: the version of Go, a module, and the platform it was built for.
func program(t *testing.T, os, arch string, modules ...string) string {
	t.Helper()
	const sentinel = "0123456789abcdef" // Go puts 16 bytes before and after.
	info := sentinel + "path\tacme.example/x\nmod\tacme.example/x\t(devel)\t\n"
	for _, module := range modules {
		info += "dep\t" + module + "\n"
	}
	info += "build\tGOOS=" + os + "\nbuild\tGOARCH=" + arch + "\n" + sentinel
	data := append([]byte("\xff Go buildinf:\x08\x02"), make([]byte, 16)...)
	for _, text := range []string{"go1.26.7", info} {
		data = append(binary.AppendUvarint(data, uint64(len(text))), text...)
	}
	const headers, address = 64 + 56, 0x400000
	var file bytes.Buffer
	write := func(values ...any) {
		for _, value := range values {
			if err := binary.Write(&file, binary.LittleEndian, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	file.WriteString("\x7fELF\x02\x01\x01")
	file.Write(make([]byte, 9))
	write(uint16(2), uint16(62), uint32(1), uint64(address), uint64(64), uint64(0), uint32(0)) // an executable for amd64, with program headers only
	write(uint16(64), uint16(56), uint16(1), uint16(64), uint16(0), uint16(0))
	size := uint64(len(data))
	write(uint32(1), uint32(6), uint64(headers), uint64(address), uint64(address), size, size, uint64(16)) // one segment that can be read and written
	file.Write(data)
	return file.String()
}
