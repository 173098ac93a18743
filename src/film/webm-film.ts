import {
  BufferTarget,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from "mediabunny";
import type { Film, FilmSize } from "./film.ts";

/**
 * Few pictures differ much from the one before, and a key picture costs as much as ten others. But a cluster of a WebM is
 * not longer than 32 s, and players that look for a place begin at a cluster: it must begin with a key picture.
 */
const SECONDS_BETWEEN_KEYS = 10;

/**
 * A WebM of VP9 by the browser's own encoder: as many pictures as were added, each as long as it says. How a picture
 * looks to the dot is the encoder's; software is preferred, since it draws the same on every machine.
 */
export async function webmFilm({ width, height }: FilmSize): Promise<Film> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new VideoSampleSource({
    codec: "vp9",
    quality: new Quality("high"),
    keyFrameInterval: SECONDS_BETWEEN_KEYS,
    latencyMode: "quality",
    hardwareAcceleration: "prefer-software",
    contentHint: "text",
  });
  output.addVideoTrack(source);
  await output.start();
  let elapsed = 0;
  return {
    add: async (dots, duration) => {
      const sample = new VideoSample(dots, {
        format: "RGBA",
        codedWidth: width,
        codedHeight: height,
        timestamp: elapsed / 1000,
        duration: duration / 1000,
      });
      elapsed += duration;
      await source.add(sample);
      sample.close();
    },
    end: async () => {
      await output.finalize();
      if (!target.buffer) throw new TypeError("no file was written");
      return new Uint8Array(target.buffer);
    },
  };
}
