/** What we use of Node's zlib and stream modules, where there are any. */
interface NodeModules {
  readonly "node:zlib": { createGunzip(options: { readonly chunkSize: number }): unknown };
  readonly "node:stream": { readonly Duplex: { toWeb(stream: unknown): GenericTransformStream } };
}
declare const process:
  | { getBuiltinModule?<M extends keyof NodeModules>(name: M): NodeModules[M] }
  | undefined;

/** Output bytes at once. */
const NODE_CHUNK = 2 ** 18;

/**
 * The platform's gzip decompressor. Node's own `DecompressionStream` gives 16 KiB at a time, which takes twice as long
 * over a layer that is nearly nothing but headers; for the rest it is the same stream as this one.
 */
export function platformGunzip(): GenericTransformStream {
  const get = typeof process === "undefined" ? undefined : process.getBuiltinModule;
  if (!get) return new DecompressionStream("gzip");
  return get("node:stream").Duplex.toWeb(get("node:zlib").createGunzip({ chunkSize: NODE_CHUNK }));
}
