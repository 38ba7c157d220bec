package config

// FlagOption gives the row of the option of [supervisord] that the command line
// calls name.
func FlagOption(name string) (Option[Supervisord], bool) {
	for _, o := range supervisordOptions() {
		if o.Name == name && !o.Ours && name != "environment" {
			return o, true
		}
	}
	return Option[Supervisord]{}, false
}

// CheckFlag says what is wrong with a value that the command line gives to an
// option of [supervisord]. Users are looked up later, with the file at hand.
func CheckFlag(name, value string) error {
	o, ok := FlagOption(name)
	if !ok || name == "user" {
		return nil
	}
	return o.parse(&Supervisord{}, value)
}
