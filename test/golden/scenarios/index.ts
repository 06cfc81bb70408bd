import type { Scenario } from "../scenario";
import { capacity } from "./capacity";
import { code } from "./code";
import { existing } from "./existing";
import { reach } from "./reach";
import { release } from "./release";
import { state } from "./state";

/** All, by what they are about. */
export const scenarios: readonly Scenario[] = [
  ...release,
  ...capacity,
  ...reach,
  ...state,
  ...code,
  ...existing,
];
