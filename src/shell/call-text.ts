import { AT_FDCWD, type Call, type Fd, type OpenFlag } from "../engine/call.ts";
import { contentLength } from "../tree/content.ts";
import { errorText } from "./error-text.ts";
import type { Step } from "./recorder.ts";

/** A step as strace(1) would print it: `openat(AT_FDCWD, "f", O_RDONLY) = 3`. */
export function stepText({ call, errno, value }: Step): string {
  const result =
    errno !== null ? `-1 ${errno} (${errorText(errno)})` : resultText(call.type, value);
  return `${callText(call)} = ${result}`;
}

function resultText(type: Call["type"], value: Step["value"]): string {
  if (type === "umask" && typeof value === "number") return `0${value.toString(8)}`;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return type === "readlink" ? `${value.length}` : `"${value}"`;
  if (type === "readdir" && Array.isArray(value))
    return `${value.length} /* ${value.length === 1 ? "entry" : "entries"} */`;
  if (type === "read" || type === "pread")
    return Array.isArray(value) ? String(contentSize(value)) : "0";
  return "0";
}

function contentSize(value: readonly unknown[]): number {
  let size = 0;
  for (const piece of value) {
    if (typeof piece !== "object" || piece === null) continue;
    if ("length" in piece && typeof piece.length === "number") size += piece.length;
    else if ("bytes" in piece && piece.bytes instanceof Uint8Array) size += piece.bytes.length;
  }
  return size;
}

const quote = (text: string): string => JSON.stringify(text);
const octal = (mode: number | undefined): string => `0${(mode ?? 0).toString(8)}`;
const target = (value: string | number): string =>
  typeof value === "number" ? String(value) : quote(value);

/** The calls' names for a path in an open directory, and their last argument. */
const AT_CALLS = {
  stat: ["newfstatat", "0"],
  lstat: ["newfstatat", "AT_SYMLINK_NOFOLLOW"],
  readlink: ["readlinkat", ""],
  rmdir: ["unlinkat", "AT_REMOVEDIR"],
  unlink: ["unlinkat", "0"],
} as const;

function isTyped(at: Fd | undefined): boolean {
  return at === undefined || at === AT_FDCWD;
}

function dirfd(at: Fd | undefined): string {
  return isTyped(at) ? "AT_FDCWD" : String(at);
}

/** A call up to its path: `mkdir(`, or `mkdirat(3, `. */
function atCall(name: string, at: Fd | undefined, plain = name): string {
  return isTyped(at) ? `${name}(` : `${plain}at(${at}, `;
}

function flagsText(flags: readonly OpenFlag[]): string {
  const access = flags.some(
    (flag) => flag === "O_WRONLY" || flag === "O_RDWR" || flag === "O_RDONLY",
  );
  return [...(access ? [] : ["O_RDONLY"]), ...flags].join("|");
}

function callText(call: Call): string {
  switch (call.type) {
    case "open": {
      const mode = call.flags.some((flag) => flag === "O_CREAT" || flag === "O_TMPFILE")
        ? `, ${octal(call.mode)}`
        : "";
      return `openat(${dirfd(call.at)}, ${quote(call.path)}, ${flagsText(call.flags)}${mode})`;
    }
    case "close":
    case "fsync":
    case "fstat":
      return `${call.type}(${call.fd})`;
    case "dup":
      return call.to === undefined ? `dup(${call.fd})` : `dup2(${call.fd}, ${call.to})`;
    case "read":
    case "pread":
      return `${call.type}(${call.fd}, …, ${call.length})`;
    case "write":
    case "pwrite":
      return `${call.type}(${call.fd}, ${dataText(call.data)}, ${contentLength(call.data)})`;
    case "lseek":
      return `lseek(${call.fd}, ${call.offset}, ${call.whence})`;
    case "truncate":
      return `truncate(${quote(call.path)}, ${call.length})`;
    case "ftruncate":
      return `ftruncate(${call.fd}, ${call.length})`;
    case "stat":
    case "lstat":
    case "readlink":
    case "rmdir":
    case "unlink": {
      if (isTyped(call.at)) return `${call.type}(${quote(call.path)})`;
      const [name, flag] = AT_CALLS[call.type];
      return `${name}(${call.at}, ${quote(call.path)}${flag === "" ? "" : `, ${flag}`})`;
    }
    case "statfs":
    case "exec":
    case "chroot":
    case "umount":
      return `${call.type === "exec" ? "execve" : call.type}(${quote(call.path)})`;
    case "access": {
      const want = [call.read && "R_OK", call.write && "W_OK", call.execute && "X_OK"].filter(
        Boolean,
      );
      return `access(${quote(call.path)}, ${want.join("|") || "F_OK"})`;
    }
    case "readdir":
      return `getdents64(${target(call.target)})`;
    case "mkdir":
      return `${atCall("mkdir", call.at)}${quote(call.path)}, ${octal(call.mode)})`;
    case "rename":
      return `rename(${quote(call.from)}, ${quote(call.to)})`;
    case "link":
      return isTyped(call.fromAt) && isTyped(call.toAt)
        ? `link(${quote(call.from)}, ${quote(call.to)})`
        : `linkat(${dirfd(call.fromAt)}, ${quote(call.from)}, ${dirfd(call.toAt)}, ${quote(call.to)}, 0)`;
    case "symlink":
      return isTyped(call.at)
        ? `symlink(${quote(call.target)}, ${quote(call.path)})`
        : `symlinkat(${quote(call.target)}, ${call.at}, ${quote(call.path)})`;
    case "mknod":
      return `${atCall("mknod", call.at)}${quote(call.path)}, ${call.kind}, ${octal(call.mode)})`;
    case "chmod":
      return `${atCall("chmod", call.at, "fchmod")}${target(call.target)}, ${octal(call.mode)})`;
    case "chown":
      return isTyped(call.at)
        ? `${call.noFollow ? "lchown" : "chown"}(${target(call.target)}, ${call.uid}, ${call.gid})`
        : `fchownat(${call.at}, ${target(call.target)}, ${call.uid}, ${call.gid}, ${call.noFollow ? "AT_SYMLINK_NOFOLLOW" : "0"})`;
    case "utimens":
      return `utimensat(${dirfd(call.at)}, ${target(call.target)}, ${typeof call.mtime === "string" ? call.mtime : call.mtime.sec})`;
    case "getxattr":
    case "setxattr":
    case "removexattr":
      return `${call.noFollow ? "l" : ""}${call.type}(${target(call.target)}, ${quote(call.name)})`;
    case "listxattr":
      return `${call.noFollow ? "l" : ""}listxattr(${target(call.target)})`;
    case "chdir":
      return `chdir(${target(call.target)})`;
    case "umask":
      return `umask(${octal(call.mask)})`;
    case "setCredentials":
      return `setresuid(${call.credentials.uid})`;
    case "mount":
      return `mount(${quote(call.source.type)}, ${quote(call.path)})`;
    case "remount":
      return `mount(MS_REMOUNT, ${quote(call.path)}, ${quote((call.change.options ?? []).join(","))})`;
    default:
      return `${call.type}()`;
  }
}

function dataText(data: Call<"write">["data"]): string {
  const [first] = data;
  if (first?.type !== "bytes") return "…";
  const text = [...first.bytes.subarray(0, 32)]
    .map((byte) =>
      byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte === 10 ? "\n" : ".",
    )
    .join("");
  return `${quote(text)}${first.bytes.length > 32 || data.length > 1 ? "..." : ""}`;
}
