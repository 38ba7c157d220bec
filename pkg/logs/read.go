package logs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// What can be wrong with a reading of a log; each is an RPC fault of that name.
var (
	ErrBadArguments = errors.New("BAD_ARGUMENTS") // offset and length do not go together
	ErrNoFile       = errors.New("NO_FILE")       // there is no such file
	ErrFailed       = errors.New("FAILED")        // the file cannot be read
)

// Read returns a part of the file at path, which is offset bytes from its
// beginning: length bytes, or all to the end if length is 0. A negative offset
// with length 0 means that many last bytes. Beyond the end there is nothing,
// which is no error. The error is one of ErrBadArguments, ErrNoFile, ErrFailed.
func Read(path string, offset, length int) ([]byte, error) {
	file, size, err := openForReading(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, ErrNoFile
	}
	if err != nil {
		return nil, ErrFailed
	}
	defer file.Close()

	from, want := int64(offset), int64(length)
	switch {
	case from < 0 && want != 0, want < 0:
		return nil, ErrBadArguments
	case from < 0:
		from = max(size+from, 0)
		want = size - from
	case want == 0:
		want = size - from
	}
	data, err := readPart(file, size, from, want)
	if err != nil {
		return nil, ErrFailed
	}
	return data, nil
}

// Tail returns the last length bytes of the file at path, for a reader that has
// seen it up to offset. size is how long the file is now, the offset to ask with
// next time; overflow says that more than length bytes came since offset. Of a
// file that cannot be read it returns nothing, the offset and false.
func Tail(path string, offset, length int) (data []byte, size int64, overflow bool) {
	file, size, err := openForReading(path)
	if err != nil {
		return nil, int64(offset), false
	}
	defer file.Close()

	from, want := int64(offset), int64(length)
	end := from + want
	switch {
	case size > end: // more has come than was asked for: the newest
		overflow = true
		from = size - want
	case end == size: // just what the reader lacks
	case from >= size: // nothing new
		want = 0
	default: // less than was asked for: filled up with what came before
		from = size - want
	}
	data, err = readPart(file, size, max(from, 0), want)
	if err != nil {
		return nil, int64(offset), false
	}
	return data, size, overflow
}

// openForReading opens a regular file. Anything else (a terminal, a pipe) has no
// size and no beginning, and reading from it would take bytes away or wait.
func openForReading(path string) (*os.File, int64, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// readPart reads want bytes at from, or as many as there are in a file of size
// bytes.
func readPart(file *os.File, size, from, want int64) ([]byte, error) {
	want = min(want, size-from)
	if want <= 0 {
		return []byte{}, nil
	}
	data := make([]byte, want)
	n, err := file.ReadAt(data, from)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return data[:n], nil
}
