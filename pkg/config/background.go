package config

// Background reports whether supervisord is to go into the background, by its
// own section alone: a quick look for the process that is called, which leaves
// the rest to its copy. false also if there is anything wrong in what was looked
// at; Load tells what.
func Background(file string, flags map[string]string) bool {
	l, err := newLoader(file, flags, func(section string) bool {
		return section == "supervisord" || section == "include" || section == defaultSection
	})
	if err != nil {
		return false
	}
	l.include()
	l.supervisord()
	return len(l.errs) == 0 && l.doc.has("supervisord") && !l.c.Supervisord.NoDaemon
}
