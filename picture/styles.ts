import { FATES, type Fate } from "../review/change";
import { DARK, LIGHT, type Colours } from "./colours";
import { SIZES } from "./content";
import { FRAMES } from "./kind";

/** For both modes. Names begin with np, so that a page can hold the picture. */
export function styleSheet(): string {
  return `${styles(LIGHT)}\n@media (prefers-color-scheme: dark) {\n${styles(DARK)}\n}`;
}

function styles(colours: Colours): string {
  const { paper, text, soft, line, box, border, frames, app, data, fates, onFate } = colours;
  const family = `font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif`;
  return [
    `.np text{${family};fill:${text};font-size:${SIZES.text}px}`,
    `.np .np-title{font-size:${SIZES.title}px;font-weight:600}`,
    `.np .np-heading{font-size:${SIZES.heading}px;font-weight:600}`,
    `.np .np-bold{font-weight:600}`,
    `.np .np-soft{fill:${soft}}`,
    `.np .np-small{font-size:${SIZES.small}px}`,
    `.np-paper{fill:${paper}}`,
    `.np-box{fill:${box};stroke:${border};stroke-width:1.5}`,
    `.np-app{stroke:${app}}.np-data{stroke:${data}}`,
    `.np text.np-app-text{fill:${app};stroke:none}.np text.np-data-text{fill:${data};stroke:none}`,
    `.np-existing{stroke-dasharray:5 4}`,
    `.np-chip{fill:${box};stroke:${border}}`,
    `.np-line{fill:none;stroke:${line};stroke-width:1.5}.np-tip{fill:${line}}`,
    ...frames.map(
      (frame, index) => `.np-${FRAMES[index]}{fill:${frame.ground};stroke:${frame.border}}`,
    ),
    ...FATES.map((fate) => {
      const name = fateClass(fate);
      const dash = fate === "deleted" ? ";stroke-dasharray:7 4" : "";
      return `.np .${name}{stroke:${fates[fate]};stroke-width:2.5${dash}}.np .${name}-badge{fill:${fates[fate]}}`;
    }),
    `.np text.np-on{fill:${onFate};font-weight:600}`,
  ].join("\n");
}

export function fateClass(fate: Fate): string {
  return `np-${fate.replace(" ", "-")}`;
}
