import { contentOfLatin1 } from "../tree/content-edit.ts";
import type {
  CallType,
  Credentials,
  Fd,
  OpenFlag,
  Pid,
  Stat,
  SystemCalls,
  Target,
} from "./call.ts";
import type { CaseStat, CaseStep, CaseValue } from "./conformance-case.ts";
import { MOUNT, ROOT, type Session } from "./conformance-session.ts";
import { namesOf, octalText, textOf } from "./conformance-text.ts";
import { Failure, fail } from "./errno.ts";

/** The process that runs a case's steps, and the names of its descriptors. */
export class Run {
  readonly #session: Session;
  readonly #pid: Pid;
  readonly #descriptors = new Map<string, Fd>();

  constructor(session: Session) {
    this.#session = session;
    this.#pid = session.must("fork", {});
    session.must("umask", { mask: 0o022 }, this.#pid);
  }

  step(recorded: CaseStep): CaseStep {
    const { call, as, bind } = recorded;
    const asked = { call, ...(as ? { as } : {}), ...(bind === undefined ? {} : { bind }) };
    try {
      return { ...asked, ret: this.#run(recorded) };
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      return { ...asked, errno: failure.errno };
    }
  }

  /** Ends the process: its descriptors are closed. */
  end(): void {
    this.#session.must("exit", {}, this.#pid);
  }

  #run({ call, as, bind }: CaseStep): CaseValue {
    const [name, first, second, third] = call;
    const who: Credentials = as ? { uid: as[0], gid: as[1], groups: [] } : ROOT;
    const path = inMount(first);
    switch (name) {
      case "open": {
        const flags = [...readFlags(String(second)), "O_NONBLOCK" as const];
        const fd = this.#call("open", { path, flags, mode: octal(third) }, who);
        if (bind !== undefined) this.#descriptors.set(bind, fd);
        return bind ?? fd;
      }
      case "close": {
        const fd = this.#fd(first);
        this.#descriptors.delete(String(first));
        return this.#done("close", { fd }, who);
      }
      case "read":
        return textOf(this.#call("read", { fd: this.#fd(first), length: Number(second) }, who));
      case "pread": {
        const at = { length: Number(second), offset: Number(third) };
        return textOf(this.#call("pread", { fd: this.#fd(first), ...at }, who));
      }
      case "write":
        return this.#call(
          "write",
          { fd: this.#fd(first), data: contentOfLatin1(String(second)) },
          who,
        );
      case "pwrite": {
        const data = contentOfLatin1(String(second));
        return this.#call("pwrite", { fd: this.#fd(first), data, offset: Number(third) }, who);
      }
      case "lseek": {
        const whence = readWhence(String(third));
        return this.#call("lseek", { fd: this.#fd(first), offset: Number(second), whence }, who);
      }
      case "ftruncate":
        return this.#done("ftruncate", { fd: this.#fd(first), length: Number(second) }, who);
      case "fstat":
        return statRow(this.#call("fstat", { fd: this.#fd(first) }, who));
      case "fchmod":
        return this.#done("chmod", { target: this.#fd(first), mode: octal(second) }, who);
      case "truncate":
        return this.#done("truncate", { path, length: Number(second) }, who);
      case "stat":
      case "lstat":
        return statRow(this.#call(name, { path }, who));
      case "readdir":
        return namesOf(this.#call("readdir", { target: this.#target(first) }, who));
      case "mkdir":
        return this.#done("mkdir", { path, mode: octal(second) }, who);
      case "rmdir":
      case "unlink":
        return this.#done(name, { path }, who);
      case "rename":
        return this.#done("rename", { from: path, to: inMount(second) }, who);
      case "link":
      case "linkfollow": {
        const follow = name === "linkfollow";
        return this.#done("link", { from: path, to: inMount(second), follow }, who);
      }
      case "symlink":
        return this.#done("symlink", { target: String(first), path: inMount(second) }, who);
      case "readlink":
        return this.#call("readlink", { path }, who);
      case "chmod":
        return this.#done("chmod", { target: path, mode: octal(second) }, who);
      case "chown":
      case "lchown": {
        const owner = { uid: Number(second), gid: Number(third) };
        const noFollow = name === "lchown";
        return this.#done("chown", { target: path, ...owner, noFollow }, who);
      }
      case "utimens": {
        const atime = { sec: Number(second), nsec: 0 };
        const mtime = { sec: Number(third), nsec: 0 };
        return this.#done("utimens", { target: path, atime, mtime }, who);
      }
      case "mknod":
        return this.#done("mknod", { path, kind: "fifo", mode: octal(third) }, who);
      default:
        throw new RangeError(`no call ${name}`);
    }
  }

  #call<K extends CallType>(
    type: K,
    args: SystemCalls[K]["args"],
    who: Credentials,
  ): SystemCalls[K]["value"] {
    const done = this.#session.call(type, args, this.#pid, who);
    if (done.errno !== null) fail(done.errno);
    return done.value;
  }

  #done<K extends CallType>(type: K, args: SystemCalls[K]["args"], who: Credentials): number {
    this.#call(type, args, who);
    return 0;
  }

  #fd(name: string | number | undefined): Fd {
    return this.#descriptors.get(String(name)) ?? fail("EBADF");
  }

  #target(name: string | number | undefined): Target {
    return String(name).startsWith("/") ? inMount(name) : this.#fd(name);
  }
}

/** A case's path, which is inside the mount. */
function inMount(path: string | number | undefined): string {
  return path === "/" ? MOUNT : MOUNT + String(path);
}

const OPEN_FLAGS: readonly OpenFlag[] = [
  "O_RDONLY",
  "O_WRONLY",
  "O_RDWR",
  "O_APPEND",
  "O_CREAT",
  "O_DIRECTORY",
  "O_EXCL",
  "O_NOFOLLOW",
  "O_NONBLOCK",
  "O_PATH",
  "O_TMPFILE",
  "O_TRUNC",
];

function readFlags(text: string): OpenFlag[] {
  return text.split("|").map((word) => {
    const flag = OPEN_FLAGS.find((one) => one === word);
    if (flag === undefined) throw new RangeError(`no open flag ${word}`);
    return flag;
  });
}

function readWhence(text: string): "SEEK_SET" | "SEEK_CUR" | "SEEK_END" {
  return text === "SEEK_SET" || text === "SEEK_CUR" ? text : "SEEK_END";
}

function octal(text: string | number | undefined): number {
  return Number.parseInt(String(text ?? "0"), 8);
}

function statRow({ kind, mode, uid, gid, size, nlink }: Stat): CaseStat {
  const row = { type: kind, mode: octalText(mode), uid, gid };
  return kind === "file" ? { ...row, size, nlink } : row;
}
