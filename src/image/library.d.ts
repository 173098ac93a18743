/** The bzip2 decoder inside unbzip2-stream, which has no types. It knows neither streams nor Node's Buffer. */
declare module "unbzip2-stream/lib/bzip2.js" {
  /** The next bits as a number, the highest first. */
  type Bits = (count: number) => number;

  interface Bzip2 {
    /** Reads "BZh" and the level, 1 to 9, and makes the tables that `decompress` works in. */
    header(bits: Bits): number;
    /** Reads one block and gives its bytes to `write`. `sorted` has room for `size` bytes of a block. */
    decompress(
      bits: Bits,
      write: (byte: number) => void,
      sorted: Int32Array,
      size: number,
      check: number,
    ): number | null;
  }

  const bzip2: Bzip2;
  export = bzip2;
}

/** What xz-decompress has beside its stream: the decoder it is made of, whose types it leaves out. */
declare module "xz-decompress" {
  interface Exports {
    readonly memory: WebAssembly.Memory;
    /** A new decoder; the address of its record. */
    create_context(): number;
    destroy_context(context: number): void;
    supply_input(context: number, length: number): void;
    /** 0: goes on; 1: the end; else an error. */
    get_next_output(context: number): number;
  }

  interface Library {
    readonly XzReadableStream: {
      /** Makes `_moduleInstance` anew. */
      _getModuleInstance(): Promise<void>;
      readonly _moduleInstance: { readonly exports: Exports };
    };
  }

  const library: Library;
  export = library;
}
