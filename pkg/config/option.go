package config

// Option is one row of an option table: everything that is known of an option
// of a section. The tables feed the reader, the sample, the reference, the
// command line and the comparison of two configurations.
type Option[S any] struct {
	Name string
	// Kind is what the reference calls the type of the value.
	Kind string
	// Default is the value as it would be written in a file. Unset: there is
	// none, and the field keeps its zero value.
	Default string
	Unset   bool
	Doc     string
	// Since is the release of Supervisor that brought the option, empty for 3.0
	// and before.
	Since string
	// Ours marks an option that Supervisor does not have.
	Ours bool
	// PerProcess: the value is expanded for each process, and may use
	// process_num and numprocs.
	PerProcess bool
	// Later: the value is read and checked, and nothing acts on it in this
	// version. So no value is an error, and no other value a change.
	Later bool

	what  string                   // as Supervisor names the option in errors about expansion, if not section.option
	raw   bool                     // not expanded when it is read
	hint  func(text string) string // what to write instead of a wrong value
	parse func(s *S, text string) error
	print func(s *S) string
}

// row makes a row from a kind of value and the field that holds it.
func row[S, V any](name string, k kind[V], def string, field func(*S) *V, doc string) Option[S] {
	return Option[S]{
		Name: name, Kind: k.name, Default: def, Doc: doc,
		hint: func(text string) string {
			if k.hint == nil {
				return ""
			}
			return k.hint(text)
		},
		parse: func(s *S, text string) error {
			v, err := k.parse(text)
			if err == nil {
				*field(s) = v
			}
			return err
		},
		print: func(s *S) string { return k.print(*field(s)) },
	}
}

// unset is a row without a default.
func unset[S, V any](name string, k kind[V], field func(*S) *V, doc string) Option[S] {
	o := row(name, k, "", field, doc)
	o.Unset = true
	return o
}

func (o Option[S]) each() Option[S]                { o.PerProcess = true; return o }
func (o Option[S]) since(release string) Option[S] { o.Since = release; return o }

func (o Option[S]) ours() Option[S]  { o.Ours = true; return o }
func (o Option[S]) later() Option[S] { o.Ours, o.Later = true, true; return o }
func (o Option[S]) asRaw() Option[S] { o.raw = true; return o }
func (o Option[S]) named(what string) Option[S] {
	o.what = what
	return o
}
