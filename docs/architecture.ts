import { join } from "node:path";
import { pictureOf } from "../picture/picture";
import { planForDocs } from "./plans";

/* docs/architecture.svg, README's picture, from the plan of production: `npm run docs`. */

export const ARCHITECTURE_PICTURE = join(__dirname, "architecture.svg");

export async function architecturePicture(): Promise<string> {
  return pictureOf((await planForDocs("prod")).plan);
}
