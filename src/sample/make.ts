import { writeFileSync } from "node:fs";
import { sampleImage } from "./sample-image.ts";

// `npm run sample`: writes the image that the page opens with.
const path = "public/sample.tar";
const bytes = sampleImage();
writeFileSync(path, bytes);
console.log(`${path}: ${bytes.length} bytes`);
