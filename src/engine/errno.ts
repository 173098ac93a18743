/** The errors a system call can give, spelled as in errno(3). */
export type Errno =
  | "E2BIG"
  | "EACCES"
  | "EAGAIN"
  | "EBADF"
  | "EBUSY"
  | "EDOM"
  | "EEXIST"
  | "EFAULT"
  | "EFBIG"
  | "EINVAL"
  | "EIO"
  | "EISDIR"
  | "ELOOP"
  | "EMLINK"
  | "ENAMETOOLONG"
  | "ENODATA"
  | "ENODEV"
  | "ENOENT"
  | "ENOSPC"
  | "ENOTBLK"
  | "ENOTDIR"
  | "ENOTEMPTY"
  | "ENOTTY"
  | "ENXIO"
  | "EOPNOTSUPP"
  | "EOVERFLOW"
  | "EPERM"
  | "ERANGE"
  | "EROFS"
  | "ESPIPE"
  | "ESRCH"
  | "ESTALE"
  | "ETXTBSY"
  | "EXDEV";

/**
 * How the inside of a step stops a call early, as `return -EXDEV` does in the kernel.
 *
 * `step` turns it into a result; it never leaves the engine. Not an `Error`: no stack is taken, so a refused call costs
 * no more than one that succeeds.
 */
export class Failure {
  readonly errno: Errno;
  constructor(errno: Errno) {
    this.errno = errno;
  }
}

/** Stops the call with `errno`. */
export function fail(errno: Errno): never {
  throw new Failure(errno);
}

/** Says to the compiler that a closed union is used up. */
export function unreachable(value: never): never {
  throw new RangeError(`not a member of the union: ${JSON.stringify(value)}`);
}
