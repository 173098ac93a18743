import type { Kernel } from "../drivers/kernel.ts";
import type { Call, Caller, CallType, Pid, Result, SystemCalls } from "../engine/call.ts";
import { step } from "../engine/step.ts";
import type { Host } from "./host.ts";

/** A host that is worked on without anyone looking: calls are not recorded, and nothing is printed or run. */
export class QuietHost {
  host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  /** System calls of one process. */
  kernel(pid: Pid): Kernel {
    return { call: (type, args) => this.call(pid, type, args) };
  }

  /** Steps the machine. */
  call<K extends CallType>(pid: Pid, type: K, args: SystemCalls[K]["args"]): Result<K> {
    const caller: { readonly type: K } & Caller = { type, pid, time: this.host.clock };
    const call: Call<K> = { ...args, ...caller };
    const done = step(this.host.machine, call);
    this.host = { ...this.host, machine: done.machine };
    return done;
  }
}
