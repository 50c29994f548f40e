package command

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// repository is the root of the repository.
var repository = filepath.Join("..", "..")

// shellWord is a word of a shell's command line: quoted, or up to the next space.
var shellWord = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+('[^']*'|"[^"]*")?`)

// commandLine is a call of the command in a line of code, behind a variable or a pipe too, or in inline code.
var commandLine = regexp.MustCompile("(?m)(?:^ {2,}(?:- )?(?:\\w+=\\S+ )?|[|`] *)cer ([a-z][^\n`|>]*)")

// fence is a fenced block of Markdown: its language and its text.
var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// indented returns a page with the shell's blocks as indented lines, and without other blocks.
func indented(page string) string {
	return fence.ReplaceAllStringFunc(page, func(block string) string {
		if parts := fence.FindStringSubmatch(block); parts[1] == "sh" {
			return "    " + strings.ReplaceAll(parts[2], "\n", "\n    ")
		}
		return ""
	})
}

// pages returns what documents the command: pages, examples and scripts.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"README.md", "docs/*.md", "examples/README.md", "examples/*/*.md", "examples/*/*.sh", "examples/*/*.yml", "examples/*/*.yaml", "examples/*/.gitlab-ci.yml", "examples/*/Jenkinsfile"} {
		files, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = indented(strings.ReplaceAll(string(text), "\\\n", " "))
		}
	}
	return texts
}

// silent is an environment for a command that is not run.
func silent() *Environment {
	return &Environment{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}
}

// parse finds the subcommand of a line, and parses its flags.
func parse(line string) (*cobra.Command, error) {
	words := shellWord.FindAllString(line, -1)
	for i, word := range words {
		words[i] = strings.Trim(word, `'"`)
	}
	root := newRoot(silent())
	root.InitDefaultCompletionCmd()
	found, rest, err := root.Find(words)
	if err != nil {
		return nil, err
	}
	return found, found.ParseFlags(rest)
}

func TestCommandsOfTheDocumentationExist(t *testing.T) {
	lines := 0
	for page, text := range pages(t) {
		for _, found := range commandLine.FindAllStringSubmatch(text, -1) {
			lines++
			if _, err := parse(found[1]); err != nil {
				t.Errorf("%s: cer %s: %v", page, found[1], err)
			}
		}
	}
	if lines < 50 {
		t.Errorf("only %d commands were found", lines)
	}
}

func TestPageOfTheCommandNamesEveryCommandFlagAndVariable(t *testing.T) {
	text := pages(t)[filepath.Join(repository, "docs", "command.md")]
	each(newRoot(silent()), func(cmd *cobra.Command) {
		if cmd.Runnable() && cmd.Name() != "version" && !strings.Contains(text, cmd.CommandPath()) {
			t.Errorf("docs/command.md does not name `%s`", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !regexp.MustCompile("--"+f.Name+`\b`).MatchString(text) {
				t.Errorf("docs/command.md does not name the flag --%s of `%s`", f.Name, cmd.CommandPath())
			}
			for _, name := range f.Annotations[variable] {
				if !strings.Contains(text, name) {
					t.Errorf("docs/command.md does not name the variable %s", name)
				}
			}
		})
	})
}

// each calls a function with a command and all of its subcommands.
func each(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, sub := range cmd.Commands() {
		each(sub, do)
	}
}
