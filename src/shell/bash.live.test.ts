import { describe, expect, it } from "vitest";
import { inReality, inTheLab, LINUX } from "./real-shell.fixture.ts";

const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  expansion: [
    'x=\'a  b\'; echo $x; echo "$x"; y=$x; echo "$y"; echo "${x}c" \'$x\' \\$x',
    "echo {a,b}{1,2} {1..4} {4..1} {a..e..2} {01..3} a{,b}c x{1}y {a,{b,c}}d",
    "f=dir/name.tar.gz; echo ${f##*/} ${f#*/} ${f%.*} ${f%%.*} ${f/name/N} ${f//a/A} ${#f} ${f:4} ${f:4:2} ${f: -3}",
    "echo ${a-1} ${a:-2} ${a:=3} $a ${a:+4} ${b+5}-; set -- x y; echo $# $1 $@ $*; shift; echo $1; set --; echo $#",
    'a=(1 \'two words\' 3); echo ${#a[@]} "${a[1]}"; for i in "${a[@]}"; do echo "<$i>"; done; a[3]=x; echo ${a[@]: -1}; echo ${!a[@]} | wc -w; echo ${a[*]:0:2}',
    'IFS=,; set -- a b c; echo "$*"; x=1,2,,3; for i in $x; do echo "[$i]"; done; unset IFS; read a b <<< \'  one two three  \'; echo "$a|$b"',
    "echo $((1+2*3)) $((7/2)) $((-7/2)) $((7%3)) $((2**8)) $((1<<4|1)) $((3>2&&2>1)) $((!0)) $((~0)) $((5,6)) $(( (1+2)*3 )) $((0xff)) $((017)) $((2#101))",
    "x=3; echo $((x++)) $x $((++x)) $((x+=5)) $((x*=2)) $((x>10?1:0)); y=x; echo $((y)); let 'z=x-1' && echo $z; ((0)); echo $?; ((1)); echo $?",
    'touch a.c b.c .d e; echo *; echo *.c; echo .*[d]; echo ?.c; echo [ab].c; echo [!a].c; echo nope*; echo "*"; mkdir s; touch s/x; echo */x; echo */',
    'x=$(printf \'a\\n\\n\'); echo "[$x]"; echo $(echo a; echo b); echo "$(echo a; echo b)"; echo `echo \\`echo deep\\``; x=$(false); echo $?; echo $(exit 3) $?',
    "echo $'a\\tb\\x41\\101' \"a\\tb\" 'a\\tb'; echo -e 'a\\tb\\0101\\c x'; echo -n x; echo; echo -E 'a\\n'; printf '%s %s\\n' a b c; printf '%d%%\\n' 5; printf '[%5s][%-5s][%05d][%+d][%x][%X][%o][%c]\\n' a b 42 7 255 255 8 xyz; printf '%.2f %e %g\\n' 3.14159 1234.5 0.0001",
    "x=abc; echo ${x^} ${x^^} ${x^^[ac]}; y=ABC; echo ${y,} ${y,,}; echo ${x@Q}; n=x; echo ${!n}; echo ${!x*} | wc -w",
    "unset u; set -u; echo ${u-ok}; (echo $u) 2>&1 | grep -c 'unbound variable'; echo ${u:?message} ; echo never",
    'echo ~root; echo ~/x | grep -c root; x=~; echo $x | grep -c root; echo a:~ "~"',
  ],
  "control flow": [
    "for i in a b c; do [ $i = b ] && continue; echo $i; done; for i; do echo no; done; i=0; until [ $i -ge 3 ]; do i=$((i+1)); done; echo $i; while :; do break; done; echo $?",
    "for ((i=0,j=5;i<j;i++,j--)); do echo $i$j; done; case foo in f*o) echo 1;; esac; case x in a|x) echo 2;& b) echo 3;;& c) echo 4;; *) echo 5;; esac; case '*' in '*') echo star;; esac; case a in b) ;; esac; echo $?",
    "if [ 1 -eq 2 ]; then echo a; elif [[ b > a ]]; then echo b; else echo c; fi; if false; then :; fi; echo $?; [ -z '' -a -n x ] && echo and; [ -f /etc/passwd -o -f none ] && echo or; test ! -e none && echo not; [ a = a ] && [ a != b ] && echo eq",
    "f() { echo \"$# $1 $FUNCNAME\" | cut -d' ' -f1-2; local v=2; return 7; }; v=1; f a b; echo $? $v; g() { g2() { echo inner; }; g2; }; g; g2; unset -f g2; g2 2>/dev/null; echo $?",
    "(exit 3); echo $?; { false; }; echo $?; ! true; echo $?; true | false; echo $?; false | true; echo $?; set -o pipefail; false | true; echo $?; true && false || echo or; false && echo no; echo $?",
    "set -e; false || true; if false; then :; fi; ! true; (false; echo in) || echo caught; x=$(false) || echo sub; false; echo never",
    "x=1; (x=2; cd /; echo $x); echo $x; { x=3; }; echo $x; echo a | x=4; echo $x; echo 5 | read x; echo $x; y=$(x=6; echo $x); echo $x $y",
    "trap 'echo exiting' EXIT; echo body; (echo sub; exit 2); echo $?; exit 5",
    "eval 'x=1; echo $x'; eval echo '$x'; eval; echo $?; echo 'echo sourced $1; y=9' > s; . ./s arg; echo $y; source s; . ./none; echo $?; sh -c 'echo $0 $1' name arg; bash -c 'exit 4'; echo $?; echo 'echo from stdin' | sh",
    "type cd | head -1; type ls | grep -c ls; command -v echo; command -v nosuch; echo $?; alias; x=5 sh -c 'echo $x'; echo ${x-unset}; x=6; export x; sh -c 'echo $x'; export -n x; sh -c 'echo ${x-none}'; env | grep -c '^x='",
    'while read a b; do echo "$b $a"; done <<E\n1 2\n3 4\nE\nprintf \'a\\\\b\\n\' | { read x; echo "$x"; }; printf \'a\\\\b\\n\' | { read -r x; echo "$x"; }; printf \'last\' | { read x; echo "$x $?"; }; IFS=: read a b <<< \'x:y z\'; echo "$a,$b"',
    "n() { [ $1 -le 1 ] && echo 1 || echo $(( $1 * $(n $(($1-1))) )); }; n 5; r() { for i in 1 2 3; do [ $i = 2 ] && return; echo $i; done; }; r; for i in 1 2; do for j in 1 2; do [ $j = 2 ] && continue 2; echo $i$j; done; done",
    "[[ -d . && ! -f . ]] && echo dir; [[ abc =~ ^a(b)c$ ]] && echo ${BASH_REMATCH[1]}; [[ a == [a-c] ]] && echo set; [[ a == '[a-c]' ]] || echo quoted; [[ 10 -gt 9 ]] && echo num; [[ '' ]] || echo empty; [[ -n x || z ]] && echo or; touch -d @1 o; touch -d @2 n; [[ n -nt o ]] && echo newer",
    "echo a; # comment\necho b # c\necho 'a # b' \\# c#d\necho one \\\ntwo; : <<'C'\nnot run\nC\necho end",
  ],
  redirections: [
    "echo 1 > a; cat < a > b; cat b; echo 2 >> a; cat a - <<< 3; echo err 2> e >&2; cat e; ls none 2>/dev/null; echo $?; { echo o; echo e >&2; } > both 2>&1; cat both; echo x &> amp; cat amp; echo y &>> amp; cat amp",
    "exec 3>three 4<&0; echo hi >&3; exec 3>&-; cat three; exec 5< three; read l <&5; echo $l; read l <&5; echo $?; exec 5<&-; echo x 3>&1 >&3 | cat; (exec > sub; echo hidden); cat sub; exec {fd}> named; echo n >&$fd; cat named",
    "> empty; wc -c < empty; cat <<A <<B\na\nA\nb\nB\ncat <<E | tr a-z A-Z\nhi $((1+1))\nE\ncat <<-T\n\tx\n\t\ty\nT\nx=$(cat <<Q\nin sub\nQ\n); echo $x",
    "echo a > 'sp ace'; cat sp\\ ace; cat < none; echo $?; cat none < none; : > /none/x; echo $?; for i in 1 2; do echo $i; done > l 2>/none/y; echo $?; f() { echo out; } > ff; f; cat ff; echo > $nothing; echo $?",
    "seq 10 | head -3 | tail -1; yes | head -n 1; echo a | tee t | cat; cat t; seq 5 | while read x; do echo $x; [ $x = 2 ] && break; done; echo x | cat <<< y; seq 100000 | wc -l; (sleep 0; echo z) | cat; echo q |& cat",
  ],
};

describe.runIf(LINUX)("real bash and the lab's", () => {
  for (const [topic, scripts] of Object.entries(SCRIPTS))
    describe(topic, () => {
      for (const script of scripts)
        it(script, async () => {
          expect(await inTheLab(script)).toBe(inReality(script));
        });
    });
});
