/** What is used of gifenc, whose package has no types. */
declare module "gifenc" {
  export type Colour = readonly [red: number, green: number, blue: number];

  interface GifStream {
    /** `delay`: milliseconds. A `palette` belongs to this frame alone, of the first one it is that of the film. */
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: {
        readonly palette: readonly Colour[];
        readonly delay: number;
        readonly transparent: boolean;
        readonly transparentIndex?: number;
        /** 1: what was drawn stays under the next frame. */
        readonly dispose: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(): GifStream;
  /** At most so many colours that come near to those of the dots, four bytes each. */
  export function quantize(dots: Uint8Array, colours: number): Colour[];
  /** The nearest colour of each dot. */
  export function applyPalette(dots: Uint8Array, palette: readonly Colour[]): Uint8Array;
}
