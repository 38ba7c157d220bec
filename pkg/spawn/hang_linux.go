package spawn

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mayHang reports whether the file or the directory of a start lies on a file
// system that may keep a system call waiting for ever.
//
// The quick way shares our memory with the child until it has executed the file,
// and the thread that forked counts as busy for all that time: the runtime can
// neither use its processor for others nor stop the world for a collection. One
// child that hangs in exec or chdir would so stop the whole supervisor. A stage
// that hangs is a process of its own. The question itself may hang too, but in a
// system call that the runtime knows of.
func mayHang(s *Spec) bool {
	file := s.File
	if s.Dir != "" {
		if remote(s.Dir) {
			return true
		}
		if !filepath.IsAbs(file) {
			file = s.Dir + "/" + file // not cleaned: a symlink may precede ".."
		}
	}
	return remote(file)
}

// remote reports whether path lies on a file system whose answers come over a
// network or from a program.
func remote(path string) bool {
	var fs unix.Statfs_t
	if unix.Statfs(path, &fs) != nil {
		return false // then exec and chdir fail at once as well
	}
	switch uint32(fs.Type) {
	case unix.NFS_SUPER_MAGIC,
		unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC,
		unix.FUSE_SUPER_MAGIC, // virtiofs and most of what is not named here
		unix.V9FS_MAGIC,
		unix.CEPH_SUPER_MAGIC,
		unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC, unix.CODA_SUPER_MAGIC,
		unix.OCFS2_SUPER_MAGIC,
		unix.AUTOFS_SUPER_MAGIC,
		0x0bd00bd0, // Lustre
		0x01161970, // GFS2
		0x47504653, // GPFS
		0x20030528, // OrangeFS
		0x786f4256: // VirtualBox shared folder
		return true
	}
	return false
}
