import type { Call, Caller, CallType, Result, SystemCalls } from "../engine/call.ts";
import { createMachine, FIRST_PID, type Machine } from "../engine/machine.ts";
import { step } from "../engine/step.ts";
import { aufsDriver } from "./aufs-driver.ts";
import type { Driver, DriverContext, DriverName } from "./driver.ts";
import { type Kernel, mkdirAll } from "./kernel.ts";
import { overlay2Driver } from "./overlay2-driver.ts";
import { vfsDriver } from "./vfs-driver.ts";

const DRIVERS = { aufs: aufsDriver, overlay2: overlay2Driver, vfs: vfsDriver } as const;

/** A machine and one storage driver, and nothing else: what the drivers' own tests run on. */
export class BareDaemon {
  machine: Machine = createMachine({ sec: 1_700_000_000, nsec: 0 });
  readonly root: string;
  readonly kernel: Kernel = { call: (type, args) => this.#call(type, args) };
  readonly driver: Driver;
  /** The calls made so far, by type. */
  readonly calls: CallType[] = [];
  readonly #counts = new Map<string, number>();
  #ids = 0;

  constructor(name: DriverName = "aufs", root = `/var/lib/docker/${name}`) {
    this.root = root;
    mkdirAll(this.kernel, root.slice(0, root.lastIndexOf("/")), 0o755);
    const context: DriverContext = {
      kernel: this.kernel,
      root,
      mounts: {
        count: (path) => this.#counts.get(path) ?? 0,
        set: (path, count) => {
          this.#counts.set(path, count);
        },
      },
      dirperm: true,
      randomId: () => mixed(++this.#ids),
      now: () => this.machine.time.sec,
    };
    this.driver = DRIVERS[name](context);
    this.driver.init();
  }

  #call<K extends CallType>(type: K, args: SystemCalls[K]["args"]): Result<K> {
    this.calls.push(type);
    const time = { sec: this.machine.time.sec + 1, nsec: 0 };
    const caller: { readonly type: K } & Caller = { type, pid: FIRST_PID, time };
    const call: Call<K> = { ...args, ...caller };
    const done = step(this.machine, call);
    this.machine = done.machine;
    return done;
  }
}

/** 64 digits that differ for each number, from the first on. */
function mixed(number: number): string {
  let digits = "";
  for (let at = 0; at < 64; at++)
    digits += ((Math.imul(number + at, 0x9e3779b1) >>> (at % 25)) & 15).toString(16);
  return digits;
}
