import { describe, expect, it } from "vitest";
import { hostAfter, shown } from "../lab.fixture.ts";

const cases = (rows: readonly (readonly [line: string, output: string])[]) => {
  for (const [line, output] of rows)
    it(line, async () => {
      expect(await shown(line)).toBe(output);
    });
};

describe("expansion", () => {
  cases([
    ["x='a  b'; echo $x; echo \"$x\"", "a b\na  b\n"],
    ["echo {a,b}{1..3} x{01..03}y {c..a}", "a1 a2 a3 b1 b2 b3 x01y x02y x03y c b a\n"],
    [
      "x=path/to/file.tar.gz; echo ${x##*/} ${x%.*} ${x%%.*} ${x#*/}",
      "file.tar.gz path/to/file.tar path/to/file to/file.tar.gz\n",
    ],
    [
      "x=abcabc; echo ${x/b/-} ${x//b/-} ${x/#a/-} ${x/%c/-} ${#x} ${x:1:2} ${x: -2}",
      "a-cabc a-ca-c -bcabc abcab- 6 bc bc\n",
    ],
    [
      "echo ${u:-default} ${u-default} ${u:+set}; x=; echo ${x:-empty} ${x-unset}",
      "default default\nempty\n",
    ],
    ["x=heLLo; echo ${x^} ${x^^} ${x,,}", "HeLLo HELLO hello\n"],
    [
      'a=(one two three); echo ${a[1]} ${#a[@]} ${a[@]:1}; a+=(four); echo "${a[*]}"',
      "two 3 two three\none two three four\n",
    ],
    [
      'set -- a \'b c\' d; for i in "$@"; do echo "<$i>"; done; echo $# $2',
      "<a>\n<b c>\n<d>\n3 b c\n",
    ],
    ["x=1; y=x; echo ${!y}; z=$(echo $(echo deep)); echo $z `echo old`", "1\ndeep old\n"],
    ["echo $((2**10 + 7%4 * (1<<3))) $((0x1f)) $((010)) $((5>3?1:2))", "1048 31 8 1\n"],
    ["x=5; ((x+=2)); echo $x $((x++)) $x; let y=x*2; echo $y", "7 7 8\n16\n"],
    ['IFS=:; x=a:b::c; for i in $x; do echo "[$i]"; done', "[a]\n[b]\n[]\n[c]\n"],
    ["echo $'tab\\there' \"a\\\"b\" 'it'\\''s' a\\ b", "tab\there a\"b it's a b\n"],
    [
      'cd /tmp; touch a1 a2 b1 .h; echo a* [ab]1 ?2 *.none "a*"; echo /t*/a?',
      "a1 a2 a1 b1 a2 *.none a*\n/tmp/a1 /tmp/a2\n",
    ],
    ["echo ~ ~/x; HOME=/h; echo ~", "/root /root/x\n/h\n"],
    ["echo $((1/0)); echo next", 'bash: 1/0: division by 0 (error token is "0")\n[1]'],
    ["set -u; echo $nope", "bash: nope: unbound variable\n[1]"],
    ["echo ${nope?is needed}", "bash: nope: is needed\n[1]"],
  ]);
});

describe("control flow", () => {
  cases([
    ["if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"],
    ["i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done", "1\n3\n"],
    [
      "for ((i=0;i<3;i++)); do for j in a b; do [ $i = 1 ] && break 2; echo $i$j; done; done",
      "0a\n0b\n",
    ],
    ["case abc in x*) echo x;; a?c|y) echo ok;; *) echo no;; esac", "ok\n"],
    ["case a in a) echo 1;& b) echo 2;; c) echo 3;; esac", "1\n2\n"],
    ["f() { local x=in; echo $x $1; return 3; }; x=out; f arg; echo $? $x", "in arg\n3 out\n"],
    ["true && echo a || echo b; false && echo c || echo d; ! true; echo $?", "a\nd\n1\n"],
    ["(x=1; cd /tmp; exit 5); echo $? ${x:-unset} $PWD", "5 unset /root\n"],
    ["set -e; false || true; echo on; false; echo never", "on\n[1]"],
    ["set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $?", "1\n0\n"],
    ["[[ abc == a* && ! abc =~ ^b && -d /tmp ]]; echo $?; [[ x < y ]]; echo $?", "0\n0\n"],
    ["[[ v1.20 =~ ([0-9]+)\\.([0-9]+) ]]; echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}", "1 20\n"],
    ["trap 'echo bye' EXIT; (trap 'echo sub' EXIT; true); echo here", "sub\nhere\nbye\n"],
    ["x=1; readonly x; x=2; echo $x", "bash: x: readonly variable\n1\n"],
    ["eval 'a=1; echo $a'; echo 'b=2' > /s; . /s; echo $b", "1\n2\n"],
    [
      'seq 3 | while read n; do echo "n=$n"; done; echo a:b | { IFS=: read x y; echo $y $x; }',
      "n=1\nn=2\nn=3\nb a\n",
    ],
    [
      "printf '%s-%03d|%x|%5.1f|%-4s|\\n' a 7 255 3.14159 z; printf '%s\\n' 1 2; printf '%b' 'a\\tb\\n'",
      "a-007|ff|  3.1|z   |\n1\n2\na\tb\n",
    ],
    ["sleep 1 & echo $!; wait; echo $?", "[1] 4\n4\n0\n"],
  ]);
});

describe("redirections are system calls", () => {
  cases([
    ["echo a > /ro/x; echo $?", "bash: /ro/x: No such file or directory\n1\n"],
    ["echo a > /tmp/a; echo b >> /tmp/a; cat < /tmp/a; : > /tmp/a; wc -c < /tmp/a", "a\nb\n0\n"],
    ["{ echo out; echo err >&2; } > /tmp/o 2>&1; cat /tmp/o", "out\nerr\n"],
    [
      "exec 3> /tmp/three; echo one >&3; echo two >&3; exec 3>&-; cat /tmp/three; echo x >&3",
      "one\ntwo\nbash: 3: Bad file descriptor\n[1]",
    ],
    [
      "cat <<E\n$((1+1)) $HOME\nE\ncat <<'E'\n$HOME\nE\ncat <<-E\n\ttab\nE\ncat <<< word",
      "2 /root\n$HOME\ntab\nword\n",
    ],
    ["yes | head -n 2; seq 100000 | tail -n 1", "y\ny\n100000\n"],
    ["echo a | cat - /etc/hostname | tr a-z A-Z | sort", "A\nHOST\n"],
    ['set -x; echo "a b" c', "+ echo 'a b' c\na b c\n"],
  ]);

  it("goes on after a redirection that fails on a read-only mount", async () => {
    const host = await hostAfter([
      "mkdir /m; mount -t tmpfs none /m; echo a > /m/f; mount -o remount,ro /m",
    ]);
    expect(await shown("echo b > /m/f; echo after; cat /m/f", host)).toBe(
      "bash: /m/f: Read-only file system\nafter\na\n",
    );
  });
});
