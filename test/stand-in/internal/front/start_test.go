package front

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A front that outlived its server took the empty socket directory of the next start away, and the server died of it.
func TestEachStartHasASocketDirectoryOfItsOwn(t *testing.T) {
	data := t.TempDir()
	mine, err := privateSocketDir(data)
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(mine)
	stem := strings.TrimSuffix(mine, strconv.Itoa(os.Getpid()))
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	others := stem + strconv.Itoa(os.Getppid())
	dead := stem + strconv.Itoa(gone.Process.Pid)
	for _, path := range []string{others, dead} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(path)
	}
	again, err := privateSocketDir(data)
	if err != nil {
		t.Fatal(err)
	}
	if again == others {
		t.Error("two live servers share", again)
	}
	if _, err := os.Stat(others); err != nil {
		t.Error("a live server's directory is gone:", err)
	}
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Error("a dead server's directory is still there")
	}
}
