import type { Call, Caller, CallType, Credentials, Pid, Result, SystemCalls } from "./call.ts";
import { createMachine, FIRST_PID, type Machine } from "./machine.ts";
import { step } from "./step.ts";

/** Entries of a case without an mtime have this one. */
export const RECORDED_MTIME = 1_000_000_000;
/** The clock while a case runs; one second a call. */
const REPLAY_BEGINS = 1_800_000_000;
/** Where a case's union is. Nothing its symlinks may lead to ("../a") lies beside it. */
export const MOUNT = "/mnt";
export const ROOT: Credentials = { uid: 0, gid: 0, groups: [] };
export const OVERLAY_XATTR = "trusted.overlay.";

/** A machine with a clock. */
export class Session {
  #machine: Machine = createMachine({ sec: RECORDED_MTIME, nsec: 0 });
  #seconds = REPLAY_BEGINS;

  call<K extends CallType>(
    type: K,
    args: SystemCalls[K]["args"],
    pid: Pid = FIRST_PID,
    as: Credentials = ROOT,
  ): Result<K> {
    this.#seconds += 1;
    const time = { sec: this.#seconds, nsec: 0 };
    const caller: { readonly type: K } & Caller = { type, pid, time, as };
    const call: Call<K> = { ...args, ...caller };
    const done = step(this.#machine, call);
    this.#machine = done.machine;
    return done;
  }

  /** A call that cannot fail. */
  must<K extends CallType>(
    type: K,
    args: SystemCalls[K]["args"],
    pid: Pid = FIRST_PID,
  ): SystemCalls[K]["value"] {
    const done = this.call(type, args, pid);
    if (done.errno !== null) throw new RangeError(`${type} ${JSON.stringify(args)}: ${done.errno}`);
    return done.value;
  }
}
