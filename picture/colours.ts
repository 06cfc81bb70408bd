import type { Fate } from "../review/change";

/** Colours of one mode; each is `#rrggbb`. */
export interface Colours {
  readonly paper: string;
  readonly text: string;
  /** Of facts. */
  readonly soft: string;
  readonly line: string;
  readonly box: string;
  readonly border: string;
  /** Grounds and borders of the frames, from the outside to the inside. */
  readonly frames: readonly { readonly ground: string; readonly border: string }[];
  /** Of the boxes in which the application runs, and of those that keep data. */
  readonly app: string;
  readonly data: string;
  readonly fates: Readonly<Record<Fate, string>>;
  /** Text on the colour of a fate. */
  readonly onFate: string;
}

export const LIGHT: Colours = {
  paper: "#ffffff",
  text: "#1f2328",
  soft: "#4a525c",
  line: "#57606a",
  box: "#ffffff",
  border: "#8c959f",
  frames: [
    { ground: "#f6f8fa", border: "#afb8c1" },
    { ground: "#eaf3ff", border: "#7fb0ea" },
    { ground: "#dcebfd", border: "#7fb0ea" },
  ],
  app: "#0b5cad",
  data: "#7a4a00",
  fates: {
    deleted: "#b3121f",
    replaced: "#b3121f",
    "perhaps replaced": "#8a4b00",
    created: "#116329",
    updated: "#0550ae",
    "may change": "#6639ba",
  },
  onFate: "#ffffff",
};

export const DARK: Colours = {
  paper: "#0d1117",
  text: "#f0f6fc",
  soft: "#b6bfc9",
  line: "#9198a1",
  box: "#0d1117",
  border: "#5b636d",
  frames: [
    { ground: "#161b22", border: "#484f58" },
    { ground: "#11233c", border: "#2f5f9e" },
    { ground: "#16304f", border: "#2f5f9e" },
  ],
  app: "#79b8ff",
  data: "#f2b45c",
  fates: {
    deleted: "#ff8a80",
    replaced: "#ff8a80",
    "perhaps replaced": "#f0b45a",
    created: "#6bd884",
    updated: "#8cc4ff",
    "may change": "#d2a8ff",
  },
  onFate: "#0d1117",
};
