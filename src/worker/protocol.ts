import type { ContentHashes, HashedColumns } from "../image/content-hashes.ts";
import type { Archive, LayerDigests, LayerIndex, LayerKey } from "../image/image.ts";
import type { Limits } from "../image/limits.ts";
import type { Problem } from "../image/problem.ts";
import type { Progress } from "../image/read-options.ts";
import type { Content } from "../tree/content.ts";

/** A file for the worker, and the name it goes by: for a folder's files a path in that folder. */
export interface SentFile {
  readonly name: string;
  readonly blob: Blob;
}

/** What can be asked of the worker. One worker holds one archive, so only `open` names files. */
export interface Calls {
  readonly open: {
    readonly args: {
      readonly id: string;
      readonly files: readonly SentFile[];
      readonly limits: Limits;
    };
    readonly value:
      | { readonly type: "opened"; readonly archive: Archive }
      | { readonly type: "refused"; readonly problems: readonly Problem[] };
  };
  readonly layer: {
    readonly args: { readonly key: LayerKey; readonly limits: Limits };
    readonly value: LayerIndex;
  };
  readonly digests: {
    readonly args: { readonly key: LayerKey; readonly limits: Limits };
    readonly value: LayerDigests;
  };
  /** The hashes of a layer's files, as the columns `contentHashes` takes. The tree is where the call comes from. */
  readonly hashes: {
    readonly args: {
      readonly key: LayerKey;
      readonly columns: HashedColumns;
      readonly limits: Limits;
    };
    readonly value: Pick<ContentHashes, "index" | "bytes">;
  };
  readonly read: {
    readonly args: { readonly content: Content; readonly from: number; readonly to: number };
    readonly value: Uint8Array;
  };
}

export type CallName = keyof Calls;

export type Request =
  | {
      [N in CallName]: { readonly id: number; readonly call: N; readonly args: Calls[N]["args"] };
    }[CallName]
  | { readonly id: number; readonly call: "cancel" };

/** Errors cross the boundary as data: cloning one would drop its class and its fields. */
export type Reply =
  | { readonly id: number; readonly type: "progress"; readonly progress: Progress }
  | {
      [N in CallName]: {
        readonly id: number;
        readonly type: "value";
        readonly call: N;
        readonly value: Calls[N]["value"];
      };
    }[CallName]
  | { readonly id: number; readonly type: "cancelled" }
  | { readonly id: number; readonly type: "crashed"; readonly message: string };
