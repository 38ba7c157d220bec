package xmlrpc

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"supervisord/pkg/api"
)

// readBoth reads an answer the quick way and by way of maps.
func readBoth[T any](doc []byte) (quick, slow T, wrong [2]error) {
	v, err := parseAnswer(doc, listedIn(&quick))
	if err == nil {
		err = Decode(v, &quick)
	}
	wrong[0] = err
	if v, err = ParseResponse(doc); err == nil {
		err = Decode(v, &slow)
	}
	wrong[1] = err
	return quick, slow, wrong
}

// alike fails if the two ways do not agree.
func alike[T any](t *testing.T, doc []byte) {
	t.Helper()
	quick, slow, wrong := readBoth[T](doc)
	if !reflect.DeepEqual(quick, slow) || fmt.Sprint(wrong[0]) != fmt.Sprint(wrong[1]) {
		t.Errorf("%s\nis %+v, %v\nwant %+v, %v", doc, quick, wrong[0], slow, wrong[1])
	}
}

// inList is an answer that is a list of one struct with the members.
func inList(members string) string {
	return inAnswer("<value><array><data>\n<value><struct>\n" + members + "</struct></value>\n</data></array></value>\n")
}

func aMember(name, value string) string {
	return "<member>\n<name>" + name + "</name>\n<value>" + value + "</value>\n</member>\n"
}

// A listing as it is written is read without a map.
func TestListedIsQuick(t *testing.T) {
	want := listing(3)
	want[1].SpawnErr, want[2].Description = "größer", "  blanks\n\tand more "
	doc, err := AppendResponse(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	var got []api.ProcessInfo
	v, err := parseAnswer(doc, listedIn(&got))
	if err != nil {
		t.Fatal(err)
	}
	for _, element := range v.([]any) {
		if _, ok := element.(*api.ProcessInfo); !ok {
			t.Errorf("%T was read", element)
		}
	}
	if err := Decode(v, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// What is not written so is read as ever, mistakes included.
func TestListedInOtherForms(t *testing.T) {
	for _, members := range []string{
		"", "   ", aMember("pid", "<int>5</int>"), aMember("pid", "<i4>5</i4>"), aMember("pid", "<int> 5 </int>"),
		aMember("pid", "<int></int>"), aMember("pid", "<int>99999999999999999999</int>"), aMember("pid", "<boolean>1</boolean>"),
		aMember("pid", "<string>5</string>"), aMember("pid", "5"), aMember("name", "<int>5</int>"), aMember("name", "bare"),
		aMember("name", "<string>a&lt;b</string>"), aMember("name", "<string>a\r\nb</string>"), aMember("name", "<string>a<!-- c -->b</string>"),
		aMember("name", "<string><![CDATA[a]]></string>"), aMember("name", "<string>a]]>b\x1b</string>"), aMember("name", "<string/>"),
		aMember("name", " <string>a</string> "), aMember("na&#109;e", "<string>a</string>"), aMember("", "<string>a</string>"),
		aMember("name", "<string>a</string>") + aMember("name", "<string>b</string>"),
		aMember("pid", "<string>a</string>") + aMember("pid", "<int>1</int>"),
		aMember("unknown", "<string>a</string>") + aMember("unknown", "<array><data></data></array>") + aMember("pid", "<int>1</int>"),
		aMember("name", "<string>a</string>") + "text" + aMember("pid", "<int>1</int>"),
		aMember("name", "<string>a</string>") + "<other/>", "<member/>", "<member><name>name</name></member>",
		"<member><value><string>a</string></value><name>name</name></member>",
		"<member><name>name</name><value><string>a</string></value><value/></member>",
		"<member><name>name</name><value><string>a</string></value>", "<member><name>name</name><value><string>a</str",
		aMember("name", "<struct>"+aMember("name", "<string>a</string>")+"</struct>"),
	} {
		alike[[]api.ProcessInfo](t, []byte(inList(members)))
	}
}

// Structs elsewhere in an answer, faults among them, are not for the list.
func TestListedElsewhere(t *testing.T) {
	structure := "<struct>" + aMember("faultCode", "<int>10</int>") + aMember("faultString", "<string>BAD_NAME</string>") + "</struct>"
	for _, doc := range []string{
		"<methodResponse><fault><value>" + structure + "</value></fault></methodResponse>",
		inAnswer("<value>" + structure + "</value>"),
		inAnswer("<value><array><data><value>" + structure + "</value><value><int>1</int></value></data></array></value>"),
		inAnswer("<value><array><data><value><array><data><value>" + structure + "</value></data></array></value></data></array></value>"),
		inAnswer("<value><struct>" + aMember("name", structure) + "</struct></value>"),
		inAnswer("<value><array><data><value><struct/></value></data></array></value>"),
		inAnswer("<value><array><data><value>" + structure + structure + "</value></data></array></value>"),
		inAnswer("<value><array><data><value><other>" + structure + "</other></value></data></array></value>"),
		inAnswer("<value><array><data></data></array></value>"),
	} {
		alike[[]api.ProcessInfo](t, []byte(doc))
		alike[[]api.Tail](t, []byte(doc))
		alike[api.ProcessInfo](t, []byte(doc))
		alike[[]string](t, []byte(doc))
	}
}

// Damage shows in the same way.
func TestListedDamaged(t *testing.T) {
	doc, err := AppendResponse(nil, listing(2))
	if err != nil {
		t.Fatal(err)
	}
	pieces := []string{"<", ">", "/", "&", "&amp;", "\r", "\n", " ", "x", "1", "-", "<!-- -->", "<value>", "</value>", "<int>", "</int>",
		"<string>", "</string>", "<member>", "</member>", "<name>", "</name>", "<struct>", "</struct>", "\xff", "\x00", "é"}
	r := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 20_000 {
		at := r.IntN(len(doc))
		end := min(at+r.IntN(12), len(doc))
		damaged := string(doc[:at]) + strings.Repeat(pieces[r.IntN(len(pieces))], r.IntN(2)) + string(doc[end:])
		alike[[]api.ProcessInfo](t, []byte(damaged))
		if _, _, wrong := readBoth[[]api.ProcessInfo]([]byte(damaged)); wrong[0] == nil {
			read++
		}
	}
	if read < 1000 || read > 19_000 {
		t.Errorf("%d of 20,000 could be read: the damage is not of both kinds", read)
	}
}
