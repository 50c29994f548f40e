package packaging

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Archive writes the archive of a built plugin into a directory, and returns its path. All of the plugin's files lie in
// one folder, named by its id, so that the archive can be unpacked in a plugins folder.
func Archive(dist, into string) (string, error) {
	meta, err := readMetadata(os.DirFS(dist))
	if err != nil {
		return "", err
	}
	return archive(dist, filepath.Join(into, meta.archiveName(nil)), meta)
}

// PlatformArchive writes the archive of a plugin that was built for one platform, or of which the others were left out.
// Its name ends in the platform, so that the archives of all platforms can lie in one directory.
func PlatformArchive(dist, into string, platform Platform) (string, error) {
	meta, err := readMetadata(os.DirFS(dist))
	if err != nil {
		return "", err
	}
	return archive(dist, filepath.Join(into, meta.archiveName([]Platform{platform})), meta)
}

// archiveName returns what the archive for the platforms is called, by the platform where it is a single one.
func (m Metadata) archiveName(platforms []Platform) string {
	name := m.ID + "-" + m.Info.Version
	if len(platforms) == 1 {
		name += "." + platforms[0].OS + "_" + platforms[0].Arch
	}
	return name + ".zip"
}

// archive writes the archive of a built plugin to a path, and returns it.
func archive(dist, target string, meta Metadata) (string, error) {
	file, err := os.Create(target)
	if err != nil {
		return "", err
	}
	return target, errors.Join(write(file, os.DirFS(dist), meta), file.Close())
}

// write puts all files into an archive.
func write(out io.Writer, plugin fs.FS, meta Metadata) error {
	archive := zip.NewWriter(out)
	err := fs.WalkDir(plugin, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(archive, plugin, name, meta)
	})
	return errors.Join(err, archive.Close())
}

// add puts one file of the plugin into the archive.
func add(archive *zip.Writer, plugin fs.FS, name string, meta Metadata) error {
	mode := fs.FileMode(0o644)
	if strings.HasPrefix(name, meta.Executable+"_") {
		mode = 0o755
	}
	return addFile(archive, plugin, name, path.Join(meta.ID, name), mode)
}

// addFile puts one file into an archive, under a name and with a mode, since not every file system knows modes.
func addFile(archive *zip.Writer, files fs.FS, name, as string, mode fs.FileMode) error {
	info, err := fs.Stat(files, name)
	if err != nil {
		return err
	}
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Name, header.Method = as, zip.Deflate
	header.SetMode(mode)
	to, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	from, err := files.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, from.Close())
}
