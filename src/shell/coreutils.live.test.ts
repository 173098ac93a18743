import { describe, expect, it } from "vitest";
import { inReality, inTheLab, LINUX } from "./real-shell.fixture.ts";

/** Directories in each other, until a path to the last is longer than the kernel takes. */
const DEEP =
  "n=$(printf '%250s' | tr ' ' d); for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do mkdir $n; cd $n; echo $i > f; done; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do cd ..; done";

const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  "paths too long": [
    `${DEEP}; find . | wc -lc; find . -name f -printf '%d %s\\n'; find . -type d -empty; grep -r 18 . | wc -c; rm -r $n; ls`,
    `${DEEP}; ls -R $n | wc -lc; ls -lR $n > /dev/null; rm -rf $n`,
    `${DEEP}; cp -r $n c; find c | wc -lc; rm -r c $n; ls`,
    `${DEEP}; chmod -R go-rwx $n; find $n -perm 700 | wc -l; du $n | wc -l; rm -r $n`,
    `${DEEP}; tar cf a.tar $n; tar tf a.tar | sort | wc -lc; mkdir out; tar xf a.tar -C out 2>&1 | sort; find out | wc -lc; rm -rf $n out; ls`,
    `${DEEP}; find . -mindepth 1 -delete; ls -A; cat $n/f`,
  ],
  cat: [
    "echo a > f; cat f",
    "cat missing",
    "mkdir d; cat d",
    "printf 'a\\n\\n\\nb' > f; cat -n f; cat -s f; cat -E f; cat -b f; cat -A f",
    "echo x | cat - missing -",
    "cat -Q f",
    "printf 'a\\tb\\001\\n' > f; cat -v f; cat -T f; cat -A f",
  ],
  cp: [
    "echo a > f; cp f g; cat g; cp f f",
    "cp missing g; cp; cp f",
    "mkdir d; cp d e; cp -r d e; ls -R",
    "mkdir -p d/s; echo 1 > d/a; echo 2 > d/s/b; ln -s a d/l; cp -r d e; find e | sort; cp -r d e; find e | sort; readlink e/l",
    "echo a > f; chmod 640 f; cp f g; stat -c %a g; cp -p f h; stat -c %a h",
    "echo a > f; ln f g; mkdir d; cp -a f g d; stat -c %h d/f",
    "echo a > f; mkdir d; cp f d/; cat d/f; cp f missing/; cp f g missing",
    "echo a > f; echo b > g; cp -n f g; cat g; cp -f f g; cat g; cp -v f h",
    "echo a > f; cp -l f g; stat -c %h f; cp -s $PWD/f h; readlink h | wc -l",
    "mkdir d; echo a > f; cp f d; cp -rT d e; ls e; cp d/f d; echo x > e/f; cp -r d/. e; cat e/f",
    "mkdir d; cp -r d d/e; ls d",
    "echo a > f; mkdir g; cp f g; mkdir g2; mkdir g2/f; cp f g2; cp -r g2 f",
    "mkfifo p; cp -r p q; stat -c %F q; mknod n c 1 3; cp -a n m; stat -c '%F %t %T' m",
    "echo a > f; ln -s f l; cp l c; stat -c %F c; cp -P l d; stat -c %F d; cp -d l e; readlink e",
    "echo a > f; cp --preserve=mode,timestamps f g; echo b > f; cp -u g f; cat f; cp --bogus f g",
  ],
  mv: [
    "echo a > f; mv f g; ls; cat g",
    "mv missing g; mv; mv f",
    "mkdir d; echo a > f; mv f d; ls d; mv d e; ls e; mv e e/x",
    "echo a > f; mv f f",
    "mkdir d e; echo a > d/x; echo b > e/x; mv d e; find e | sort; mkdir d; mv d e",
    "echo a > f; mkdir d; mv d f; mkdir d/f; mv f d; mv -T f d",
    "echo a > f; echo b > g; mv -n f g; cat g; mv -v f g; cat g",
    "echo a > f; mv f missing/; mv f g missing; mv -t missing f; mkdir d; mv -t d f; ls d",
    "echo a > f; ln f g; mv f g; ls",
    "echo a > 'a b'; mv 'a b' \"it's\"; ls; mv nope \"it's\"",
  ],
  rm: [
    "echo a > f; rm f; ls; rm f; rm -f f; rm; rm -f",
    "mkdir -p d/e; rm d; rm -r d; ls; mkdir d; rm -d d; mkdir -p d/e; rm -d d",
    "mkdir d; cd d; rm -r .; rm -r ..; rm -rf /",
    "mkdir d; touch d/a d/b; rm -rv d | sort; touch a; rm -v a",
    "mkdir d; touch f; rmdir d; rmdir d; rmdir f; mkdir -p a/b/c; rmdir -p a/b/c; ls; mkdir -p a/b; touch a/f; rmdir -p a/b; rmdir -v a",
    "touch f; unlink f; unlink f; unlink; rm -z",
    "ln -s nowhere l; rm l; ls; touch f; rm f/; rm f/x",
  ],
  mkdir: [
    "mkdir a; mkdir a; mkdir b/c; mkdir -p b/c/d; mkdir -p b/c/d; find . | sort",
    "mkdir -m 700 a; stat -c %a a; mkdir -pv x/y; mkdir; touch f; mkdir -p f/g; mkdir -p f; mkdir f/g",
    "umask 077; mkdir a; stat -c %a a; mkdir -m u+x,go= b; stat -c %a b; mkdir -m zz c",
  ],
  touch: [
    "touch a; ls; touch -c b; ls; touch; touch d/x",
    "touch -d '2020-01-02 03:04:05' a; stat -c %y a; touch -t 202101020304.05 b; stat -c %Y b; touch -r a c; stat -c %Y c",
    "mkdir d; touch d; touch -d nonsense x; ls",
    "touch -d @0 a; ls -l --time-style=long-iso a; ls -l --full-time a",
  ],
  ln: [
    "echo a > f; ln f g; stat -c %h f; ln f g; ln missing x; ln -s x y; readlink y; ln -s x y",
    "mkdir d; ln d e; ln -s d e; ln -s z e; ls d; ln -sfn z e; readlink e; ln -sf q d2; ln -sf r d2; readlink d2",
    "echo a > f; ln -v f g; ln -sv f h; ln -f f g; ln f missing/x; ln",
    "mkdir d; echo a > f; ln f d; ls d; ln -t d f; ln -s ../f d/l; cat d/l",
  ],
  chmod: [
    "touch f; chmod 600 f; stat -c %A f; chmod u+x,g=r f; stat -c %A f; chmod -x f; stat -c %A f; chmod a=rwX f; stat -c %a f",
    "chmod 600 missing; chmod zz f; chmod; chmod 600; touch f; chmod -v 640 f; chmod -c 640 f; chmod -v 640 f",
    "mkdir -p d/e; touch d/f; chmod -R go-rx d; find d -printf '%p %m\\n' | sort; chmod +t d; stat -c '%a %A' d; chmod u+s,g+s d/f; stat -c '%a %A' d/f",
    "mkdir d; chmod 2755 d; chmod 755 d; stat -c %a d; chmod 00755 d; stat -c %a d; touch f; chmod +w f; chmod =r f; stat -c %a f",
    "touch f; chmod o=u f; stat -c %a f; chmod --reference=f missing; ln -s nope l; chmod 600 l",
  ],
  chown: [
    "touch f; chown 1:2 f; stat -c '%u %g' f; chown :5 f; stat -c '%u %g' f; chown 7 f; stat -c '%u %g' f; chgrp 9 f; stat -c '%u %g' f",
    "chown nosuchuser f; chown 1 missing; chgrp nosuch f; chown; chown 1; touch f; chown root: f; stat -c %U:%G f",
    "mkdir d; touch d/f; ln -s f d/l; chown -R 3:4 d; find d -printf '%p %U %G\\n' | sort; chown -h 5 d/l; stat -c %u d/l d/f",
    "touch f; chmod 4755 f; chown 1 f; stat -c %a f",
  ],
  stat: [
    "echo hello > f; stat -c '%n %s %F %a %A %h %u %g %U %G' f; mkdir d; stat -c '%n %F %A' d; stat missing",
    "ln -s f l; stat -c '%N %F %s' l; stat -L -c %F l; : > e; stat -c %F e; mkfifo p; stat -c %F p; mknod c c 5 6; stat -c '%F %t %T' c",
    "touch -d @1000000000 f; stat -c '%y|%Y' f; stat -c '%%|%5s|%-5s|%05s|' f; stat --printf '%n\\n%s\\n' f; stat",
    "echo abc > f; stat f | head -2 | sed 's/IO Block.*/X/'; stat f | sed -n 4p",
  ],
  ls: [
    "touch b a .h; mkdir d; ls; ls -a; ls -A; ls -1r; ls -d .; ls -F; ls -p",
    "touch -d @1000000000 f; mkdir d; touch -d @1000000000 d; ln -s f l; touch -hd @1000000000 l; ls -l; ls -n; ls -lh f; ls -g f; ls -o f; ls -l l d",
    "mkdir -p d/e; touch d/f d/e/g; ls -R; ls -R d; ls d d/e; ls f d; ls missing; ls missing d",
    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do touch file$i; done; ls -C -T0; ls -x -T0; ls -C -w 30 -T0; ls -m",
    "touch 'a b' c; ls; ls -Q c 2>/dev/null | wc -l; touch -d @5 a; touch -d @9 b; ls -t a b; ls -tr a b; echo xx > s1; echo x > s2; ls -S s1 s2",
    "mknod n c 10 200; mknod b b 7 0; touch -d @0 n b; touch -d @0 f; ls -l; mkfifo p; ls -F p; ls --zzz; ls -e",
    "echo x > f; ls -s f; dd if=/dev/zero of=g bs=1024 count=10 status=none; ls -s g; ls -sh g",
    "touch -d @1000000000 x; chmod 7777 x; ls -l x; chmod 7000 x; ls -l x",
  ],
  "head and tail": [
    "seq 1 20 > f; head f; head -n 3 f; head -n -17 f; head -c 5 f; head -3 f; tail -n 2 f; tail -n +19 f; tail -c 3 f; tail -2 f",
    "seq 1 3 | head -n 1; seq 1 3 | tail -n 1; head missing; tail missing; head -n x f; printf 'a\\nb' | tail -n 1; echo; printf 'a\\nb' | head -n 2",
    "seq 1 3 > a; seq 4 6 > b; head -n 1 a b; tail -n 1 a b; head -q -n 1 a b; head -v -n 1 a; mkdir d; head d; tail d",
  ],
  "wc, sort, uniq, cut, tr": [
    "printf 'a b\\nc\\n' > f; wc f; wc -l f; wc -l < f; wc -w f; wc -c f; cat f | wc; wc f f; wc missing; wc -L f; wc -m f",
    "printf '3\\n10\\n2\\n' | sort; printf '3\\n10\\n2\\n' | sort -n; printf 'b\\na\\nb\\n' | sort -u; printf 'a 2\\nb 1\\n' | sort -k2; printf 'a:3\\nb:1\\n' | sort -t: -k2n; printf 'a\\nb\\n' | sort -r",
    "printf 'a\\na\\nb\\n' | uniq; printf 'a\\na\\nb\\n' | uniq -c; printf 'a\\na\\nb\\n' | uniq -d; printf 'a\\na\\nb\\n' | uniq -u; sort missing; uniq missing",
    "echo a:b:c | cut -d: -f2; echo a:b:c | cut -d: -f1,3; echo abcdef | cut -c2-4; echo abc | cut -c2-; echo nodelim | cut -d: -f2; echo nodelim | cut -s -d: -f2; cut",
    "echo hello | tr a-y b-z; echo hello | tr -d l; echo heello | tr -s e; echo Hi | tr '[:upper:]' '[:lower:]'; echo 'a b' | tr ' ' '\\n'; tr",
    "printf 'B\\na\\nC\\n' | sort -f; printf '1K\\n2M\\n3\\n' | sort -h; printf 'x\\n' | sort -o out; cat out",
  ],
  tee: [
    "echo a | tee f; cat f; echo b | tee -a f; cat f; echo c | tee d/x; echo c | tee g h > /dev/null; cat g h",
  ],
  truncate: [
    "echo hello > f; truncate -s 3 f; cat f; echo; truncate -s 10 f; stat -c %s f; truncate -s +5 f; stat -c %s f; truncate -s -12 f; stat -c %s f; truncate -s 1K g; stat -c %s g",
    "truncate f; truncate -s 5; truncate -s x f; truncate -c -s 5 none; ls; truncate -s %4 e; mkdir d; truncate -s 0 d; echo abc > r; truncate -r r q; stat -c %s q",
  ],
  dd: [
    "dd if=/dev/zero of=f bs=1k count=3 2>&1 | head -2; stat -c %s f; echo hello > g; dd if=g of=h bs=2 skip=1 count=1 status=none; cat h; echo",
    "echo abcdef > f; printf XY | dd of=f bs=1 seek=2 conv=notrunc status=none; cat f; dd if=missing of=x; dd bogus=1; dd if=f bs=x",
    "echo abc | dd status=noxfer; echo abcdefg | dd bs=4 2>/dev/null; echo abc | dd conv=sync bs=8 status=none | wc -c",
  ],
  find: [
    "mkdir -p a/b; touch a/f a/b/g .h; find | sort; find a -type f | sort; find a -name 'g*'; find . -maxdepth 1 | sort; find a -mindepth 1 -type d; find missing; find a -empty | sort",
    "mkdir d; echo x > d/f; find d -name f -exec cat {} \\;; find d -type f -exec echo one {} +; find d -name f -delete; find d; find . -bogus; find . -name",
    "touch a b c; find . ! -name a -type f | sort; find . \\( -name a -o -name b \\) | sort; find . -name a -print -o -name b -print | sort; find . -path './a' -prune -o -print | sort; find . -size 0 -type f | sort",
    "touch f; chmod 644 f; find . -perm 644; find . -perm -600 -type f; find . -perm /111; find f -printf '%f %m %s %y %d\\n'; mkdir -p x/y/z; find x -depth; find x -printf '%P\\n'",
  ],
  grep: [
    "printf 'apple\\nbanana\\ncherry\\n' > f; grep an f; grep -v an f; grep -n an f; grep -c a f; grep -i APPLE f; grep -q x f; echo $?; grep zzz f; echo $?; grep x missing; echo $?",
    "printf 'foo bar\\nfoobar\\n' > f; grep -w foo f; grep -x foobar f; grep -o 'o*b' f; grep -E 'o+|z' f; grep 'fo\\{2\\}' f; grep -F 'o b' f; grep -e foo -e bar -c f; grep '^foo' f; grep 'r$' f; grep '[[:space:]]' f",
    "mkdir d; echo hit > d/a; echo miss > d/b; grep -r hit d; grep -rl hit d; grep -rL hit d; grep hit d/a d/b; grep -h hit d/a d/b; grep hit d; grep -s x nofile; echo $?",
    "seq 1 9 > f; grep -A1 3 f; grep -B1 3 f; grep -C1 -n 5 f; grep -m1 . f; grep; grep '[' f; echo abc | grep -c '\\(b\\)'; echo aa | grep '\\(a\\)\\1'; echo 'a+b' | grep 'a+b'",
  ],
  sed: [
    "printf 'a\\nb\\nc\\n' > f; sed s/a/X/ f; sed -n 2p f; sed 2d f; sed '$d' f; sed '1,2d' f; sed /b/d f; sed -n '/a/,/b/p' f; sed 's/./&&/' f; sed -e s/a/1/ -e s/b/2/ f",
    "echo hello > f; sed -i s/hello/bye/ f; cat f; ls; sed -i.bak s/bye/x/ f; cat f f.bak; sed s/x f; sed k f; sed -n missing; sed p missing",
    "echo 'foo bar' | sed 's/\\(foo\\) \\(bar\\)/\\2 \\1/'; echo aaa | sed s/a/b/2; echo aaa | sed s/a/b/g; echo abc | sed -E 's/(a)(b)/\\2\\1/'; echo a/b | sed 's|/|-|'; echo abc | sed y/abc/xyz/; echo hi | sed 's/.*/\\U&/'",
    "printf '1\\n2\\n3\\n' | sed '2a\\\nnew'; printf '1\\n2\\n' | sed '1i top'; printf '1\\n2\\n' | sed '1c changed'; printf '1\\n2\\n3\\n' | sed -n '$='; printf '1\\n2\\n3\\n' | sed 2q; printf 'a\\nb\\n' | sed N\\;s/\\\\n/-/; printf 'a\\nb\\n' | sed '1!G;h;$!d'",
    "printf 'x\\ny' | sed s/y/z/; echo; printf 'a\\n\\nb\\n' | sed '/^$/d'; echo aXb | sed 's/x/-/I'; echo abc | sed -n 's/b/X/p'; printf '1\\n2\\n3\\n4\\n' | sed -n '2~2p'; printf '1\\n2\\n3\\n' | sed '2,+1d'",
  ],
  "extended attributes": [
    "touch f; setfattr -n user.a -v one f; getfattr f; getfattr -d f; getfattr -n user.a f; setfattr -x user.a f; getfattr -n user.a f; setfattr -n user.b -v 0x00ff f; getfattr -d f; getfattr -d -e hex f; getfattr none; setfattr -x user.none f",
    "touch f; setfattr -n trusted.t -v x f; getfattr -d f; getfattr -d -m - f; cp -a f g; getfattr -d -m - g; cp -p f h; getfattr -d -m - h; mv g i; getfattr -n trusted.t --only-values i",
  ],
  checksums: [
    "echo hello > f; sha256sum f; md5sum f none; sha1sum < f; sha512sum f | cut -c1-20; cat f | sha256sum -",
  ],
  "small ones": [
    "basename /a/b.c .c; basename /a/; dirname /a/b; dirname a; basename; seq 3; seq 2 4; seq 1 2 5; seq 5 -2 1; seq -w 8 10; seq -s, 3; seq x",
    "echo a b | xargs echo x; printf 'a\\nb\\n' | xargs -n1 echo; printf 'a\\nb\\n' | xargs -I{} echo [{}]; echo | xargs echo none; true | xargs -r echo no; env -i A=1 env; env A=2 sh -c 'echo $A'",
    "mkdir -p a/b; ln -s a/b l; readlink l; readlink -f l/.. | sed 's|.*/||'; readlink a; realpath a/../a | sed 's|.*/||'; realpath missing/x; readlink -e nope; echo $?",
    "echo a > x; echo b > y; cmp x y; cmp x x; cmp -s x y; echo $?; printf abc > z; printf abcd > w; cmp z w; cmp x none; tac x; printf '1\\n2\\n' | tac",
    "mkfifo p; mkfifo p; mkfifo; mknod; mknod x; mknod x q; mknod y c; mknod x c 1 2; mknod x c 1 2; stat -c %F x p",
    "date -u -d @0; date -u -d @1000000000 +%Y-%m-%dT%H:%M:%S; date -d nonsense; date -u -d '2020-02-03' +%s; date -u -d @86400 '+%a %b %e %j'; sleep; sleep x; true; false; echo $?; yes | head -n 2",
    "mkdir d; echo x > d/f; install -m 600 d/f g; stat -c %a g; install d/f h; stat -c %a h; install -d x/y; ls x; install missing z; install -D d/f q/r/s; cat q/r/s; install -v d/f v",
    "tar cf a.tar missing; mkdir d; echo x > d/f; ln d/f d/g; ln -s f d/l; tar cf a.tar d; tar tf a.tar | sort; mkdir o; tar xf a.tar -C o; cat o/d/f; readlink o/d/l; stat -c %h o/d/f; tar tf none; tar xf a.tar nothere; tar cvf b.tar d | sort; tar c; tar",
    "du -s missing; mkdir -p d/e; dd if=/dev/zero of=d/f bs=1024 count=8 status=none; du -a d | sort -k2; du -s d; du -sh d; du -b d/f; du -c d/f | tail -1",
  ],
  diff: [
    "printf '1\\n2\\n3\\n' > a; printf '1\\n3\\n4' > b; diff a b; echo $?; diff a a; echo $?; diff -q a b; diff -s a a; touch -d @5 a b; diff -u a b",
    "seq 1 40 > a; sed -e 's/^3$/x/' -e 5d -e '20,22d' -e '$a end' a > b; diff a b; diff -U1 a b | tail -n +3; diff -u -L old -L new a b; diff -U0 a b | tail -n +3",
    "printf 'a\\nb\\na\\nb\\n' > a; printf 'a\\nb\\na\\nb\\na\\nb\\n' > b; diff a b; diff b a; printf 'f() {\\n}\\n\\ng() {\\n}\\n' > c; printf 'f() {\\n}\\n\\nh() {\\n}\\n\\ng() {\\n}\\n' > d; diff c d; diff d c",
    "mkdir -p a/s a/t b/s b/u; echo 1 > a/f; echo 2 > b/f; echo x > a/s/x; echo y > b/s/x; echo q > a/o; echo t > b/t; diff a b; echo $?; diff -r a b; diff -rq a b; diff -r -U 0 a b | grep -v ^[-+][-+]; diff a/f b; diff a b/f",
    "diff missing a; diff; diff a; diff a b c; echo x > a; diff a missing; echo $?; diff -N a missing; echo x | diff - a; echo $?; mkdir d; diff a d; diff -Q a a",
    "printf 'a\\0b' > x; printf 'a\\0c' > y; diff x y; echo $?; diff -a x y | wc -l; printf 'A b\\n' > p; printf 'a  b \\n' > q; diff -i p q; diff -b p q; diff -ib p q; diff -iw p q; : > e; diff e p; diff p e; diff -u e e; mkfifo n; diff e d; mkdir e1 e2; : > e1/z; mkdir e2/z; diff e1 e2; diff -rN e1 e2",
  ],
  "od, paste, cksum, split": [
    "printf 'a\\0b\\tc\\n\\377' > x; od x; od -c x; od -An -tx1 x; od -t x1z x; od -a x; od -b x; od -d x; od -x x; od -i x; od -tx1 -c x; od -t o4u2 x; od -td1 -td8 x",
    "printf '%0100d' 0 > x; od -c x; od -v -tx1 x; od -N 20 -c x; od -j 90 -c x; od -Ad -c x | tail -n 1; od -Ax -c x | tail -n 1; od -w8 -c x | head -n 3; od < x | tail -n 1; od none; od -j 200 x; od -t q x; od -t x3 x; od -A q x",
    "printf '%040d' 0 > x; od -w x; od -w0 x; od -w5 -tx1 x; od -w5 -tx1 -td4 x; od -wz x; od -w0 -j 50 x",
    "seq 1 4 > a; seq 5 6 > b; paste a b; paste -d, a b; paste -s a b; paste -s -d+ a; seq 1 6 | paste - - -; paste -d ',;' a b a; paste -d '\\n' a b; paste -d '' a b; paste a none; paste -9 a; paste < b",
    "seq 1 700 | split -l 1 - s; ls | tail -n 2; cat s?? s???? | wc -l; seq 1 1000 | split -d -l 1 - n; ls n* | tail -n 1; split -a x n00; split -a 0 n00; ls xaa; seq 1 27 | split -l 1 -a 1",
    "echo hello > f; cksum f; cksum < f; : | cksum; cksum none f; seq 1 100000 | cksum; printf '\\377' | cksum",
    "seq 1 2500 > f; split f; ls; cat x?? | cmp - f; wc -l xac; split -l 1000 f p.; ls p*; split -b 4k -d -a 3 f q; ls q*; cat q* | cmp - f; split -l x f; split none; split a b c; seq 1 30 | split -l 1 -a 1 - z; ls z* | wc -l; split -b 1k --additional-suffix=.t --verbose f r | head -n 2",
  ],
  redirections: [
    "echo a > f; echo b >> f; cat f; cat < f; cat < missing; echo after; > g; ls; echo x > d/y; echo still",
    "echo out; echo err >&2; ls missing > f 2>&1; cat f; { echo a; echo b >&2; } 2> e > o; cat o e; echo x 2>&1 > f; cat f",
    "exec 3> f; echo one >&3; echo two >&3; exec 3>&-; cat f; echo x >&3; cat <<< here; cat <<A\nline $((1+1))\nA\ncat <<'A'\nline $x\nA",
    "mkdir d; echo x > d; echo $?; set -C; echo a > f; echo b > f; echo c >| f; cat f; set +C; echo x > f; cat <> f; echo y 1<> f; cat f",
    'for i in a b; do echo $i; done > f; cat f; if true; then echo yes; fi >> f; cat f; while read l; do echo "<$l>"; done < f; (echo s; echo t) > g; cat g',
    "mkdir d; touch d/f; chown -v 12345:23456 d/f; chown -v 12345 d/f; chown -c root d/f; chown -v root:root d/f; chgrp -v root d/f; chgrp -v 777 d/f; chown -vR root d; chown -v :root d/f",
    "printf '%05.1f|%08.3e|%05d|%05.3d|%-05d|' 2.5 1.5 3 3 3; printf 'a b\\nc\\n' > f; wc < f; wc f f; wc -l < f; cat f | wc; wc -lc < f",
    "ls /nonexistent; nosuchcommand; echo $?; ./f; touch f; ./f; echo $?; printf '#!/bin/sh\\necho script $1\\n' > s; chmod +x s; ./s arg; mkdir d; ./d; echo $?",
  ],
};

describe.runIf(LINUX)("real coreutils and the lab's", () => {
  for (const [topic, scripts] of Object.entries(SCRIPTS))
    describe(topic, () => {
      for (const script of scripts)
        it(script, async () => {
          expect(await inTheLab(script)).toBe(inReality(script));
        });
    });
});
