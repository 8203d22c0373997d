// Command tlog checks what the interceptor's audit log proves with golang.org/x/mod/sumdb, the
// code of Go's checksum database. It reads lines and prints "ok" or why not for each:
//
//	inclusion SIZE ROOT INDEX LEAF HASH,HASH,...
//	consistency SIZE ROOT OLDSIZE OLDROOT HASH,HASH,...
//	note VKEY BASE64
//	leaf BASE64 HASH
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		if err := check(strings.Split(in.Text(), " ")); err != nil {
			fmt.Fprintln(out, err)
		} else {
			fmt.Fprintln(out, "ok")
		}
	}
}

func check(words []string) error {
	switch words[0] {
	case "inclusion":
		return tlog.CheckRecord(hashes(words[5]), number(words[1]), hash(words[2]), number(words[3]), hash(words[4]))
	case "consistency":
		return tlog.CheckTree(hashes(words[5]), number(words[1]), hash(words[2]), number(words[3]), hash(words[4]))
	case "leaf":
		data, err := base64.StdEncoding.DecodeString(words[1])
		if err == nil && tlog.RecordHash(data) != hash(words[2]) {
			err = fmt.Errorf("another leaf hash")
		}
		return err
	case "note":
		verifier, err := note.NewVerifier(words[1])
		if err != nil {
			return err
		}
		data, err := base64.StdEncoding.DecodeString(words[2])
		if err != nil {
			return err
		}
		_, err = note.Open(data, note.VerifierList(verifier))
		return err
	}
	return fmt.Errorf("unknown line")
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func hash(text string) (h tlog.Hash) {
	if n, err := hex.Decode(h[:], []byte(text)); err != nil || n != len(h) {
		panic("no hash: " + text)
	}
	return h
}

func hashes(text string) (list []tlog.Hash) {
	if text == "-" {
		return nil
	}
	for _, one := range strings.Split(text, ",") {
		list = append(list, hash(one))
	}
	return list
}
