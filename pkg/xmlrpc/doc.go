// Package xmlrpc is the wire format of the RPC interface, and its client.
//
// The writing half produces the bytes of Python's marshaller, which is what
// Supervisor sends: AppendCall, AppendResponse, AppendFault. The reading half
// takes what Supervisor takes: ParseCall, ParseResponse. It is lenient where
// clients are known to be careless (bare <value>text</value>, no <params>,
// unknown types) and strict where XML is: what is not well-formed is an error,
// which a server answers with HTTP 400.
//
// Values of the wire and of Go:
//
//	int, i4, i8         int
//	boolean             bool
//	double              float64
//	string, base64      string; base64 is decoded and must be UTF-8
//	dateTime.iso8601    time.Time, in UTC since the wire names no zone
//	array               []any
//	struct              map[string]any
//	nil                 nil
//	any other type      its text, nil if it is empty
//
// Decode brings them into Go structs, slices and named types. A struct is
// written and read by its tags `xmlrpc:"name"`; a struct whose first field is
// _ struct{} `xmlrpc:",array"` is an array of its other fields.
//
// Client speaks HTTP/1.1 itself: a program that runs for milliseconds would
// pay more for net/http than for its whole work.
package xmlrpc
