/** The shape of a catalogue in another language: the same keys, any words. A missing or a surplus key does not compile. */
export type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]>;
};
