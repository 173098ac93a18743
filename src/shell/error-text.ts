import type { Errno } from "../engine/errno.ts";

const TEXTS: Readonly<Record<Errno, string>> = {
  E2BIG: "Argument list too long",
  EACCES: "Permission denied",
  EAGAIN: "Resource temporarily unavailable",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  EDOM: "Numerical argument out of domain",
  EEXIST: "File exists",
  EFAULT: "Bad address",
  EFBIG: "File too large",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMLINK: "Too many links",
  ENAMETOOLONG: "File name too long",
  ENODATA: "No data available",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTBLK: "Block device required",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  ENOTTY: "Inappropriate ioctl for device",
  ENXIO: "No such device or address",
  EOPNOTSUPP: "Operation not supported",
  EOVERFLOW: "Value too large for defined data type",
  EPERM: "Operation not permitted",
  ERANGE: "Numerical result out of range",
  EROFS: "Read-only file system",
  ESPIPE: "Illegal seek",
  ESRCH: "No such process",
  ESTALE: "Stale file handle",
  ETXTBSY: "Text file busy",
  EXDEV: "Invalid cross-device link",
};

/** What strerror(3) of glibc says. */
export function errorText(errno: Errno): string {
  return TEXTS[errno];
}
