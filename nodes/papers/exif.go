package papers

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how a camera was held from the Exif of a JPEG: 1 to 8, 1 for upright and for whatever cannot be read.
func orientation(jpeg []byte) int {
	tiff := exif(jpeg)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// exif finds the TIFF inside the first APP1 segment before the picture begins.
func exif(jpeg []byte) []byte {
	for at := 2; at+4 <= len(jpeg) && jpeg[at] == 0xFF; {
		kind, size := jpeg[at+1], int(binary.BigEndian.Uint16(jpeg[at+2:]))
		if kind == 0xDA || size < 2 || at+2+size > len(jpeg) {
			return nil
		}
		if found, ok := bytes.CutPrefix(jpeg[at+4:at+2+size], []byte("Exif\x00\x00")); ok && kind == 0xE1 {
			return found
		}
		at += 2 + size
	}
	return nil
}
