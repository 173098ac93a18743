import type { CommandFunction } from "../task.ts";
import { chgrp, chmod, chown, getfattr, setfattr } from "./attributes.ts";
import { dd, truncate } from "./blocks.ts";
import { cat } from "./cat.ts";
import { cksum, md5sum, sha1sum, sha256sum, sha512sum } from "./checksum.ts";
import { cp } from "./cp.ts";
import { diff } from "./diff.ts";
import { find } from "./find.ts";
import { egrep, fgrep, grep } from "./grep.ts";
import { id, su, sudo, whoami } from "./identity.ts";
import { install } from "./install.ts";
import { ls } from "./ls.ts";
import { ln, mkdir, mkfifo, mknod, touch } from "./make.ts";
import { auplink, mount, umount } from "./mounts.ts";
import { mv } from "./mv.ts";
import { od } from "./od.ts";
import { paste } from "./paste.ts";
import { rm, rmdir, unlink } from "./rm.ts";
import { sed } from "./sed.ts";
import { split } from "./split.ts";
import { readlink, realpath, stat } from "./stat.ts";
import {
  basename,
  cmp,
  date,
  dirname,
  env,
  hostname,
  mktemp,
  printenv,
  seq,
  sleep,
  sync,
  tac,
  uname,
  xargs,
  yes,
} from "./system.ts";
import { tar } from "./tar.ts";
import { cut, head, sort, tail, tee, tr, uniq, wc } from "./text.ts";
import { df, du, tree } from "./usage.ts";

/** The programs that are there whatever an image holds. */
export const COMMANDS: ReadonlyMap<string, CommandFunction> = new Map(
  Object.entries({
    ...{ auplink, basename, cat, chgrp, chmod, chown, cmp, cp, cut, date, dd, df, dirname, du },
    ...{ egrep, env, fgrep, find, getfattr, grep, head, hostname, id, install, ln, ls },
    ...{ mkdir, mkfifo, mknod, mktemp, mount, mv, printenv, readlink, realpath, rm, rmdir, sed },
    ...{ cksum, diff, md5sum, od, paste, sha1sum, sha256sum, sha512sum, split },
    ...{ seq, setfattr, sleep, sort, stat, su, sudo, sync, tac, tail, tar, tee, touch, tr, tree },
    ...{ truncate, umount, uname, uniq, unlink, wc, whoami, xargs, yes },
  }),
);
